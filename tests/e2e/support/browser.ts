/** A Chromium with the built extension in it, and what tests need to know about the browser itself. */
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { chromiumFlags, ensureChromium } from '../../launch/chromium.mjs'

/** The built extension; another copy can be named, so that it may be rebuilt while tests run. */
export const EXTENSION_DIR = process.env.ROUTSTR_EXTENSION ?? fileURLToPath(new URL('../../../.output/chrome-mv3', import.meta.url))

export interface Browser {
  readonly context: BrowserContext
  readonly extensionId: string
  /** Everything any page, any of our screens or the worker wrote to its console, and every uncaught error. */
  readonly console: readonly string[]
  /** The approval windows that were ever opened, oldest first, by address. */
  readonly questionsAsked: readonly string[]
  open(url: string): Promise<Page>
  /** The address of one of our screens, e.g. `options.html#/developer`. */
  screen(path: string): string
  /** The approval window that is open now; null when there is none. */
  questionWindow(): Page | null
  badge(): Promise<string>
  /** The worker is gone when this resolves: a port that was connected to it has been cut. */
  killWorker(): Promise<void>
  /** Closes the page this asks the browser from; `badge` and `killWorker` cannot be used any more. */
  dismissWitness(): Promise<void>
  close(): Promise<void>
}

export interface BrowserOptions {
  /** Kept over restarts; by default a fresh one that is thrown away. */
  readonly profile?: string
  readonly extension?: string
  readonly deviceScaleFactor?: number
  readonly headless?: boolean
}

export async function openBrowser({ profile = '', extension = EXTENSION_DIR, deviceScaleFactor = 1, headless = true }: BrowserOptions = {}): Promise<Browser> {
  const context = await chromium.launchPersistentContext(profile, {
    headless,
    executablePath: ensureChromium(),
    colorScheme: 'light',
    deviceScaleFactor,
    args: [...chromiumFlags(), `--disable-extensions-except=${extension}`, `--load-extension=${extension}`],
  })
  return watchBrowser(context)
}

const NOT_LOADED = 'This browser did not load the extension. Google Chrome no longer does that from the command line: install Chromium, or set CHROME_PATH to one.'

/** @param context of a browser that was started with the extension */
export async function watchBrowser(context: BrowserContext): Promise<Browser> {
  // our origin without our code: a place to ask the browser from, which holds no port of its own
  const [witness = await context.newPage()] = context.pages()
  const lines: string[] = []
  const questions: Page[] = []
  const questionsAsked: string[] = []
  const note = (page: Page): void => {
    if (!page.url().includes('popup.html#/approval') || questions.includes(page)) return
    questions.push(page)
    questionsAsked.push(page.url())
  }
  context.on('console', (message) => {
    if (message.page() !== witness) lines.push(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => lines.push(String(error.error().stack)))
  context.on('page', (page) => {
    note(page)
    page.on('framenavigated', () => note(page))
  })
  const worker =
    context.serviceWorkers()[0] ??
    (await context.waitForEvent('serviceworker', { timeout: 20_000 }).catch(() => {
      throw new Error(NOT_LOADED)
    }))
  worker.on('console', (message) => lines.push(message.text()))
  const extensionId = new URL(worker.url()).host
  const screen = (path: string): string => `chrome-extension://${extensionId}/${path}`
  await witness.goto(screen('icon/16.png'))

  return {
    context,
    extensionId,
    console: lines,
    questionsAsked,
    screen,
    async open(url) {
      const page = await context.newPage()
      await page.goto(url)
      return page
    },
    questionWindow: () => questions.findLast((page) => !page.isClosed()) ?? null,
    badge: () => witness.evaluate(() => chrome.action.getBadgeText({})),
    async killWorker() {
      // one round trip proves that the worker runs; the cut of this port proves that it is gone
      await witness.evaluate(async () => {
        const port = chrome.runtime.connect({ name: 'ui' })
        window.workerGone = new Promise((resolve) => port.onDisconnect.addListener(() => resolve()))
        await new Promise<void>((resolve) => {
          port.onMessage.addListener(() => resolve())
          port.postMessage({ id: 1, route: 'settings.get', input: {} })
        })
      })
      const session = await context.browser()?.newBrowserCDPSession()
      if (session === undefined) throw new Error('this browser gives no CDP session')
      const { targetInfos } = await session.send('Target.getTargets')
      const target = targetInfos.find(({ type, url }) => type === 'service_worker' && url.startsWith(screen('')))
      if (target === undefined) throw new Error('the worker is not running')
      await session.send('Target.closeTarget', { targetId: target.targetId })
      await witness.evaluate(() => window.workerGone)
      await session.detach()
    },
    dismissWitness: () => witness.close(),
    close: () => context.close(),
  }
}

interface Port {
  readonly onMessage: { addListener(listener: () => void): void }
  readonly onDisconnect: { addListener(listener: () => void): void }
  postMessage(message: unknown): void
}

declare global {
  interface Window {
    /** Set by `killWorker` in the witness page. */
    workerGone?: Promise<void>
  }
  /** What the witness page uses of the extension APIs. */
  const chrome: {
    readonly action: { getBadgeText(of: object): Promise<string> }
    readonly runtime: { connect(to: { name: string }): Port }
  }
}
