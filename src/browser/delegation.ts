/**
 * `<iframe allow="routstr">`: a page lets a frame of another site use Routstr (T7). Browsers do not enforce a policy they do not know,
 * so the page's relay tells the frame's. Nothing is given away by it: a delegated frame may ask, in a question that shows both sites.
 */
import { DELEGATION } from '../messaging/page-constants.ts'

/** In the page itself: tells each frame it has delegated to, whenever something has loaded there. */
export function delegateToFrames(document: Document): void {
  // `load` does not bubble; this also hears frames that are added later, without watching the whole tree
  document.addEventListener('load', ({ target }) => target instanceof HTMLIFrameElement && tell(target), true)
}

function tell(frame: HTMLIFrameElement): void {
  for (const origin of delegates(frame.allow, frame.src)) frame.contentWindow?.postMessage(DELEGATION, origin)
}

/**
 * The origins an `allow` attribute gives `routstr` to, as a permissions policy would: those listed, or that of `src` when none is.
 * The browser delivers the message only if the frame still shows one of them.
 */
export function delegates(allow: string, src: string): string[] {
  const wanted = allow.split(';').map((directive) => directive.trim().split(/\s+/)).find(([feature]) => feature === 'routstr')
  if (wanted === undefined) return []
  const listed = wanted.length === 1 ? ["'src'"] : wanted.slice(1)
  return listed.map((one) => (one === '*' ? one : originOf(one === "'src'" ? src : one))).filter((origin) => origin !== null)
}

function originOf(address: string): string | null {
  const origin = URL.parse(address)?.origin
  return origin === undefined || origin === 'null' ? null : origin
}

/**
 * In a frame: waits for the word of the page. Only the page the user sees in the address bar can give it, so a frame can not bring in
 * others that the page knows nothing of.
 */
export function untilDelegated(window: Window, delegated: () => void): void {
  const hear = ({ source, data }: MessageEvent) => {
    if (source !== window.top || data !== DELEGATION) return
    window.removeEventListener('message', hear)
    delegated()
  }
  window.addEventListener('message', hear)
}
