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
  /** A mint that holds money of ours although it is not trusted (any more): shown, never used to pay. */
  readonly trusted: boolean
  /** Notes that can be spent at once, sat and msat together. */
  readonly readyMsat: Msat
  /** Notes inside an operation that is not finished. */
  readonly pendingMsat: Msat
  readonly notes: number
  /** One per unit, sat first. */
  readonly accounts: readonly AccountBalance[]
}

export interface AccountBalance {
  readonly unit: string
  /** Whole units. */
  readonly ready: number
  readonly pending: number
  readonly notes: number
}

/** What a mint says about itself (NUT-06), before trust. Foreign text. */
export interface MintFacts {
  readonly name: string
  readonly description: string
  readonly motd: string
  readonly version: string
  readonly contact: readonly { readonly method: string; readonly address: string }[]
  /** Numbers of the NUTs it offers. */
  readonly nuts: readonly number[]
  readonly units: readonly string[]
  /** Of the active sat keyset. */
  readonly inputFeePpk: number
  readonly keysets: readonly { readonly id: string; readonly unit: string; readonly active: boolean; readonly inputFeePpk: number }[]
}

/** How a mint answered when it was asked. */
export interface MintHealth {
  readonly checkedAt: number
  /** null: it did not answer usefully; `problem` says how. */
  readonly answeredInMs: number | null
  readonly problem: string | null
  readonly motd: string
}

/** What a pasted token says about itself, before any network. */
export interface TokenFacts {
  readonly mint: string
  readonly unit: string
  readonly amount: number
  /** 0 for units that are not bitcoin. */
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
  readonly unit: string
  readonly amount: number
  /** 0 for units that are not bitcoin. */
  readonly amountMsat: Msat
  /** `sync`: notes of another browser of this user, taken over (NIP-60). */
  readonly from: 'user' | 'refund' | 'faucet' | 'sync'
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
  readonly unit: string
  readonly amount: number
  readonly amountMsat: Msat
  readonly token: string
  readonly memo: string | null
  readonly at: number
  readonly state: 'pending' | 'claimed' | 'taking back' | 'taken back'
}

/** The golden equation: `wallet + sent + sessions + spent + mint and Lightning fees + lost = received` (design §9), all in msat. */
export interface Ledger {
  /** Everything that ever came in by the user's hand, or was taken over from another browser. */
  readonly receivedMsat: Msat
  /** Ready notes, notes inside operations, tokens not yet redeemed, and what is on its way between own mints. */
  readonly walletMsat: Msat
  /** Tokens handed to other people, whether claimed or not, Lightning payments, and what other browsers of the user took over. */
  readonly sentMsat: Msat
  /** At providers: credited and not yet charged, or on the way there. */
  readonly sessionsMsat: Msat
  /** Charged by providers, with the sub-sat rests they keep and charges we could not explain. */
  readonly spentMsat: Msat
  /** Input fees of mints, ours and those of providers redeeming our tokens. */
  readonly mintFeesMsat: Msat
  /** What Lightning payments cost beyond amounts and input fees: what mints kept of their reserves. */
  readonly lightningFeesMsat: Msat
  /** Lost at a provider that took a token and denies the account. */
  readonly lostMsat: Msat
  /** received − everything else; 0 when the books are right. */
  readonly differenceMsat: number
}
