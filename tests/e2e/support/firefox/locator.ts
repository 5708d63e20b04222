/** `Locator` in Firefox: every word looks for its elements anew, and what acts waits until that is possible. */
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ActOptions, FilePayload, Locator } from '../driver.ts'
import { PATIENCE_MS } from '../patience.ts'
import { awaitPress, type ElementState, fillIn, findAll, focusOn, pressLanded, type Spot, spotOf, statesOf, type Step } from './in-page.ts'

/** What a locator asks of its page. */
export interface LocatorPlace {
  /** Runs in the document; `source` is the text of a function. */
  evaluate(source: string, args: readonly unknown[]): Promise<unknown>
  /** The same among the scripts of the document. */
  evaluateThere(source: string, args: readonly unknown[]): Promise<unknown>
  setFiles(source: string, args: readonly unknown[], files: readonly string[]): Promise<void>
  pointAt(spot: Spot): Promise<void>
  /** In one go: what moves in between would be missed. */
  pressAt(spot: Spot): Promise<void>
  pressKey(key: string): Promise<void>
  bringToFront(): Promise<void>
}

const EVERY_MS = 40
const PRESS_TOLD_MS = 2_000
const STEPS = new WeakMap<object, readonly Step[]>()

/** How the elements of a Firefox locator are now; null for any other value. */
export function reader(value: unknown): (() => Promise<readonly ElementState[]>) | null {
  return typeof value === 'object' && value !== null ? (READERS.get(value) ?? null) : null
}
const READERS = new WeakMap<object, () => Promise<readonly ElementState[]>>()

export function createLocator(place: LocatorPlace, steps: readonly Step[]): Locator {
  const ask = (work: unknown, ...args: unknown[]): Promise<unknown> => place.evaluate(`(steps, ...args) => (${work})((${findAll})(steps), ...args)`, [steps, ...args])
  const states = async (): Promise<readonly ElementState[]> => (await ask(statesOf)) as ElementState[]
  const further = (...more: Step[]): Locator => createLocator(place, [...steps, ...more])

  /** Waits for the one element and its place on the screen. */
  async function spot({ timeout = PATIENCE_MS, force = false }: ActOptions = {}): Promise<Spot> {
    let before = ''
    return until(timeout, steps, async () => {
      const now = (await ask(spotOf)) as Spot | null
      if (now === null || !now.visible) return null
      if (!now.front) await place.bringToFront()
      const still = now.box === before && now.front
      before = now.box
      return still && (force || (now.enabled && now.free)) ? now : null
    })
  }

  /** Again, until it has landed where it should. */
  async function press(options: ActOptions = {}): Promise<void> {
    for (const end = Date.now() + (options.timeout ?? PATIENCE_MS); ; ) {
      const { timeout: _, ...rest } = options
      const where = await spot({ ...rest, timeout: Math.max(1, end - Date.now()) })
      await ask(awaitPress, options.force === true)
      await place.pressAt(where)
      for (const told = Date.now() + PRESS_TOLD_MS; ; await sleep(EVERY_MS)) {
        // a press may close the window or leave the document: then it has landed
        const landed = await ask(pressLanded, Date.now() >= told).catch(() => true)
        if (landed === true) return
        if (landed === false || Date.now() >= told) break
      }
    }
  }

  /** Waits for the one element; then `read` may say something of it. */
  async function one<T>(read: (state: ElementState) => T): Promise<T> {
    const state = await until(PATIENCE_MS, steps, async () => {
      const found = await states()
      if (found.length > 1) throw new Error(`${found.length} elements are meant by ${JSON.stringify(steps)}, not one`)
      return found[0] ?? null
    })
    return read(state)
  }

  const locator: Locator = {
    getByTestId: (testId) => further({ css: `[data-testid="${testId}"]` }),
    getByText: (text) => further({ text }),
    locator: (css) => further({ css }),
    first: () => further({ nth: 0 }),
    nth: (index) => further({ nth: index }),
    filter: ({ hasText }) => further({ hasText }),
    or: (other) => further({ or: STEPS.get(other) ?? [] }),
    count: async () => (await states()).length,
    all: async () => (await states()).map((_, index) => further({ nth: index })),
    click: press,
    hover: async (options) => place.pointAt(await spot(options)),
    async check(options) {
      if ((await spot(options)).checked) return
      await locator.click(options)
      await until(options?.timeout ?? PATIENCE_MS, steps, async () => ((await states())[0]?.checked === true ? true : null))
    },
    fill: (value, { timeout = PATIENCE_MS } = {}) => until(timeout, steps, async () => ((await ask(fillIn, value)) === true ? true : null)).then(() => undefined),
    selectOption: (value) => locator.fill(value),
    focus: () => until(PATIENCE_MS, steps, async () => ((await ask(focusOn)) === true ? true : null)).then(() => undefined),
    async press(key) {
      await locator.focus()
      await place.pressKey(key)
    },
    async setInputFiles(files) {
      await one(() => undefined)
      const list: readonly (string | FilePayload)[] = typeof files === 'string' || !Array.isArray(files) ? [files as string | FilePayload] : files
      await place.setFiles(`(steps) => (${findAll})(steps)[0]`, [steps], await Promise.all(list.map(asFile)))
    },
    inputValue: () => one(({ value }) => value ?? ''),
    getAttribute: (name) => one(({ attributes }) => attributes[name] ?? null),
    textContent: () => one(({ text }) => text),
    allTextContents: async () => (await states()).map(({ text }) => text),
    isEnabled: () => one(({ enabled }) => enabled),
    isVisible: async () => (await states())[0]?.visible === true,
    async evaluate(work) {
      await one(() => undefined)
      return (await place.evaluateThere(`(steps) => (${work})((${findAll})(steps)[0])`, [steps])) as never
    },
  }
  STEPS.set(locator, steps)
  READERS.set(locator, states)
  return locator
}

/** A document may be on its way out, or not be there yet: then there is nothing to see. */
async function until<T>(timeout: number, steps: readonly Step[], look: () => Promise<T | null>): Promise<T> {
  const end = Date.now() + timeout
  let trouble: unknown
  while (Date.now() < end) {
    try {
      const found = await look()
      if (found !== null) return found
    } catch (error) {
      trouble = error
    }
    await sleep(EVERY_MS)
  }
  throw new Error(`${JSON.stringify(steps)} could not be used within ${timeout} ms${trouble instanceof Error ? ` (${trouble.message})` : ''}`)
}

/** The file on the disk, which BiDi wants. */
async function asFile(file: string | FilePayload): Promise<string> {
  if (typeof file === 'string') return file
  const path = join(await mkdtemp(join(tmpdir(), 'routstr-file-')), file.name)
  await writeFile(path, file.buffer)
  return path
}
