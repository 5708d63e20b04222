/** `Browser` in Firefox: its tabs and windows as the browser tells of them, and what only the browser itself can do. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserOptions, Page } from '../driver.ts'
import { PATIENCE_MS } from '../patience.ts'
import { createPage, type Known } from './page.ts'
import { field, run } from './script.ts'
import { ADDON, type Session, startFirefox } from './session.ts'

type Options = Required<Pick<BrowserOptions, 'extension' | 'profile' | 'headless'>>

export async function openFirefox(options: Options): Promise<Browser> {
  const { session, home, downloads, close } = await startFirefox(options)
  const chrome = await browserWindow(session)
  const pages = new Map<string, Page>()
  const known = new Map<string, Known>()
  const questionsAsked: string[] = []
  const lines: string[] = []
  const emulateMedia: Page['emulateMedia'] = async ({ colorScheme, reducedMotion }) => {
    await run(session, chrome, setAppearance, [colorScheme ?? null, reducedMotion ?? null])
  }
  const isQuestion = (url: string): boolean => url.includes('popup.html#/approval')

  function meet(context: string, parent: Known | null): Known {
    const met: Known = known.get(context) ?? { context, url: 'about:blank', closed: false, parent, children: [] }
    if (known.has(context)) return met
    known.set(context, met)
    if (parent === null) pages.set(context, createPage(met, { session, emulateMedia }))
    else parent.children.push(met)
    return met
  }
  session.on('browsingContext.contextCreated', (event) => {
    const parent = field(event, 'parent')
    if (field(event, 'moz:scope') !== 'chrome') meet(String(field(event, 'context')), typeof parent === 'string' ? meet(parent, null) : null)
  })
  const wentTo = (event: unknown): void => {
    const page = known.get(String(field(event, 'context')))
    const url = String(field(event, 'url'))
    if (page === undefined) return
    if (isQuestion(url) && page.url !== url) questionsAsked.push(url)
    page.url = url
  }
  for (const event of ['navigationCommitted', 'fragmentNavigated', 'historyUpdated', 'load']) session.on(`browsingContext.${event}`, wentTo)
  session.on('browsingContext.contextDestroyed', (event) => {
    const page = known.get(String(field(event, 'context')))
    if (page !== undefined) page.closed = true
  })
  const stopLooking = lookForClosed(session, known, home)
  session.on('log.entryAdded', (entry) => lines.push(String(field(entry, 'text'))))

  const screen = (path: string): string => `${home}${path}`
  async function open(url: string): Promise<Page> {
    // in the window of pages: the one in front may be a question, and takes its tabs along when it closes
    const beside = [...known.values()].find((one) => one.parent === null && !one.closed && !isQuestion(one.url))
    const context = String(field(await session.send('browsingContext.create', { type: 'tab', ...(beside === undefined ? {} : { referenceContext: beside.context }) }), 'context'))
    meet(context, null)
    const page = pages.get(context)
    if (page === undefined) throw new Error('the browser opened no tab')
    if (url !== 'about:blank') await page.goto(url)
    return page
  }

  return {
    console: lines,
    questionsAsked,
    screen,
    open,
    async opened(work) {
      const before = new Set(pages.values())
      await work()
      return until('a page opens', () => [...pages.values()].find((page) => !before.has(page) && page.url() !== 'about:blank' && !isQuestion(page.url())))
    },
    async download(_page, work) {
      const before = new Set(await readdir(downloads))
      await work()
      const name = await until('a file is saved', async () => {
        const files = await readdir(downloads)
        return files.some((file) => file.endsWith('.part')) ? undefined : files.find((file) => !before.has(file))
      })
      return { name, path: join(downloads, name) }
    },
    questionWindow: () => [...pages.values()].findLast((page) => !page.isClosed() && isQuestion(page.url())) ?? null,
    badge: () => run(session, chrome, badgeText, [ADDON]),
    workerRuns: async () => (await run(session, chrome, eventPageState, [ADDON])) === 'running',
    killWorker: () => run(session, chrome, stopEventPage, [ADDON]),
    async close() {
      stopLooking()
      await close()
    },
  }
}

/** Firefox does not tell that one of our own screens has closed, so the list of its tabs is read. */
function lookForClosed(session: Session, known: ReadonlyMap<string, Known>, home: string): () => void {
  const look = async (): Promise<void> => {
    const ours = [...known.values()].filter(({ closed, url }) => !closed && url.startsWith(home))
    if (ours.length === 0) return
    const contexts = field(await session.send('browsingContext.getTree', { maxDepth: 0 }), 'contexts')
    const open = new Set(Array.isArray(contexts) ? contexts.map((one: unknown) => field(one, 'context')) : [])
    for (const page of ours) page.closed = !open.has(page.context)
  }
  const stop = new AbortController()
  void (async () => {
    while (!stop.signal.aborted) {
      await look().catch(() => undefined)
      await sleep(100)
    }
  })()
  return () => stop.abort()
}

async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) {
    const found = await look()
    if (found !== undefined) return found
  }
  throw new Error(`it did not happen within ${PATIENCE_MS / 1000} s: ${what}`)
}

/** The browser's own window, whose scripts may do everything. */
async function browserWindow(session: Session): Promise<{ readonly context: string }> {
  const contexts = field(await session.send('browsingContext.getTree', { maxDepth: 0, 'moz:scope': 'chrome' }), 'contexts')
  const context = Array.isArray(contexts) ? field(contexts[0], 'context') : undefined
  if (typeof context !== 'string') throw new Error('this Firefox does not let its own window be asked')
  return { context }
}

/** What the following functions use inside of Firefox. */
declare const WebExtensionPolicy: {
  getByID(id: string): { readonly extension: FirefoxExtension }
}
declare const Services: { readonly prefs: { setIntPref(name: string, value: number): void } }
interface FirefoxExtension {
  readonly backgroundState: string
  wakeupBackground(): Promise<void>
  terminateBackground(how: { readonly ignoreDevToolsAttached: boolean; readonly disableResetIdleForTest: boolean }): Promise<void>
  readonly apiManager: { readonly global: { browserActionFor(extension: FirefoxExtension): { readonly action: { getProperty(of: null, name: string): string | null } } } }
}

/** As the browser does with an idle one, whatever it is doing. */
async function stopEventPage(id: string): Promise<void> {
  const { extension } = WebExtensionPolicy.getByID(id)
  if (extension.backgroundState !== 'running') await extension.wakeupBackground()
  await extension.terminateBackground({ ignoreDevToolsAttached: true, disableResetIdleForTest: true })
  if (extension.backgroundState !== 'stopped') throw new Error(`the event page is ${extension.backgroundState}`)
}

function eventPageState(id: string): string {
  return WebExtensionPolicy.getByID(id).extension.backgroundState
}

function badgeText(id: string): string {
  const { extension } = WebExtensionPolicy.getByID(id)
  return extension.apiManager.global.browserActionFor(extension).action.getProperty(null, 'badgeText') ?? ''
}

function setAppearance(colorScheme: string | null, motion: string | null): void {
  if (colorScheme !== null) Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', colorScheme === 'dark' ? 0 : 1)
  if (motion !== null) Services.prefs.setIntPref('ui.prefersReducedMotion', motion === 'reduce' ? 1 : 0)
}
