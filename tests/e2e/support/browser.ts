/** A browser with the built extension in it: Chromium, or with `ROUTSTR_BROWSER=firefox` Firefox. */
import { fileURLToPath } from 'node:url'
import { openChromium } from './chromium.ts'
import type { Browser, BrowserOptions } from './driver.ts'
import { openFirefox } from './firefox/browser.ts'

export type { Browser, BrowserOptions } from './driver.ts'

export const IN_FIREFOX = process.env.ROUTSTR_BROWSER === 'firefox'

/** The built extension; another copy can be named, so that it may be rebuilt while tests run. */
export const EXTENSION_DIR = process.env.ROUTSTR_EXTENSION ?? fileURLToPath(new URL(`../../../.output/${IN_FIREFOX ? 'firefox' : 'chrome'}-mv3`, import.meta.url))

export function openBrowser({ profile = '', extension = EXTENSION_DIR, deviceScaleFactor = 1, headless = true, keepsPages = false, flags = [] }: BrowserOptions = {}): Promise<Browser> {
  return IN_FIREFOX ? openFirefox({ extension, profile, headless }) : openChromium({ profile, extension, deviceScaleFactor, headless, keepsPages, flags })
}
