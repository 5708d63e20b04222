/** Top-ups and withdrawals as rows: what screens see, and what only we need to finish them. */
import type { SerializedOutputData } from '@cashu/cashu-ts'
import type { TopUp, Withdrawal } from '../../domain/lightning.ts'
import type { PackedInput } from '../mint.ts'

/** The request for notes as it will be sent, byte for byte. */
export interface PackedMint {
  readonly keysetId: string
  readonly outputs: readonly SerializedOutputData[]
  /** NUT-20, over the amended message and over the old one; null for a quote that is not locked. */
  readonly signature: string | null
  readonly legacySignature: string | null
}

export interface TopUpRow extends TopUp {
  /** The mint's name for it. */
  readonly quoteId: string
  /** Number of the key the quote is locked to (`derived-keys.ts`, purpose `quote`); null: not locked. */
  readonly lockIndex: number | null
  readonly request: PackedMint | null
  /** Requests the mint can not accept any more (rotated keysets); asked for all the same before we give up. */
  readonly replaced: readonly PackedMint[]
  /** Not shown: forgotten by the user, or of a move that was only quoted. Still asked for. */
  readonly hidden: boolean
}

/** A payment as it will be sent, byte for byte. */
export interface PackedMelt {
  readonly keysetId: string
  readonly inputs: readonly PackedInput[]
  /** NUT-08: outputs without an amount, for what is left of the reserve. */
  readonly blanks: readonly SerializedOutputData[]
}

export interface WithdrawalRow extends Withdrawal {
  readonly quoteId: string
  readonly paymentHash: string
  readonly melt: PackedMelt | null
  /** Face value of the notes that pay, sat. */
  readonly inputSat: number
  /** What came back, sat. */
  readonly changeSat: number
  /** When the user agreed, ms. */
  readonly requestedAt: number | null
  /** The deposit at a provider that it pays for; then no person was paid. */
  readonly sessionId?: string
}

/** Without what screens have no business with: secrets of notes, blinding factors. */
export function topUpView({ quoteId: _quote, lockIndex: _lock, request: _request, replaced: _replaced, hidden: _hidden, ...shown }: TopUpRow): TopUp {
  return shown
}

export function withdrawalView(row: WithdrawalRow): Withdrawal {
  const { quoteId: _quote, paymentHash: _hash, melt: _melt, inputSat: _input, changeSat: _change, requestedAt: _requested, sessionId: _session, ...shown } = row
  return shown
}

/** A mint answers for a quote at least this long after its invoice has lapsed; a late payment is minted all the same. */
export const ASK_AFTER_EXPIRY_MS = 24 * 3_600_000

/** A quote nobody agreed to is dropped after this time. */
export const QUOTE_LIFE_MS = 10 * 60_000

/** How long the user's wish to pay holds when the request was lost on the way. */
export const WISH_LIFE_MS = 10 * 60_000

/** So long after it was sent for the last time no copy of a request can be on its way any more, whatever the invoice says of its end. */
export const REQUEST_LIFE_MS = 24 * 3_600_000

/** Clocks differ. */
export const EXPIRY_MARGIN_MS = 60_000

export function hasLapsed({ expiresAt }: { readonly expiresAt: number | null }, now: number): boolean {
  return expiresAt !== null && now > expiresAt + EXPIRY_MARGIN_MS
}
