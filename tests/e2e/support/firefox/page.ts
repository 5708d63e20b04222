/** `Page` in Firefox: one tab or window, by its browsing context. */
import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Frame, Page } from '../driver.ts'
import { PATIENCE_MS } from '../patience.ts'
import { keyActions } from './keys.ts'
import { createLocator, type LocatorPlace } from './locator.ts'
import { elementOf, field, run, runActive } from './script.ts'
import type { Session } from './session.ts'

/** What the browser has told about a document. */
export interface Known {
  readonly context: string
  url: string
  closed: boolean
  readonly parent: Known | null
  readonly children: Known[]
}

export interface PageSurroundings {
  readonly session: Session
  emulateMedia: Page['emulateMedia']
}

export function createPage(known: Known, { session, emulateMedia }: PageSurroundings): Page {
  const { context } = known
  const aside = { context, sandbox: 'driver' }
  const act = (id: string, type: string, actions: readonly object[]): Promise<unknown> =>
    session.send('input.performActions', { context, actions: [{ type, id, ...(type === 'pointer' ? { parameters: { pointerType: 'mouse' } } : {}), actions }] })
  const pointer = (...actions: object[]): Promise<unknown> => act('mouse', 'pointer', actions)
  const command = (method: string, params: object = {}): Promise<unknown> => session.send(`browsingContext.${method}`, { context, ...params })

  const place: LocatorPlace = {
    evaluate: (source, args) => run(session, aside, asFunction(source), args),
    evaluateThere: (source, args) => run(session, { context }, asFunction(source), args),
    async setFiles(source, args, files) {
      await session.send('input.setFiles', { context, element: await elementOf(session, aside, asFunction(source), args), files })
    },
    pointAt: async ({ x, y }) => void (await pointer({ type: 'pointerMove', x, y })),
    pressAt: async ({ x, y }) => void (await pointer({ type: 'pointerMove', x, y }, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 })),
    pressKey: async (key) => void (await act('keyboard', 'key', keyActions(key))),
    bringToFront: async () => void (await command('activate')),
  }

  /** Firefox tells nothing of how our own screens load, so they are asked. */
  async function loaded(isNew: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE_MS
    while (Date.now() < end) {
      if (await isNew().catch(() => false)) return
      await sleep(30)
    }
    throw new Error(`${known.url} did not load within ${PATIENCE_MS} ms`)
  }
  const complete = (): Promise<boolean> => run(session, { context }, () => document.readyState === 'complete' && !('leaving' in window), [])

  const page: Page = {
    keyboard: {
      async press(key) {
        if (!(await run(session, aside, () => document.hasFocus(), []))) await page.bringToFront()
        await place.pressKey(key)
      },
    },
    mouse: {
      down: async () => void (await pointer({ type: 'pointerDown', button: 0 })),
      up: async () => void (await pointer({ type: 'pointerUp', button: 0 })),
    },
    ...createLocatorWords(place),
    evaluate: (work, argument) => runActive(session, { context }, work as () => never, argument === undefined ? [] : [argument]),
    url: () => known.url,
    title: () => run(session, aside, () => document.title, []),
    async goto(url) {
      known.url = url
      await command('navigate', { url, wait: 'none' })
      await loaded(async () => (await complete()) && (await run(session, { context }, () => location.href, [])) === new URL(url).href)
    },
    async reload() {
      await run(session, { context }, () => void Object.assign(window, { leaving: true }), [])
      await command('reload', { wait: 'none' })
      await loaded(complete)
    },
    mainFrame: () => frameOf(session, known),
    frames: () => allFrames(known).map((one) => frameOf(session, one)),
    bringToFront: place.bringToFront,
    setViewportSize: async (viewport) => void (await command('setViewport', { viewport })),
    emulateMedia,
    setContent: (html) => run(session, { context }, (text: string) => void Object.assign(document.documentElement, { innerHTML: text }), [html]),
    async screenshot({ path, fullPage = false } = {}) {
      const data = field(await command('captureScreenshot', { origin: fullPage ? 'document' : 'viewport' }), 'data')
      const picture = Buffer.from(String(data), 'base64')
      if (path !== undefined) await writeFile(path, picture)
      return picture
    },
    isClosed: () => known.closed,
    async close() {
      await command('close').catch((error: unknown) => {
        if (!known.closed) throw error
      })
      while (!known.closed) await sleep(10)
    },
  }
  return page
}

function createLocatorWords(place: LocatorPlace): Pick<Page, 'getByTestId' | 'getByText' | 'locator'> {
  const { getByTestId, getByText, locator } = createLocator(place, [])
  return { getByTestId, getByText, locator }
}

const FRAMES = new WeakMap<Known, Frame>()

/** The same object for the same frame: tests compare them. */
function frameOf(session: Session, known: Known): Frame {
  const frame = FRAMES.get(known) ?? {
    url: () => known.url,
    parentFrame: () => (known.parent === null ? null : frameOf(session, known.parent)),
    evaluate: (work: unknown, argument?: unknown) => runActive(session, { context: known.context }, work as () => never, argument === undefined ? [] : [argument]),
  }
  FRAMES.set(known, frame)
  return frame
}

function allFrames(known: Known): Known[] {
  return [known, ...known.children.filter(({ closed }) => !closed).flatMap(allFrames)]
}

/** The text of a function, where a function is sent as its text. */
function asFunction(source: string): () => never {
  const carrier = (): never => {
    throw new Error('runs in the page only')
  }
  return Object.assign(carrier, { toString: () => source })
}
