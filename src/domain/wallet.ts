/** Words of the wallet that other rooms and the screens speak. */
import type { Msat } from './msat.ts'

/** A mint the user trusts. */
export interface Mint {
  /** Exactly as it stands in tokens and in the nodes' lists. */
  readonly url: string
  readonly name: string
  readonly addedAt: number
}

export interface MintBalance {
  readonly mint: Mint
  /** Notes that can be spent at once. */
  readonly readyMsat: Msat
  /** Notes inside an operation that is not finished. */
  readonly pendingMsat: Msat
  readonly notes: number
}

/** What a pasted token says about itself, before any network. */
export interface TokenFacts {
  readonly mint: string
  readonly unit: string
  readonly amountMsat: Msat
  readonly notes: number
  readonly memo: string | null
  readonly mintTrusted: boolean
}

/** A token string that came in and is not in the balance yet. Never discarded by the program. */
export interface IncomingToken {
  readonly id: string
  readonly token: string
  readonly mint: string
  readonly amountMsat: Msat
  readonly from: 'user' | 'refund' | 'faucet'
  readonly sessionId: string | null
  /** stored → redeeming → redeemed; `waiting` for the user's decision (unknown mint); `refused` by the mint for good. */
  readonly state: 'stored' | 'redeeming' | 'redeemed' | 'waiting' | 'refused'
  readonly problem: string | null
  readonly operationId: string | null
  readonly at: number
}

/** A token that left the wallet by the user's hand. */
export interface SentToken {
  readonly operationId: string
  readonly mint: string
  readonly amountMsat: Msat
  readonly token: string
  readonly memo: string | null
  readonly at: number
  readonly state: 'pending' | 'claimed' | 'taking back' | 'taken back'
}

/** The golden equation: `wallet + sessions + spent + mint fees = received` (design §9), all in msat. */
export interface Ledger {
  /** Everything that ever came in by the user's hand. */
  readonly receivedMsat: Msat
  /** Ready notes, notes inside operations, and tokens not yet redeemed. */
  readonly walletMsat: Msat
  /** Tokens handed to other people, whether claimed or not. */
  readonly sentMsat: Msat
  /** At providers: credited and not yet charged, or on the way there. */
  readonly sessionsMsat: Msat
  /** Charged by providers, with the sub-sat rests they keep and charges we could not explain. */
  readonly spentMsat: Msat
  /** Input fees of mints, ours and those of providers redeeming our tokens. */
  readonly mintFeesMsat: Msat
  /** Lost at a provider that took a token and denies the account. */
  readonly lostMsat: Msat
  /** received − everything else; 0 when the books are right. */
  readonly differenceMsat: number
}
