/** What a token string says about itself, without any network. */
import { getTokenMetadata } from '@cashu/cashu-ts'
import { RoutstrError } from '../domain/errors.ts'
import { fromSat, type Msat } from '../domain/msat.ts'

/** @throws RoutstrError `invalid_token` */
export function readToken(token: string): {
  readonly mint: string
  readonly unit: string
  readonly amountMsat: Msat
  readonly notes: number
  readonly memo: string | null
} {
  try {
    const facts = getTokenMetadata(token)
    const amount = facts.amount.toNumber()
    return { mint: facts.mint, unit: facts.unit, amountMsat: fromSat(amount), notes: facts.incompleteProofs.length, memo: facts.memo ?? null }
  } catch (cause) {
    throw new RoutstrError('invalid_token', 'This is not a Cashu token, or it is damaged. It should start with cashuA or cashuB. Nothing was received.', {
      cause,
    })
  }
}
