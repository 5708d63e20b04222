/** Events of this document's own connection: a real `EventTarget`, so a listener that throws breaks nothing (`page-api.md` §8). */
import type { RoutstrEvents, RoutstrProvider } from './api.ts'
import { addEventListener, dispatchEvent, NativeCustomEvent, NativeEventTarget, removeEventListener } from './builtins.ts'

export type Emit = <E extends keyof RoutstrEvents>(event: E, detail: RoutstrEvents[E]) => void

/** `emit` for us, the rest for the page. */
export const createEmitter = (): { emit: Emit; listening: Pick<RoutstrProvider, 'on' | 'addEventListener' | 'removeEventListener'> } => {
  const events = new NativeEventTarget()
  return {
    emit: (event, detail) => void dispatchEvent(events, new NativeCustomEvent(event, { detail })),
    listening: {
      on(event, listener) {
        const call = (given: Event) => listener((given as CustomEvent).detail)
        addEventListener(events, event, call)
        return () => removeEventListener(events, event, call)
      },
      addEventListener: (event, listener, options) => addEventListener(events, event, listener as EventListener, options),
      removeEventListener: (event, listener) => removeEventListener(events, event, listener as EventListener),
    },
  }
}
