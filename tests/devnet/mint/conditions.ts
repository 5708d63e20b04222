/** NUT-10, 11, 14: whether the inputs of a swap or melt carry the signatures that their secrets ask for. */
import { Amount, isHTLCSpendAuthorised, verifyP2PKSpendingConditions } from '@cashu/cashu-ts'
import * as v from 'valibot'
import { parseJson } from '../json.ts'
import type { Input, Output } from './wire.ts'

const secretSchema = v.tuple([v.picklist(['P2PK', 'HTLC']), v.object({ data: v.string(), tags: v.optional(v.array(v.array(v.string())), []) })])
type Conditions = v.InferOutput<typeof secretSchema>

/** What SIG_ALL signs: every input and output, and the quote of a melt. */
export interface Transaction {
  inputs: readonly Input[]
  outputs: readonly Output[]
  quote?: string
}

export function areConditionsMet(transaction: Transaction): boolean {
  if (transaction.inputs.some(({ secret }) => isMalformed(secret))) return false
  const all = transaction.inputs.map((input) => ({ input, conditions: conditionsOf(input.secret) }))
  const [first] = all
  if (!all.some(({ conditions }) => conditions !== undefined && signsAll(conditions))) {
    return all.every(({ input, conditions }) => conditions === undefined || isSigned(input, conditions))
  }
  // with SIG_ALL only the first input carries a witness, and all must ask for the same
  if (first?.conditions === undefined) return false
  const asked = JSON.stringify(first.conditions)
  if (!all.every(({ conditions }) => JSON.stringify(conditions) === asked)) return false
  return isSigned(first.input, first.conditions, messageOf(transaction))
}

/** Without its nonce; undefined: a bearer note. */
function conditionsOf(secret: string): Conditions | undefined {
  const parsed = v.safeParse(secretSchema, parseJson(secret))
  return parsed.success ? parsed.output : undefined
}

const isMalformed = (secret: string): boolean => /^\["(P2PK|HTLC)"/.test(secret) && conditionsOf(secret) === undefined

const signsAll = ([, { tags }]: Conditions): boolean => tags.some(([name, value]) => name === 'sigflag' && value === 'SIG_ALL')

function isSigned({ witness, amount, ...rest }: Input, [kind]: Conditions, message?: string): boolean {
  const proof = { ...rest, amount: Amount.from(amount), ...(witness === undefined ? {} : { witness }) }
  try {
    return kind === 'HTLC' ? isHTLCSpendAuthorised(proof, undefined, message) : verifyP2PKSpendingConditions(proof, undefined, message).success
  } catch {
    return false // malformed conditions
  }
}

function messageOf({ inputs, outputs, quote }: Transaction): string {
  return [...inputs.flatMap(({ secret, C }) => [secret, C]), ...outputs.flatMap(({ amount, B_ }) => [String(amount), B_]), quote ?? ''].join('')
}
