/** One question put to the user. Persisted before any window opens; survives a dead worker. */
import type { GrantPeriod } from './grant.ts'
import type { Msat } from './msat.ts'
import type { SiteOrigin } from './site.ts'

/** Why we ask: no grant yet, or the one there is does not reach. */
export type ApprovalReason = 'no_grant' | 'period_limit' | 'request_limit' | 'site_asks'

export interface RequestSummary {
  readonly model: string
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
  readonly providerName: string | null
  readonly expectedMsat: Msat
  readonly worstMsat: Msat
  /** What the page proposes or we suggest; the user edits it. */
  readonly suggestion: GrantTerms
  /** Page text, labelled as such on the screen. */
  readonly pageReason: string | null
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
