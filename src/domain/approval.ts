/** One question put to the user. Persisted before any window opens; survives a dead worker. */
import type { GrantPeriod } from './grant.ts'
import type { Msat } from './msat.ts'
import type { SiteOrigin } from './site.ts'

/** Why we ask: no grant yet, or the one there is does not reach, or the provider would get more than a new one gets; or the wallet is locked, and what there is to ask shows when it is open. */
export type ApprovalReason = 'no_grant' | 'period_limit' | 'request_limit' | 'site_asks' | 'new_provider' | 'locked'

export interface RequestSummary {
  readonly model: string
  /** Models that may answer instead, in this order; absent: none. The worst case covers the dearest of them. */
  readonly others?: readonly string[]
  /** The page left the choice to us. */
  readonly isAuto?: boolean
  readonly path: string
  readonly stream: boolean
  readonly messages: number
  readonly characters: number
  readonly images: number
  readonly tools: number
  readonly maxTokens: number | null
  /** The last user text, cut to 2 000 characters, shown as plain text. */
  readonly excerpt: string
}

/**
 *   asking ──approve──▶ approved
 *     ├────reject─────▶ rejected
 *     ├────5 minutes──▶ expired
 *     └────page gone──▶ withdrawn
 */
export interface Approval {
  readonly id: string
  readonly origin: SiteOrigin
  readonly requestId: string
  readonly reason: ApprovalReason
  /** null for `enable()` without a request. */
  readonly request: RequestSummary | null
  /** Requests the site wants to leave here until their price is right; absent: none. */
  readonly batch?: { readonly requests: number; readonly before: number; readonly perRequestMsat: Msat; readonly totalMsat: Msat }
  readonly providerName: string | null
  readonly expectedMsat: Msat
  readonly worstMsat: Msat
  /** What the page proposes or we suggest; the user edits it. */
  readonly suggestion: GrantTerms
  /** Page text, labelled as such on the screen. */
  readonly pageReason: string | null
  /** The user had just done something in the page: a window may open. Otherwise the icon counts the question, and nobody is interrupted (T9). */
  readonly opensWindow: boolean
  readonly createdAt: number
  readonly expiresAt: number
  readonly state: 'asking' | 'approved' | 'rejected' | 'expired' | 'withdrawn'
}

export interface GrantTerms {
  readonly period: GrantPeriod
  readonly limitMsat: Msat
  readonly maxPerRequestMsat: Msat
}

export type Decision = { readonly kind: 'approve'; readonly terms: GrantTerms } | { readonly kind: 'reject' } | { readonly kind: 'block' }
