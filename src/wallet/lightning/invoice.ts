/** BOLT-11: what an invoice says about itself. Anybody may have written it. */
import { decode } from 'light-bolt11-decoder'
import * as v from 'valibot'
import { RoutstrError } from '../../domain/errors.ts'

export interface Invoice {
  /** Lower case, without any prefix. */
  readonly text: string
  readonly amountMsat: number | null
  readonly description: string
  /** Hex; instead of or beside a description. */
  readonly descriptionHash: string | null
  /** Hex; SHA-256 of the proof of payment. */
  readonly paymentHash: string
  /** ms */
  readonly expiresAt: number
}

/** Bitcoin, testnet, signet, regtest: whether a mint can pay on that network is its to say. */
export const LOOKS_LIKE_INVOICE = /^ln(bcrt|bc|tbs|tb)[0-9]*[munp]?1/

const DEFAULT_EXPIRY_SECONDS = 3600
const MOST_DESCRIPTION = 200

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** The library's types promise more than an invoice holds, and lack the hash of the description. */
const decodedSchema = v.object({
  sections: v.array(v.object({ name: v.string(), value: v.optional(v.unknown()) })),
})

/** @throws RoutstrError `invalid_invoice` */
export function readInvoice(given: string): Invoice {
  const text = given.toLowerCase()
  try {
    if (!LOOKS_LIKE_INVOICE.test(text)) throw new Error('not an invoice')
    const sections = new Map(v.parse(decodedSchema, decode(text)).sections.map(({ name, value }) => [name, value]))
    const amount = v.parse(v.optional(v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number), seconds)), sections.get('amount'))
    const timestamp = v.parse(seconds, sections.get('timestamp'))
    const expiry = v.parse(v.optional(seconds, DEFAULT_EXPIRY_SECONDS), sections.get('expiry'))
    return {
      text,
      amountMsat: amount === undefined || amount === 0 ? null : amount,
      description: oneLine(v.parse(v.optional(v.string(), ''), sections.get('description'))),
      descriptionHash: v.parse(v.optional(hash), sections.get('description_hash')) ?? null,
      paymentHash: v.parse(hash, sections.get('payment_hash')),
      expiresAt: (timestamp + expiry) * 1000,
    }
  } catch (cause) {
    throw new RoutstrError('invalid_invoice', 'This is not a Lightning invoice, or it is damaged. Nothing was paid.', { cause })
  }
}

/** A mint pays whole sats; the last one may be a fraction of it. */
export function satOfMsat(msat: number): number {
  return Math.ceil(msat / 1000)
}

/** Foreign text for a line on the screen: nothing that hides or reorders other text. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, MOST_DESCRIPTION)
}
