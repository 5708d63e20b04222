/**
 * A site is the web origin that asks. It always comes from the browser (`sender.origin`), never from a message (design §5.5).
 */
import { RoutstrError } from './errors.ts'

declare const siteBrand: unique symbol
/** `https://host[:port]`, or `http://` on localhost and 127.0.0.1. */
export type SiteOrigin = string & { readonly [siteBrand]: 'origin' }

/**
 * @throws RoutstrError `opaque_origin` for sandboxed and `data:` documents, `insecure_origin` for everything that is
 * neither https nor loopback (T5, T6).
 */
export function siteOrigin(origin: string | undefined): SiteOrigin {
  if (origin === undefined || origin === '' || origin === 'null') {
    throw new RoutstrError('opaque_origin', 'This document has no origin of its own (sandboxed frame or data: page), so it cannot be given a budget.')
  }
  if (!isPayable(origin)) {
    throw new RoutstrError('insecure_origin', `Routstr works on https pages and on localhost only, not on ${origin}.`)
  }
  return origin
}

function isPayable(origin: string): origin is SiteOrigin {
  const url = URL.parse(origin)
  if (url === null || url.origin !== origin) return false
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && (url.hostname === 'localhost' || url.hostname === '127.0.0.1')
}
