/**
 * A script of its own, run only on sites where the user has switched it on: it puts `LanguageModel` and `window.ai` over
 * `window.routstr`, for pages that were written for those. It has no authority and no way out but `window.routstr`, and may
 * therefore use built-ins as they come: a page that breaks them breaks its own.
 */
import type { RoutstrProvider } from '../api.ts'
import { createLanguageModel } from './language-model.ts'
import type { Seller } from './seller.ts'
import { createWindowAi } from './window-ai.ts'

/** So long a page waits for a provider that is not there, ms. */
const PATIENCE_MS = 1_000

export function installStandIn(window: EventTarget): void {
  const seller: Seller = { provider: findProvider(window) }
  // a browser's own model makes room: the user has said so for this site
  for (const [name, value] of Object.entries({ LanguageModel: createLanguageModel(seller), ai: createWindowAi(seller) }))
    Reflect.defineProperty(window, name, { value, configurable: true, writable: true, enumerable: false })
}

/** Whichever of the two scripts runs first. */
function findProvider(window: EventTarget): Promise<RoutstrProvider | null> {
  return new Promise((resolve) => {
    window.addEventListener('routstr:announceProvider', (event) => resolve((event as WindowEventMap['routstr:announceProvider']).detail.provider), { once: true })
    window.dispatchEvent(new Event('routstr:requestProvider'))
    setTimeout(() => resolve(null), PATIENCE_MS)
  })
}
