/**
 * Which documents get a provider by themselves; frames of other sites wait until the page delegates to them. Comfort for pages, not
 * protection: the background goes by the browser's word (T5, T7).
 */

/** What is asked of a window; the real one fits. */
export interface FrameWindow {
  readonly origin: string
  readonly parent: FrameWindow
}

/**
 * True for top documents, for frames whose ancestors all share their origin, and for opaque origins (sandboxed frames): those
 * get a clear `403 opaque_origin` from the background instead of nothing.
 *
 * `window.origin` rather than `location.origin`: the latter is the address's origin, which a sandboxed frame does not have and an
 * `about:srcdoc` frame does not show. Reading it across origins throws, in every browser.
 */
export const isProviderPlace = (window: FrameWindow): boolean => {
  const { origin } = window
  if (origin === 'null') return true
  try {
    let frame = window
    while (frame.parent !== frame && frame.origin === origin) frame = frame.parent
    return frame.origin === origin
  } catch {
    return false
  }
}
