/** A Chromium with the built extension in it, and what tests need to know about the browser itself. */
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { chromiumFlags, ensureChromium } from '../../launch/chromium.mjs'
import type { Browser, BrowserOptions } from './driver.ts'

export async function openChromium({ profile, extension, deviceScaleFactor, headless, keepsPages, flags }: Required<BrowserOptions>): Promise<ChromiumBrowser> {
  const context = await chromium.launchPersistentContext(profile, {
    headless,
    executablePath: ensureChromium(),
    colorScheme: 'light',
    ...(keepsPages ? { ignoreDefaultArgs: ['--disable-back-forward-cache'] } : {}),
    deviceScaleFactor,
    args: [...chromiumFlags(), ...flags, `--disable-extensions-except=${extension}`, `--load-extension=${extension}`],
  })
  return watchBrowser(context)
}

/** What only this browser can be asked, for scenarios that run in no other. */
export interface ChromiumBrowser extends Browser {
  readonly context: BrowserContext
  readonly extensionId: string
  /** Closes the page this asks the browser from; `badge` and `killWorker` cannot be used any more. */
  dismissWitness(): Promise<void>
}

/** @throws Error for another browser, or another browser's page */
export function inChromium(browser: Browser): ChromiumBrowser {
  const found = OPENED.get(browser)
  if (found === undefined) throw new Error('this is no Chromium')
  return found
}
export function playwrightPage(browser: Browser, page: object): Page {
  const found = inChromium(browser).context.pages().find((one) => one === page)
  if (found === undefined) throw new Error('this is no open page of this browser')
  return found
}
const OPENED = new WeakMap<Browser, ChromiumBrowser>()

const NOT_LOADED = 'This browser did not load the extension. Google Chrome no longer does that from the command line: install Chromium, or set CHROME_PATH to one.'

/** @param context of a browser that was started with the extension */
export async function watchBrowser(context: BrowserContext): Promise<ChromiumBrowser> {
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
    (await context.waitForEvent('serviceworker').catch(() => {
      throw new Error(NOT_LOADED)
    }))
  worker.on('console', (message) => lines.push(message.text()))
  const extensionId = new URL(worker.url()).host
  const screen = (path: string): string => `chrome-extension://${extensionId}/${path}`
  await witness.goto(screen('icon/16.png'))

  const browser: ChromiumBrowser = {
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
    async opened(work) {
      const [page] = await Promise.all([context.waitForEvent('page'), work()])
      return page
    },
    async download(page, work) {
      const [download] = await Promise.all([playwrightPage(browser, page).waitForEvent('download'), work()])
      return { name: download.suggestedFilename(), path: await download.path() }
    },
    questionWindow: () => questions.findLast((page) => !page.isClosed()) ?? null,
    async workerRuns() {
      const session = await context.browser()?.newBrowserCDPSession()
      if (session === undefined) throw new Error('this browser gives no CDP session')
      const { targetInfos } = await session.send('Target.getTargets')
      await session.detach()
      return targetInfos.some(({ type, url }) => type === 'service_worker' && url.startsWith(screen('')))
    },
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
  OPENED.set(browser, browser)
  return browser
}

interface Port {
  readonly onMessage: { addListener(listener: (message: { readonly id?: number; readonly ok?: boolean; readonly value?: unknown } | undefined) => void): void }
  readonly onDisconnect: { addListener(listener: () => void): void }
  postMessage(message: unknown): void
  disconnect(): void
}

declare global {
  interface Window {
    /** Set by `killWorker` in the witness page. */
    workerGone?: Promise<void>
  }
  /** What the witness page uses of the extension APIs. */
  const chrome: {
    readonly action: { getBadgeText(of: object): Promise<string> }
    readonly alarms: { get(name: string): Promise<object | undefined> }
    readonly runtime: { connect(to: { name: string }): Port }
    readonly storage: Readonly<Record<'local' | 'session', { get(all: null): Promise<object> }>>
  }
}
