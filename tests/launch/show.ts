/** For a person at a display: an ordinary Chromium, connected and funded once, on the demo page until it is closed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { EXTENSION_DIR } from '../e2e/support/browser.ts'
import { watchBrowser } from '../e2e/support/chromium.ts'
import { openOptions } from '../e2e/support/options.ts'
import { chromiumFlags, ensureChromium } from './chromium.mjs'
import type { Addresses } from './network.ts'

/** Started by hand rather than by Playwright: a browser under automation behaves and looks like one. */
export async function showToUser(addresses: Addresses, signal: AbortSignal): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'routstr-start-'))
  const child = spawn(
    ensureChromium(),
    [...chromiumFlags(), `--user-data-dir=${profile}`, '--remote-debugging-port=0', '--no-default-browser-check', `--disable-extensions-except=${EXTENSION_DIR}`, `--load-extension=${EXTENSION_DIR}`, ...extraFlags(), 'about:blank'],
    { stdio: 'ignore' },
  )
  const gone = once(child, 'exit')
  const end = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', end)
  try {
    await connectOnce(addresses, await debuggingAddress(profile, child, signal))
    console.log(`The demo page is open: ${addresses.demo}\nClose the browser or press Ctrl-C to end.`)
    await gone
  } finally {
    signal.removeEventListener('abort', end)
    if (child.exitCode === null && child.signalCode === null) end()
    await gone
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The one click of the developer room, then the page; afterwards the browser belongs to the user alone. */
async function connectOnce({ config, demo }: Addresses, address: string): Promise<void> {
  const connection = await chromium.connectOverCDP(address)
  const [context] = connection.contexts()
  if (context === undefined) throw new Error('Chromium opened no window.')
  const browser = await watchBrowser(context)
  const options = await openOptions(browser, 'developer')
  await options.connectDevnet(config)
  await options.page.goto(demo)
  await browser.dismissWitness()
  await connection.close()
}

/** Chromium writes the port it took into its profile. */
async function debuggingAddress(profile: string, child: ChildProcess, signal: AbortSignal): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    signal.throwIfAborted()
    if (child.exitCode !== null) throw new Error(`Chromium ended at once (code ${child.exitCode}).`)
    const [port] = (await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '')).split('\n')
    if (port) return `http://127.0.0.1:${port}`
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('Chromium did not start within 30 seconds.')
}

/** For trying this part on a machine without a display: `ROUTSTR_START_FLAGS=--headless=new`. */
function extraFlags(): string[] {
  return process.env.ROUTSTR_START_FLAGS?.split(' ').filter(Boolean) ?? []
}
