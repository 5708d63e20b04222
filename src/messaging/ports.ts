/** The two kinds of connections the background serves; the browser adapter makes them. */
import type { BackgroundFrame } from './page-contract.ts'
import type { UiReply } from './ui-contract.ts'

/** One document of a page. Everything about it is told by the browser, nothing by the page. */
export interface PagePort {
  readonly origin: string | undefined
  send(frame: BackgroundFrame): void
  onFrame(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
  close(): void
}

/** One of our own screens. */
export interface ScreenPort {
  send(reply: UiReply): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
}
