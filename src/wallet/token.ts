/** What a token string says about itself, without any network. Foreign text: the library decodes it, we check what came out. */
import { getTokenMetadata } from '@cashu/cashu-ts'
import * as v from 'valibot'
import { RoutstrError } from '../domain/errors.ts'
import { worthMsat } from '../domain/units.ts'
import type { TokenFacts } from '../domain/wallet.ts'

const factsSchema = v.object({
  mint: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
  unit: v.pipe(v.string(), v.minLength(1), v.maxLength(20)),
  amount: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  notes: v.pipe(v.number(), v.minValue(1)),
  memo: v.nullable(v.pipe(v.string(), v.maxLength(10_000))),
})

/** @throws RoutstrError `invalid_token` */
export function readToken(token: string): Omit<TokenFacts, 'mintTrusted'> {
  try {
    const { mint, unit, amount, incompleteProofs, memo } = getTokenMetadata(token)
    const facts = v.parse(factsSchema, { mint, unit, amount: amount.toNumber(), notes: incompleteProofs.length, memo: memo ?? null })
    return { ...facts, amountMsat: worthMsat(facts.amount, facts.unit) }
  } catch (cause) {
    throw new RoutstrError('invalid_token', 'This is not a Cashu token, or it is damaged. It should start with cashuA or cashuB. Nothing was received.', {
      cause,
    })
  }
}
