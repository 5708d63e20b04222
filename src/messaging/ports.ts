/** The two kinds of connections the background serves; the browser adapter makes them. */
import type { WebDocument } from '../domain/site.ts'
import type { BackgroundFrame } from './page-contract.ts'
import type { UiReply } from './ui-contract.ts'

/** One document of a page. Everything about it is told by the browser, nothing by the page. */
export interface PagePort extends WebDocument {
  send(frame: BackgroundFrame): void
  /** @param listener `userActive`: the user has just done something in the document, by the relay's word */
  onFrame(listener: (message: unknown, userActive: boolean) => void): void
  onClose(listener: () => void): void
  close(): void
}

/** One of our own screens. */
export interface ScreenPort {
  send(reply: UiReply): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
}
