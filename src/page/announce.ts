/** How a page finds the provider: `window.routstr` when the name is free, and an announcement in any case (`page-api.md` §9). */
import { HANDOVER_EVENT, HANDOVER_REQUEST } from '../messaging/page-constants.ts'
import type { RoutstrAnnouncement, RoutstrProvider } from './api.ts'
import { dispatchEvent, freeze, NativeCustomEvent } from './builtins.ts'

const ICON =
  'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="%23f7931a" d="M5 0 1 5h3L3 9l5-6H5z"/></svg>'

/**
 * Takes the port that the relay hands over, once, whichever script runs first (`extension-platform.md` §7).
 * Without a relay there is never a port, and so never a provider that could only hang (G10).
 */
export const receivePort = (document: EventTarget, receive: (port: MessagePort) => void): void => {
  const onHandover = (event: Event) => {
    const port = (event as MessageEvent).ports?.[0]
    if (!port) return
    document.removeEventListener(HANDOVER_EVENT, onHandover)
    // The relay sees this and gives the port to nobody else.
    event.preventDefault()
    receive(port)
  }
  document.addEventListener(HANDOVER_EVENT, onHandover)
  document.dispatchEvent(new Event(HANDOVER_REQUEST))
}

/** Installs the provider and announces it: now, and whenever a page asks. */
export const announce = (window: EventTarget, provider: RoutstrProvider): void => {
  // When somebody else owns the name the announcement still works.
  if (!('routstr' in window)) Reflect.defineProperty(window, 'routstr', { value: provider, configurable: true })
  // New for every document: nothing to recognise a user by (T19). Only an insecure context has no randomUUID.
  const info = freeze<RoutstrAnnouncement['info']>({ uuid: crypto.randomUUID?.() ?? '', name: 'Routstr', rdns: 'com.routstr.browser', icon: ICON })
  const detail = freeze<RoutstrAnnouncement>({ info, provider })
  const tell = () => dispatchEvent(window, new NativeCustomEvent('routstr:announceProvider', { detail }))
  window.addEventListener('routstr:requestProvider', tell)
  tell()
  window.dispatchEvent(new Event('routstr#initialized'))
}
