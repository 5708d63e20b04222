/** What was spent over some days, by what it went for. Sums of receipts, nothing else: every number can be traced to them. */
import type { Msat } from './msat.ts'

export interface SpendingPart {
  /** A site, a model or a provider. */
  readonly name: string
  readonly chargedMsat: Msat
  readonly requests: number
}

export interface SpendingDay {
  /** Midnight in the user's time zone, ms. */
  readonly at: number
  readonly chargedMsat: Msat
  readonly requests: number
}

export interface Spending {
  /** Every day of the span, oldest first, also those without requests. */
  readonly days: readonly SpendingDay[]
  readonly chargedMsat: Msat
  readonly requests: number
  /** Their cost is not known yet. */
  readonly open: number
  readonly sites: readonly SpendingPart[]
  readonly models: readonly SpendingPart[]
  readonly providers: readonly SpendingPart[]
  /** Requests for which other sellers' prices were known when they left, what they cost, and what they would have cost there. */
  readonly compared: { readonly requests: number; readonly chargedMsat: Msat; readonly atMedianMsat: Msat; readonly atDearestMsat: Msat }
}

/** A site whose budget runs out. */
export interface BudgetAlert {
  readonly origin: string
  /** Per cent of the limit. */
  readonly level: 80 | 100
  readonly spentMsat: Msat
  readonly limitMsat: Msat
  readonly resetsAt: number | null
}
