/**
 * What a scenario may do with a browser, in the words of Playwright, so that its pages are used as they are in Chromium. In Firefox
 * (`firefox/`) the same words act over WebDriver BiDi. A scenario that keeps to them runs in both; one that needs more says why
 * (`only-in.ts`). Nothing here knows the extension's internals.
 */

interface Finds {
  getByTestId(testId: string): Locator
  getByText(text: string): Locator
  /** CSS. */
  locator(selector: string): Locator
}

/** Elements that may come and go. What acts waits until there is exactly one, and it can be acted on. */
export interface Locator extends Finds {
  first(): Locator
  nth(index: number): Locator
  filter(by: { readonly hasText: string | RegExp }): Locator
  or(other: Locator): Locator
  all(): Promise<Locator[]>
  count(): Promise<number>
  click(options?: ActOptions): Promise<void>
  hover(options?: ActOptions): Promise<void>
  check(options?: ActOptions): Promise<void>
  fill(value: string, options?: { readonly timeout?: number }): Promise<void>
  press(key: string): Promise<void>
  focus(): Promise<void>
  selectOption(value: string): Promise<unknown>
  setInputFiles(files: string | FilePayload | readonly FilePayload[]): Promise<void>
  inputValue(): Promise<string>
  getAttribute(name: string): Promise<string | null>
  textContent(): Promise<string | null>
  allTextContents(): Promise<string[]>
  isEnabled(): Promise<boolean>
  isVisible(): Promise<boolean>
  evaluate<R>(work: (element: HTMLElement) => R | Promise<R>): Promise<R>
}

export interface ActOptions {
  readonly timeout?: number
  /** Whatever lies above it, and even while it cannot be pressed. */
  readonly force?: boolean
}

export interface FilePayload {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

interface Evaluates {
  /** `work` and its argument travel as text: no variable of the test is there. */
  evaluate<R, A = void>(work: (argument: A) => R | Promise<R>, argument?: A): Promise<R>
}

export interface Frame extends Evaluates {
  parentFrame(): Frame | null
  url(): string
}

export interface Page extends Finds, Evaluates {
  readonly keyboard: { press(key: string): Promise<void> }
  readonly mouse: { down(): Promise<void>; up(): Promise<void> }
  url(): string
  title(): Promise<string>
  goto(url: string): Promise<unknown>
  reload(): Promise<unknown>
  /** Of the page and everything in it. The same frame is the same object. */
  frames(): readonly Frame[]
  mainFrame(): Frame
  bringToFront(): Promise<void>
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>
  /** In Firefox for all pages of the browser. */
  emulateMedia(media: { readonly colorScheme?: 'light' | 'dark'; readonly reducedMotion?: 'reduce' | 'no-preference' }): Promise<void>
  setContent(html: string): Promise<void>
  screenshot(options?: { readonly path?: string; readonly fullPage?: boolean }): Promise<Buffer>
  isClosed(): boolean
  close(): Promise<void>
}

export interface Browser {
  /** Everything any page, any of our screens or the worker wrote to its console, and every uncaught error. */
  readonly console: readonly string[]
  /** The approval windows that were ever opened, oldest first, by address. */
  readonly questionsAsked: readonly string[]
  open(url: string): Promise<Page>
  /** The page that opens by itself (a tab, not a question) while `work` runs. */
  opened(work: () => Promise<void>): Promise<Page>
  /** The file that `work` makes this page save. */
  download(page: Page, work: () => Promise<void>): Promise<{ readonly name: string; readonly path: string }>
  /** The address of one of our screens, e.g. `options.html#/developer`. */
  screen(path: string): string
  /** The approval window that is open now; null when there is none. */
  questionWindow(): Page | null
  badge(): Promise<string>
  /** Whether a worker of ours runs now. */
  workerRuns(): Promise<boolean>
  /** The worker (in Firefox: the event page) is gone when this resolves: a port that was connected to it has been cut. */
  killWorker(): Promise<void>
  close(): Promise<void>
}

export interface BrowserOptions {
  /** Kept over restarts; by default a fresh one that is thrown away. */
  readonly profile?: string
  readonly extension?: string
  readonly deviceScaleFactor?: number
  readonly headless?: boolean
  /** Pages that are left are kept, as for everybody; Playwright leaves that out by default, Firefox always does it. */
  readonly keepsPages?: boolean
  /** More command line flags, e.g. of a camera. */
  readonly flags?: readonly string[]
}
