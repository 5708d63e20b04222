/** What is odd about a payment the mint calls paid. Pure. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { type Note, sumAmounts } from '../notes.ts'
import type { WithdrawalRow } from './rows.ts'

/** null: all is well. Whatever it is, the money has left. @param overpaidSat what was given beyond amount and input fee */
export function paidProblem(
  row: Pick<WithdrawalRow, 'paymentHash' | 'feeReserveSat' | 'amountSat' | 'inputSat' | 'inputFeeSat'>,
  preimage: string | null,
  change: readonly Pick<Note, 'amount'>[],
  overpaidSat: number,
): string | null {
  const kept = overpaidSat - sumAmounts(change)
  if (kept > row.feeReserveSat) return `The mint kept ${kept - row.feeReserveSat} sat more than it had announced.`
  if (preimage !== null && preimage !== '' && !opens(preimage, row.paymentHash)) return 'The proof of payment the mint gave does not belong to this invoice.'
  return null
}

function opens(preimage: string, paymentHash: string): boolean {
  return /^[0-9a-f]{64}$/i.test(preimage) && bytesToHex(sha256(hexToBytes(preimage))) === paymentHash
}
