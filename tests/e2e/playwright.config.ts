import { defineConfig } from '@playwright/test'
import { IN_FIREFOX } from './support/browser.ts'
import { ONLY_IN_CHROMIUM } from './support/only-in.ts'
import { PATIENCE_MS } from './support/patience.ts'

/** What `npm test` plays in Firefox, too; the whole of `SEEN_IN_FIREFOX` is for `npm run test:e2e`. */
const SHORT_LIST = ['boundary', 'built', 'endings', 'frames', 'history', 'lightning', 'lives', 'main-job', 'matrix']
/** The others speak the words of both browsers, too: add a name when you have seen it there. */
const SEEN_IN_FIREFOX = [...SHORT_LIST, 'lifetimes', 'probes', 'refusals', 'safety', 'scan', 'stand-ins', 'sync', 'wallet', 'words']
const inFirefox = (process.env.ROUTSTR_SHORT_LIST === '1' ? SHORT_LIST : SEEN_IN_FIREFOX).map((name) => `${name}.spec.ts`)

/** One list of scenarios for both browsers: `ROUTSTR_BROWSER=firefox` plays it in Firefox. Each scenario has a network and a browser of its own. No retries: a test that sometimes fails is broken. */
export default defineConfig({
  testDir: '.',
  testMatch: IN_FIREFOX ? inFirefox : '*.spec.ts',
  outputDir: '../../test-results',
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: PATIENCE_MS },
  use: { actionTimeout: PATIENCE_MS, navigationTimeout: PATIENCE_MS, trace: 'off' },
  ...(IN_FIREFOX ? { grepInvert: new RegExp(ONLY_IN_CHROMIUM) } : {}),
})
