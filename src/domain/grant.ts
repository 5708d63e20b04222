/** What a site may spend. */
import type { Profile } from './choosing.ts'
import type { FallbackRule } from './fallback.ts'
import type { Msat } from './msat.ts'
import type { SessionLife } from './session.ts'
import type { SiteOrigin } from './site.ts'

export type GrantPeriod = 'once' | 'day' | 'week' | 'month'

export interface Grant {
  readonly id: string
  readonly origin: SiteOrigin
  readonly period: GrantPeriod
  /** Per period; for `once`, for the single request. */
  readonly limitMsat: Msat
  readonly maxPerRequestMsat: Msat
  /** For `once`: the only request it is good for. */
  readonly requestId: string | null
  readonly createdAt: number
  /** 30 days after the last use (T2), ms. */
  readonly expiresAt: number
  readonly revokedAt: number | null
}

/**
 * The part of a grant set aside for a running request, before any money moves. What a site has spent is the sum over
 * these rows, never a counter (design §5.6).
 */
export interface Hold {
  readonly requestId: string
  readonly origin: SiteOrigin
  readonly grantId: string
  /** Approved for itself; does not count against the limit per day. */
  readonly once: boolean
  /** Worst case while `held`; meaningless afterwards. */
  readonly amountMsat: Msat
  /** What the request really cost; set when `charged`. */
  readonly chargedMsat: Msat
  readonly state: 'held' | 'charged' | 'released'
  readonly at: number
}

/** Facts a person has set about a site that outlive its grants. */
export interface SiteRule {
  readonly origin: SiteOrigin
  readonly blocked: boolean
  /** How long its sessions live; null: as set for all sites. */
  readonly sessionLife: SessionLife | null
  /** Requests whose answer comes whole are paid by a token in the `X-Cashu` header. Absent: by sessions. */
  readonly xCashu?: boolean
  /** What a missing `max_tokens` becomes here; null: nothing; absent: as set for all sites. */
  readonly maxTokensCap?: number | null | undefined
  /** The warning about its budget that the user has put away: for that limit and period only. */
  readonly alertSeen?: { readonly level: 80 | 100; readonly resetsAt: number | null; readonly limitMsat: Msat } | undefined
  /** Answers to its identical requests are kept and given again. Absent: they are not. */
  readonly caches?: boolean
  /** Its requests may be kept here until they are answered: a yes to a question that said so. */
  readonly keepsRequests?: boolean
  /** When the model it asks for can not be had; absent: as set for all sites. */
  readonly fallback?: FallbackRule | undefined
  /** Its pages get `LanguageModel` and `window.ai`; `model`: what they use, null: the cheapest for text. Absent: they do not. */
  readonly standIn?: { readonly model: string | null } | undefined
  /** What counts for its requests; null: as set for all sites. */
  readonly profile: Profile | null
  /** ms; 0: never allowed anything. */
  readonly lastUsedAt: number
  /** What the site's questions have come to; absent: none was refused of late. */
  readonly refusals?: Refusals | undefined
}

/** Questions the user did not want, one after the other (T9). */
export interface Refusals {
  readonly count: number
  /** No question of this site before then, ms. */
  readonly quietUntil: number
}

/** A grant together with what is left of it. */
export interface Budget {
  readonly grant: Grant
  readonly spentMsat: Msat
  readonly heldMsat: Msat
  readonly remainingMsat: Msat
  /** When the period starts again, ms; null for `once`. */
  readonly resetsAt: number | null
}
