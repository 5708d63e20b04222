/** A Firefox, started by puppeteer with our extension in it, and the WebDriver BiDi session that puppeteer holds with it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer, { type Browser as Puppeteer } from 'puppeteer-core'
import { ensureFirefox } from '../../../launch/firefox.mjs'

/** Commands and events by their names in the specification (w3c.github.io/webdriver-bidi). */
export interface Session {
  send(method: string, params: object): Promise<unknown>
  on(event: string, listener: (params: unknown) => void): void
}

export interface RunningFirefox {
  readonly session: Session
  /** The address under which our screens are served in every Firefox of ours. */
  readonly home: string
  readonly downloads: string
  close(): Promise<void>
}

export const ADDON = 'routstr-browser@routstr.invalid'
/** Firefox draws one per profile; told beforehand, it need not be searched for. */
const UUID = '5d9c7f2e-0b6a-4c1d-9e57-3f2a8b6c4d10'

export async function startFirefox({ extension, profile, headless }: { extension: string; profile: string; headless: boolean }): Promise<RunningFirefox> {
  const downloads = await mkdtemp(join(tmpdir(), 'routstr-downloads-'))
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: ensureFirefox(),
    headless,
    defaultViewport: null,
    // the browser's own windows and add-on manager can be reached too: to stop the event page, and to read what it logs
    args: ['-remote-allow-system-access'],
    extraPrefsFirefox: preferences(downloads),
    ...(profile === '' ? {} : { userDataDir: profile }),
  })
  await browser.installExtension(extension)
  return {
    session: sessionOf(browser),
    home: `moz-extension://${UUID}/`,
    downloads,
    async close() {
      await browser.close()
      await rm(downloads, { recursive: true, force: true })
    },
  }
}

function preferences(downloads: string): Record<string, unknown> {
  return {
    'extensions.webextensions.uuids': JSON.stringify({ [ADDON]: UUID }),
    // an add-on installed over BiDi is taken out when the browser closes; what it stored stays for the next start
    'extensions.webextensions.keepStorageOnUninstall': true,
    'extensions.webextensions.keepUuidOnUninstall': true,
    'network.dns.localDomains': 'plain.test,shop.test,other.test',
    // pages in the background go on as quickly as in the other browser
    'dom.min_background_timeout_value': 4,
    'dom.timeout.enable_budget_timer_throttling': false,
    'browser.download.folderList': 2,
    'browser.download.dir': downloads,
    'browser.download.useDownloadDir': true,
    'browser.download.alwaysOpenPanel': false,
    'browser.download.always_ask_before_handling_new_types': false,
    'layout.css.prefers-color-scheme.content-override': 1,
  }
}

/** Puppeteer's own interface leaves out what it cannot do for extension pages; the session beneath it can. */
function sessionOf(browser: Puppeteer): Session {
  const connection: unknown = Reflect.get(browser, 'connection')
  if (!isConnection(connection)) throw new Error('this puppeteer shows no BiDi connection')
  return {
    send: async (method, params) => (await connection.send(method, params)).result,
    on: (event, listener) => void connection.on(event, listener),
  }
}

interface Connection {
  send(method: string, params: object): Promise<{ readonly result: unknown }>
  on(event: string, listener: (params: unknown) => void): unknown
}

function isConnection(value: unknown): value is Connection {
  return typeof value === 'object' && value !== null && 'send' in value && 'on' in value
}
