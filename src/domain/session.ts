/**
 * A session is a funded account at a provider. Its key is `sk-` + sha256hex(token): known before anything is sent,
 * so a saved token is a saved account (`routstr-node.md` §11).
 *
 *   prepared ──credited──▶ open ──idle, pause, "bring home"──▶ settling ──refund stored──▶ refunded ──redeemed──▶ closed
 *      │  not credited, notes unspent                                 │ nothing left to refund                        ▲
 *      └──▶ cancelled (notes taken back)                              └───────────────────────────────────────────────┘
 *      └──▶ lost (notes spent, no account: shown, with the token as proof)
 */
import type { Msat } from './msat.ts'
import type { SiteOrigin } from './site.ts'

/**
 * Whom a session serves (design §6), chosen by the user for all sites and for each: `site`, one per site and provider; `request`, one
 * for each request, so that no two carry the same key; `provider`, one for all sites.
 */
export type SessionLife = 'site' | 'request' | 'provider'
export const SESSION_LIVES: readonly SessionLife[] = ['site', 'request', 'provider']

/**
 * Why a provider owes us: the refund `fails`, is `pending` behind a reservation, comes `stale` (an old token again), `worthless`,
 * `short` (smaller than what was left there), or is `denied`; or its invoice was paid and is `uncredited`.
 */
export type DebtKind = 'fails' | 'pending' | 'stale' | 'worthless' | 'short' | 'denied' | 'uncredited'
export const DEBT_KINDS: readonly DebtKind[] = ['fails', 'pending', 'stale', 'worthless', 'short', 'denied', 'uncredited']

export type SessionState = 'prepared' | 'open' | 'settling' | 'refunded' | 'closed' | 'cancelled' | 'lost'

export interface Session {
  readonly id: string
  readonly state: SessionState
  readonly providerId: string
  readonly providerUrl: string
  readonly providerName: string
  /** The site it was opened for. With the life `provider` others use it too: their attempts say so. */
  readonly origin: SiteOrigin
  readonly life: SessionLife
  /** No account: its token paid for one request in the `X-Cashu` header (`sessions/x-cashu.ts`). */
  readonly isXCashu?: true
  /** Funded by paying an invoice of the node, because no mint was in common (`sessions/by-invoice.ts`): no token, no notes handed out. */
  readonly invoice?: PaidInvoice
  /** Ours: the one that paid. */
  readonly mint: string
  /** The funding token, kept until closed; afterwards only its key remains, unless it has to prove a debt. */
  readonly token: string | null
  readonly key: string
  /** The wallet operation that handed out the notes; empty for an invoice. */
  readonly operationId: string
  readonly faceMsat: Msat
  /** What is left of it after the mint's input fee for redeeming it: what has to be credited there. */
  readonly arrivesMsat: Msat
  /** It serves requests only up to here, because exact notes were not at hand and more was placed than may be spent; the node was told as well. */
  readonly limitMsat?: Msat
  /** What the provider credited (face − its redemption fee); null until known. */
  readonly creditedMsat: Msat | null
  /** Face value of the token that came back; null until refunded. */
  readonly refundedMsat: Msat | null
  /** Below one sat, kept by the provider at the refund. */
  readonly forfeitedMsat: Msat
  /** credited − charges we know − refund − rest, found at the settle: positive when the provider kept more, msat. */
  readonly unexplainedMsat: number
  readonly createdAt: number
  readonly lastUsedAt: number
  /** Not before this time, ms: back-off after a failed settle. */
  readonly nextTryAt: number
  readonly tries: number
  readonly problem: string | null
  /** The provider owes us change, since then, ms. */
  readonly debt: { readonly kind: DebtKind; readonly since: number } | null
}

export interface PaidInvoice {
  /** The node's name for it. */
  readonly id: string
  /** BOLT-11. Whoever holds it gets the key of the account. */
  readonly text: string
  /** The payment (`wallet/lightning/withdrawals.ts`); of a restored session there is none any more, and it was paid. */
  readonly withdrawalId: string
  /** Beside the amount, at most: the mint's reserve for routing and its input fee. */
  readonly feeMsat: Msat
}

/**
 * One try of one request at one provider: the part of a session's balance it may use up.
 *
 *   open ──usage seen──▶ settled
 *     └──cut, aborted, worker died──▶ ended ──account read──▶ settled
 */
export interface Attempt {
  readonly id: string
  readonly requestId: string
  readonly sessionId: string
  readonly origin: SiteOrigin
  readonly state: 'open' | 'ended' | 'settled'
  /** The node's reservation for it; what it can cost at most while not settled. */
  readonly requiredMsat: Msat
  readonly chargedMsat: Msat
  /** What bringing the money there by invoice cost beside, borne by the request that made it necessary; at most, until it is paid. */
  readonly feeMsat?: Msat
  readonly at: number
}

/** What the sessions of one life have cost beside the requests themselves. From rows, to the msat. */
export interface LifeCosts {
  readonly life: SessionLife
  readonly sessions: number
  readonly requests: number
  readonly chargedMsat: Msat
  /** Below one sat, kept by providers at each refund. */
  readonly roundedMsat: Msat
  /** Of mints: for redeeming what we placed, and for the change. */
  readonly feesMsat: Msat
  /** What was placed and not used, a session on average: it lay at providers until it came home. */
  readonly parkedMsat: Msat
}
