/** What a finished request cost, and the facts that prove it. */
import type { Substitution } from './fallback.ts'
import type { Msat } from './msat.ts'
import type { PriceSheet } from './offer.ts'
import type { SiteOrigin } from './site.ts'

export interface AttemptOutcome {
  readonly providerName: string
  readonly providerUrl: string
  /** `answered`, or why not, in words: `503 upstream_error`, `connection refused`. */
  readonly outcome: string
  /** The model asked for there, when several were tried; absent: the receipt's. */
  readonly model?: string
}

/** What somebody else wanted for the same model when the request left. */
export interface MarketPrice {
  readonly providerName: string
  readonly price: PriceSheet
  /** With the tokens that were used; null: not reported. */
  readonly wouldCostMsat: Msat | null
}

export interface Receipt {
  /** The request's id. */
  readonly id: string
  readonly origin: SiteOrigin
  readonly path: string
  /** The model the provider was asked for. */
  readonly modelAsked: string
  /** What the page had asked for, when it was another one. */
  readonly insteadOf?: Substitution
  readonly modelServed: string | null
  readonly stream: boolean
  readonly state: 'completed' | 'aborted' | 'interrupted' | 'failed'
  readonly startedAt: number
  readonly finishedAt: number
  /** ms from the page's call to the first byte of the answer. */
  readonly firstByteMs: number | null
  /** ms from this provider getting the request to the first byte of its answer: its speed, without questions and other providers. */
  readonly firstTokenMs: number | null
  /** Tokens of the answer per second after its first byte; null: not streamed, or no usage told. */
  readonly tokensPerSecond: number | null
  readonly providerId: string | null
  readonly providerName: string | null
  readonly providerUrl: string | null
  /** `x-routstr-request-id` of the node: its key to the money rows. */
  readonly nodeRequestId: string | null
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  /** The provider's price sheet when the request left; null when no provider was asked. */
  readonly price: PriceSheet | null
  /** Of all offers known then, this provider's included; absent: nobody else sold it. */
  readonly market?: { readonly offers: number; readonly median: MarketPrice; readonly dearest: MarketPrice }
  /** When that sheet was read, ms. */
  readonly priceAt: number | null
  /** By that price sheet and the reported usage; null without usage. */
  readonly expectedMsat: Msat | null
  /** null: not known yet, the account is read when the session is idle. */
  readonly chargedMsat: Msat | null
  /** Paid to mints and Lightning, because the provider takes none of the user's mints; absent: nothing. */
  readonly feeMsat?: Msat
  /** What does not add up, each a plain sentence (RIP-05 §5). */
  readonly mismatches: readonly string[]
  /** What does not add up has not been told to the provider's standing yet. */
  readonly untold?: 1
  readonly attempts: readonly AttemptOutcome[]
  /** Why this provider, one line. */
  readonly reason: string
}
