/** What comes in from wallets, parsed at the border; and the one error the mint answers with (HTTP 400 `{code, detail}`). */
import * as v from 'valibot'

export class MintError extends Error {
  readonly code: number
  constructor(code: number, detail: string) {
    super(detail)
    this.code = code
  }
}

const amount = v.pipe(
  v.union([v.number(), v.bigint()]),
  v.transform((value) => Number(value)),
  v.safeInteger(),
  v.minValue(0),
)
const hexPoint = v.pipe(v.string(), v.regex(/^0[23][0-9a-f]{64}$/i))

export const outputSchema = v.object({ amount, id: v.string(), B_: hexPoint })
export const inputSchema = v.object({
  amount,
  id: v.string(),
  secret: v.pipe(v.string(), v.maxLength(1024)),
  C: hexPoint,
  witness: v.optional(v.string()),
})
export type Output = v.InferOutput<typeof outputSchema>
export type Input = v.InferOutput<typeof inputSchema>

const outputs = v.pipe(v.array(outputSchema), v.maxLength(1000))
const inputs = v.pipe(v.array(inputSchema), v.maxLength(1000))

export const swapBody = v.object({ inputs, outputs })
export const mintQuoteBody = v.object({
  amount,
  unit: v.string(),
  description: v.nullish(v.string()),
  pubkey: v.nullish(v.string()),
})
export const mintBody = v.object({ quote: v.string(), outputs, signature: v.nullish(v.string()) })
/** NUT-23: an invoice without an amount needs one from the wallet, in millisatoshi */
const amountless = v.object({ amountless: v.optional(v.object({ amount_msat: amount })) })
export const meltQuoteBody = v.object({ request: v.string(), unit: v.string(), options: v.nullish(amountless) })
export const meltBody = v.object({ quote: v.string(), inputs, outputs: v.nullish(outputs) })
export const stateBody = v.object({ Ys: v.pipe(v.array(hexPoint), v.maxLength(1000)) })
export const restoreBody = v.object({ outputs })

/** A body of the wrong shape is answered with code 0, as Nutshell does for what it cannot name. */
export function parseBody<S extends v.GenericSchema>(schema: S, body: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, body)
  if (!parsed.success) throw new MintError(0, `invalid request: ${parsed.issues[0].message}`)
  return parsed.output
}

export interface Signature {
  id: string
  amount: number
  C_: string
  dleq?: { e: string; s: string }
}
