/**
 * A site is the web origin that asks. It always comes from the browser (`sender.origin`), never from a message (design §5.5).
 * In a frame of another site's page it is both origins together: what a frame may spend in one page says nothing about others (T7).
 */
import { RoutstrError } from './errors.ts'

declare const siteBrand: unique symbol
/** `https://host[:port]`, or `http://` on localhost and 127.0.0.1; of such a frame `https://frame.example in https://page.example`. */
export type SiteOrigin = string & { readonly [siteBrand]: 'origin' }

const IN = ' in '

/**
 * Who asks when we try an offer ourselves (`engine/probing.ts`). No document has it, because no browser tells such an origin, and no
 * screen can name it: it is neither https nor loopback.
 */
export const PROBES = 'routstr:probes' as SiteOrigin

/** A document as the browser tells it. */
export interface WebDocument {
  /** `"null"` for sandboxed and `data:` documents. */
  readonly origin: string | undefined
  /** Origin of the page it is a frame of; null where the browser does not tell; absent for the page itself. */
  readonly topOrigin?: string | null | undefined
}

/**
 * @throws RoutstrError `opaque_origin` for sandboxed and `data:` documents, `insecure_origin` for everything that is
 * neither https nor loopback (T5, T6), `frame_not_allowed` for a frame in such a page
 */
export function siteOf({ origin, topOrigin }: WebDocument): SiteOrigin {
  const own = plainOrigin(origin)
  if (topOrigin === undefined || topOrigin === own) return own
  if (topOrigin === null || !isPayable(topOrigin)) {
    throw new RoutstrError('frame_not_allowed', 'A frame can use Routstr only inside of an https page, or of one on localhost.')
  }
  return pairOf(own, topOrigin)
}

/** From our own screens and files, where it was written by us. @throws RoutstrError as `siteOf` */
export function siteOrigin(text: string | undefined): SiteOrigin {
  const at = text?.indexOf(IN) ?? -1
  return text === undefined || at < 0 ? plainOrigin(text) : siteOf({ origin: text.slice(0, at), topOrigin: text.slice(at + IN.length) })
}

/** The same; null for documents that can have no grant. */
export function siteOrNull(document: WebDocument): SiteOrigin | null {
  try {
    return siteOf(document)
  } catch {
    return null
  }
}

/** @returns `embedder`: the page it is a frame of; null for a site by itself */
export function partsOf(site: string): { readonly origin: string; readonly embedder: string | null } {
  const at = site.indexOf(IN)
  return at < 0 ? { origin: site, embedder: null } : { origin: site.slice(0, at), embedder: site.slice(at + IN.length) }
}

function plainOrigin(origin: string | undefined): SiteOrigin {
  if (origin === undefined || origin === '' || origin === 'null') {
    throw new RoutstrError('opaque_origin', 'This document has no origin of its own (sandboxed frame or data: page), so it cannot be given a budget.')
  }
  if (!isPayable(origin)) {
    throw new RoutstrError('insecure_origin', `Routstr works on https pages and on localhost only, not on ${origin}.`)
  }
  return origin
}

function pairOf(frame: SiteOrigin, page: SiteOrigin): SiteOrigin {
  // two checked origins; neither can contain a space
  return `${frame}${IN}${page}` as SiteOrigin
}

function isPayable(origin: string): origin is SiteOrigin {
  const url = URL.parse(origin)
  if (url === null || url.origin !== origin) return false
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && (url.hostname === 'localhost' || url.hostname === '127.0.0.1')
}
