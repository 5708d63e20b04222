/** What a site may spend. */
import type { Msat } from './msat.ts'
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
  readonly lastUsedAt: number
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
