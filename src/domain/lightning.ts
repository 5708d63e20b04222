/** Lightning in and out of the wallet, as screens see it. Amounts of these rows are sat. */
import type { Msat } from './msat.ts'

/**
 *   waiting ──paid──▶ paid ──outputs written down──▶ minting ──signatures──▶ done
 *      └──invoice expired──▶ expired (still asked for a while: a late payment is minted all the same)
 *
 * `paid` and `minting` have no way back: the mint owes us notes.
 */
export interface TopUp {
  readonly id: string
  readonly mint: string
  readonly amountSat: number
  /** BOLT-11, what is shown as QR. */
  readonly invoice: string
  readonly state: 'waiting' | 'paid' | 'minting' | 'done' | 'expired'
  /** Who is to pay it: anybody, the connected wallet (NWC), or another mint of ours (a move: `withdrawalId`). */
  readonly payer: 'anybody' | 'connected wallet' | 'own mint'
  readonly withdrawalId: string | null
  readonly createdAt: number
  /** ms; null when the mint names none. */
  readonly expiresAt: number | null
  readonly finishedAt: number | null
  readonly problem: string | null
}

/**
 *   quoted ──user agrees, notes and blanks written down──▶ requested ──▶ pending ──▶ paid (change of the reserve is ours again)
 *     └──lapses: row deleted                                   └───────────┴──▶ failed (notes are ready again)
 */
export interface Withdrawal {
  readonly id: string
  readonly mint: string
  readonly invoice: string
  /** A Lightning address when it was one, else what the invoice says about itself. */
  readonly payee: string
  readonly amountSat: number
  /** What the mint keeps back for routing; the unused part comes home. */
  readonly feeReserveSat: number
  /** The mint's input fee of the notes that pay. */
  readonly inputFeeSat: number
  /** Amount, reserve and input fee together. */
  readonly totalSat: number
  readonly state: 'quoted' | 'requested' | 'pending' | 'paid' | 'failed'
  /** What it really cost beyond the amount; null until it is paid. */
  readonly feeSat: number | null
  /** Proof of payment. */
  readonly preimage: string | null
  /** The top-up it pays when money moves between own mints. */
  readonly topUpId: string | null
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly finishedAt: number | null
  readonly problem: string | null
}

/** What a pasted or scanned text asks to be paid, before any money. */
export type PayTarget =
  | { readonly kind: 'invoice'; readonly invoice: string; readonly amountSat: number | null; readonly description: string; readonly expiresAt: number | null }
  /** LUD-16 Lightning address or LUD-06 LNURL. */
  | { readonly kind: 'address'; readonly address: string; readonly minSat: number; readonly maxSat: number; readonly description: string }

/** Moves `amountSat` from one own mint to another, by an invoice of the second. */
export interface MoveQuote {
  readonly withdrawalId: string
  readonly topUpId: string
  readonly arrivesSat: number
  readonly feeReserveSat: number
  readonly inputFeeSat: number
}

/** Automatic top-up by the connected wallet. */
export interface Refill {
  readonly mint: string
  /** Below this … */
  readonly thresholdSat: number
  /** … this much is asked for, … */
  readonly amountSat: number
  /** … and never more than this in one day. */
  readonly dailyCapSat: number
}

/** The user's own Lightning wallet, connected by NIP-47. */
export interface ConnectedWallet {
  readonly relay: string
  /** Public key of the wallet service, hex. */
  readonly service: string
  readonly balanceMsat: Msat | null
  readonly refill: Refill | null
  readonly refilledTodaySat: number
  readonly connectedAt: number
  readonly problem: string | null
}
