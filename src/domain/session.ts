/**
 * A session is a funded account at a provider. Its key is `sk-` + sha256hex(token): known before anything is sent,
 * so a saved token is a saved account (`routstr-node.md` §11).
 *
 *   prepared ──POST /create──▶ open ──idle, pause, "bring home"──▶ settling ──refund stored──▶ refunded ──redeemed──▶ closed
 *      │  not credited, notes unspent                                 │ nothing left to refund                        ▲
 *      └──▶ cancelled (notes taken back)                              └───────────────────────────────────────────────┘
 *      └──▶ lost (notes spent, no account: shown, with the token as proof)
 */
import type { Msat } from './msat.ts'
import type { SiteOrigin } from './site.ts'

export type SessionState = 'prepared' | 'open' | 'settling' | 'refunded' | 'closed' | 'cancelled' | 'lost'

export interface Session {
  readonly id: string
  readonly state: SessionState
  readonly providerId: string
  readonly providerUrl: string
  readonly providerName: string
  readonly origin: SiteOrigin
  readonly mint: string
  /** The funding token, kept until closed; afterwards only its key remains. */
  readonly token: string | null
  readonly key: string
  /** The wallet operation that handed out the notes. */
  readonly operationId: string
  readonly faceMsat: Msat
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
  readonly state: 'open' | 'ended' | 'settled'
  /** The node's reservation for it; what it can cost at most while not settled. */
  readonly requiredMsat: Msat
  readonly chargedMsat: Msat
  readonly at: number
}
