/** Routes of our own screens for Lightning: top-ups, withdrawals, moves between own mints. Amounts are sat. */
import * as v from 'valibot'
import type { MoveQuote, PayTarget, TopUp, Withdrawal } from '../../domain/lightning.ts'

const text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max))
const sat = v.pipe(v.number(), v.safeInteger(), v.minValue(1))
const id = v.object({ id: text(64) })

export const lightningInputs = {
  /** Open rows always, finished ones of the last 30 days. */
  'lightning.get': v.object({}),

  /** Makes an invoice to be shown. @throws unknown_mint, invalid_request_error (limits of the mint), mint_unreachable, mint_rejected */
  'topups.create': v.object({ mint: text(512), amountSat: sat }),
  /** Asks the mint once more; hides the row when the invoice is unpaid. @throws not_empty when it has been paid, mint_unreachable */
  'topups.forget': id,

  /** An invoice, an LNURL or a Lightning address, with or without `lightning:`. @throws invalid_invoice, invoice_expired, unsafe_address */
  'withdrawals.read': v.object({ text: text(4_000) }),
  /** What it would cost; nothing is paid. `amountSat`: for targets that name none. @throws insufficient_balance, invalid_invoice, … */
  'withdrawals.quote': v.object({ text: text(4_000), amountSat: v.nullable(sat), mint: text(512) }),
  /** Pays a quote; waits about 20 s at most, then the row is `pending` and followed by itself. */
  'withdrawals.pay': id,
  /** Drops a quote that was not paid. */
  'withdrawals.forget': id,
  /** One whose request has not reached the mint. @throws not_empty when the mint has it */
  'withdrawals.cancel': id,

  /** `amountSat`: what is to arrive; null moves as much as fits. */
  'moves.quote': v.object({ from: text(512), to: text(512), amountSat: v.nullable(sat) }),
  'moves.start': v.object({ withdrawalId: text(64) }),
  /** A token of a mint that is not trusted: received there without trusting it, then moved to one of ours. */
  'moves.fromToken': v.object({ incomingId: text(64), to: text(512) }),
} as const

export interface LightningOutputs {
  /** Newest first. */
  'lightning.get': { readonly topUps: readonly TopUp[]; readonly withdrawals: readonly Withdrawal[] }
  'topups.create': TopUp
  'topups.forget': null
  'withdrawals.read': PayTarget
  'withdrawals.quote': Withdrawal
  'withdrawals.pay': Withdrawal
  'withdrawals.forget': null
  'withdrawals.cancel': null
  'moves.quote': MoveQuote
  'moves.start': Withdrawal
  'moves.fromToken': { readonly topUpId: string }
}
