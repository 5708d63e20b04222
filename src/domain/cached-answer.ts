/** An answer kept to be given again to the same site for the same request. The request itself is kept as a fingerprint only. */
import type { SiteOrigin } from './site.ts'

export interface CachedAnswer {
  /** SHA-256 over site, path and body. */
  readonly id: string
  readonly origin: SiteOrigin
  readonly at: number
  readonly usedAt: number
  readonly model: string
  readonly contentType: string
  readonly text: string
  /** Its length, for the bounds. */
  readonly kept: number
  /** The request it answered first. */
  readonly requestId: string
}

export interface CacheSize {
  readonly answers: number
  /** Characters. */
  readonly kept: number
}
