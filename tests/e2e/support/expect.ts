/** Playwright's `expect`, which waits for what a locator shall become, in Firefox as well. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect as playwright } from '@playwright/test'
import type { Locator } from './driver.ts'
import type { ElementState } from './firefox/in-page.ts'
import { reader } from './firefox/locator.ts'
import { PATIENCE_MS } from './patience.ts'

interface Patience {
  readonly timeout?: number
}

export interface LocatorExpectations {
  toBeVisible(patience?: Patience): Promise<void>
  toBeHidden(patience?: Patience): Promise<void>
  toBeEnabled(patience?: Patience): Promise<void>
  toBeDisabled(patience?: Patience): Promise<void>
  toBeFocused(patience?: Patience): Promise<void>
  toBeChecked(patience?: Patience): Promise<void>
  toBeEmpty(patience?: Patience): Promise<void>
  toHaveCount(count: number, patience?: Patience): Promise<void>
  toHaveText(text: string | RegExp, patience?: Patience): Promise<void>
  toContainText(text: string | RegExp, patience?: Patience): Promise<void>
  toHaveValue(value: string | RegExp, patience?: Patience): Promise<void>
  toHaveClass(names: string | RegExp, patience?: Patience): Promise<void>
  toHaveAttribute(name: string, value: string | RegExp, patience?: Patience): Promise<void>
  readonly not: Omit<LocatorExpectations, 'not'>
}

type Playwright = typeof playwright
type IsAny<T> = 0 extends 1 & T ? true : false
type Expect = Omit<Playwright, never> & {
  <T>(actual: T, message?: string): IsAny<T> extends true ? ReturnType<Playwright> : T extends Locator ? LocatorExpectations : ReturnType<typeof playwright<T>>
}

export const expect = new Proxy(playwright, {
  apply(target, self, args: Parameters<Playwright>) {
    const read = reader(args[0])
    return read === null ? Reflect.apply(target, self, args) : expectations(read, false)
  },
}) as unknown as Expect

/** What is wrong with these elements; null when they are as they shall be. */
type Check = (elements: readonly ElementState[]) => string | null

function expectations(read: () => Promise<readonly ElementState[]>, inverted: boolean): LocatorExpectations {
  /** Of exactly one element; where there is none, neither the thing nor its opposite is true. */
  const one =
    (holds: (element: ElementState) => boolean, seen: (element: ElementState) => unknown, wanted: unknown): Check =>
    (elements) => {
      const [element] = elements
      if (element === undefined || elements.length > 1) return `${elements.length} elements are meant, not one`
      return holds(element) === inverted ? `expected ${inverted ? 'not ' : ''}${String(wanted)}, is ${JSON.stringify(seen(element))}` : null
    }
  const visible =
    (shall: boolean): Check =>
    (elements) => {
      if (elements.length > 1) return `${elements.length} elements are meant, not one`
      return (elements[0]?.visible === true) === shall ? null : `expected to be ${shall ? 'visible' : 'hidden'}`
    }
  const wait = async (check: Check, { timeout = PATIENCE_MS }: Patience = {}): Promise<void> => {
    const end = Date.now() + timeout
    for (;;) {
      const wrong = await read().then(check, (error: unknown) => String(error))
      if (wrong === null) return
      if (Date.now() >= end) throw new Error(`Not within ${timeout} ms: ${wrong}`)
      await sleep(50)
    }
  }
  return {
    toBeVisible: (patience) => wait(visible(!inverted), patience),
    toBeHidden: (patience) => wait(visible(inverted), patience),
    toBeEnabled: (patience) => wait(one(({ enabled }) => enabled, ({ enabled }) => enabled, 'enabled'), patience),
    toBeDisabled: (patience) => wait(one(({ enabled }) => !enabled, ({ enabled }) => enabled, 'disabled'), patience),
    toBeFocused: (patience) => wait(one(({ focused }) => focused, ({ focused }) => focused, 'focused'), patience),
    toBeChecked: (patience) => wait(one(({ checked }) => checked, ({ checked }) => checked, 'checked'), patience),
    toBeEmpty: (patience) => wait(one(({ text, value }) => (value ?? text) === '', ({ text }) => text, 'empty'), patience),
    toHaveCount: (count, patience) =>
      wait((elements) => ((elements.length === count) === inverted ? `expected ${inverted ? 'not ' : ''}${count} elements, there are ${elements.length}` : null), patience),
    toHaveText: (text, patience) => wait(one((element) => says(element.text, text, same), ({ text: is }) => words(is), text), patience),
    toContainText: (text, patience) => wait(one((element) => says(element.text, text, contains), ({ text: is }) => words(is), text), patience),
    toHaveValue: (value, patience) => wait(one((element) => element.value !== null && same(element.value, value), ({ value: is }) => is, value), patience),
    toHaveClass: (names, patience) => wait(one(({ attributes }) => same(attributes.class ?? '', names), ({ attributes }) => attributes.class, names), patience),
    toHaveAttribute: (name, value, patience) =>
      wait(one(({ attributes }) => attributes[name] !== undefined && same(attributes[name], value), ({ attributes }) => attributes[name], `${name}=${String(value)}`), patience),
    get not() {
      return expectations(read, !inverted)
    },
  }
}

/** A pattern is for the text as it is, as in Playwright. */
const says = (text: string, wanted: string | RegExp, how: (is: string, wanted: string | RegExp) => boolean): boolean =>
  how(typeof wanted === 'string' ? words(text) : text, wanted)
const words = (text: string): string => text.replace(/[\u200b\s]+/g, ' ').trim()
const same = (is: string, wanted: string | RegExp): boolean => (typeof wanted === 'string' ? is === wanted : wanted.test(is))
const contains = (is: string, wanted: string | RegExp): boolean => (typeof wanted === 'string' ? is.includes(words(wanted)) : wanted.test(is))
