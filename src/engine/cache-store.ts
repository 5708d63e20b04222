/** What the cache of answers needs to remember. */
import type { CachedAnswer, CacheSize } from '../domain/cached-answer.ts'
import type { SiteOrigin } from '../domain/site.ts'

export interface CacheStore {
  answer(id: string): Promise<CachedAnswer | undefined>
  /** And drops what is older than `since`, then the longest unused beyond the bounds of its site. */
  keep(answer: CachedAnswer, bounds: CacheSize, since: number): Promise<void>
  used(id: string, at: number): Promise<void>
  sizeOf(origin: SiteOrigin): Promise<CacheSize>
  clear(origin: SiteOrigin): Promise<void>
}
