/** What runs inside a document: the elements of a locator, and how they are. Each function is sent alone, as text. */

/** One step from the document to the elements that are meant. */
export type Step =
  | { readonly css: string }
  | { readonly nth: number }
  | { readonly hasText: string | RegExp }
  | { readonly text: string }
  | { readonly or: readonly Step[] }

export interface ElementState {
  readonly visible: boolean
  readonly enabled: boolean
  readonly focused: boolean
  readonly checked: boolean
  readonly text: string
  readonly value: string | null
  readonly attributes: Readonly<Record<string, string>>
}

export interface Spot {
  readonly x: number
  readonly y: number
  /** Where it stands and how large it is, to see whether it moves. */
  readonly box: string
  /** Nothing lies above it. */
  readonly free: boolean
  readonly visible: boolean
  readonly enabled: boolean
  readonly checked: boolean
  /** The page is the one in front. */
  readonly front: boolean
}

/** Sent together with the functions below, which get what this returns. */
export function findAll(steps: readonly Step[]): HTMLElement[] {
  const textOf = (element: Element): string => (element.textContent ?? '').replace(/\s+/g, ' ').trim()
  const says = (element: Element, wanted: string | RegExp): boolean =>
    typeof wanted === 'string' ? textOf(element).toLowerCase().includes(wanted.toLowerCase()) : wanted.test(textOf(element))
  const walk = (path: readonly Step[]): Element[] => {
    let found: Element[] = [document.documentElement]
    for (const step of path) {
      if ('css' in step) found = [...new Set(found.flatMap((one) => [...one.querySelectorAll(step.css)]))]
      else if ('nth' in step) found = found.slice(step.nth, step.nth + 1)
      else if ('hasText' in step) found = found.filter((one) => says(one, step.hasText))
      else if ('or' in step) found = inOrder([...found, ...walk(step.or)])
      else found = found.flatMap((one) => [...one.querySelectorAll('*')]).filter((one) => says(one, step.text) && ![...one.children].some((child) => says(child, step.text)))
    }
    return found
  }
  const inOrder = (elements: Element[]): Element[] =>
    [...new Set(elements)].sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))
  return walk(steps).filter((element) => element instanceof HTMLElement || element instanceof SVGElement) as HTMLElement[]
}

export function statesOf(elements: readonly HTMLElement[]): ElementState[] {
  return elements.map((element) => {
    const { width, height } = element.getBoundingClientRect()
    const field = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement ? element : null
    return {
      visible: width > 0 && height > 0 && getComputedStyle(element).visibility === 'visible',
      enabled: !element.matches(':disabled') && element.getAttribute('aria-disabled') !== 'true',
      focused: document.activeElement === element,
      checked: element instanceof HTMLInputElement && element.checked,
      text: element.textContent ?? '',
      value: field?.value ?? null,
      attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
    }
  })
}

/** Null: there is none. @throws Error when several are meant */
export function spotOf(elements: readonly HTMLElement[]): Spot | null {
  const [element, ...others] = elements
  if (element === undefined) return null
  if (others.length > 0) throw new Error(`${elements.length} elements are meant, not one`)
  let box = element.getBoundingClientRect()
  if (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth) {
    element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })
    box = element.getBoundingClientRect()
  }
  const x = Math.round(box.left + box.width / 2)
  const y = Math.round(box.top + box.height / 2)
  const above = document.elementFromPoint(x, y)
  const label = above?.closest('label')
  return {
    x,
    y,
    box: [box.left, box.top, box.width, box.height].join(),
    free: above !== null && (element.contains(above) || (label !== null && label !== undefined && label.control === element)),
    visible: box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === 'visible',
    enabled: !element.matches(':disabled') && element.getAttribute('aria-disabled') !== 'true',
    checked: element instanceof HTMLInputElement && element.checked,
    front: document.visibilityState === 'visible' && document.hasFocus(),
  }
}

/** As if typed over everything that was in it. @returns whether it could be */
export function fillIn(elements: readonly HTMLElement[], value: string): boolean {
  const [field] = elements
  if (elements.length !== 1 || field === undefined || field.matches(':disabled') || field.getBoundingClientRect().width === 0) return false
  if (field instanceof HTMLSelectElement && ![...field.options].some((option) => option.value === value)) return false
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement)) return false
  if (!(field instanceof HTMLSelectElement) && field.readOnly) return false
  field.focus()
  field.value = value
  field.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
  field.dispatchEvent(new Event('change', { bubbles: true }))
  return true
}

export function focusOn(elements: readonly HTMLElement[]): boolean {
  if (elements.length !== 1) return false
  elements[0]?.focus()
  return true
}

/** What became of a press: null while no event of it has come. */
type Press = { landed: boolean | null; stop(): void }

/** A page may move under the pointer: from now on a press that lands on another element is swallowed, and remembered. */
export function awaitPress(elements: readonly HTMLElement[], force: boolean): void {
  const element = elements[0]
  const names = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']
  const look = (event: Event): void => {
    if (!event.isTrusted) return
    const label = event.target instanceof Element ? event.target.closest('label') : null
    press.landed ??= force || (element !== undefined && (event.composedPath().includes(element) || label?.control === element))
    if (press.landed) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  const press: Press = {
    landed: null,
    stop() {
      for (const name of names) window.removeEventListener(name, look, true)
    },
  }
  for (const name of names) window.addEventListener(name, look, true)
  Object.assign(globalThis, { press })
}

/** @returns null while nothing has come; true also where the document is another one by now */
export function pressLanded(_: readonly HTMLElement[], isLast: boolean): boolean | null {
  const { press } = globalThis as { press?: Press }
  if (press === undefined) return true
  if (press.landed !== null || isLast) press.stop()
  return press.landed
}
