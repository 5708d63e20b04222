/** BOLT-11: writes real invoices (bech32, tagged fields, recoverable signature) and reads the amount of any. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bech32 } from '@scure/base'

export interface InvoiceFields {
  /** millisatoshi; null: the payer chooses */
  amountMsat: number | null
  paymentHash: Uint8Array
  paymentSecret: Uint8Array
  /** text (tag d), or the hash of a longer one (tag h, LUD-06) */
  description: string | Uint8Array
  timestampSeconds: number
  expirySeconds: number
}

/** Tag letters of BOLT-11 as their bech32 values. */
const TAG = { paymentHash: 1, paymentSecret: 16, description: 13, descriptionHash: 23, expiry: 6, minFinalCltv: 24, features: 5 } as const
/** var_onion_optin (8) and payment_secret (14), both required: what the secret in tag s means */
const FEATURE_WORDS = [16, 8, 0]
const MAX_DESCRIPTION_BYTES = 600

/** @param secretKey of the node that is paid; the payee is recovered from the signature */
export function writeInvoice(fields: InvoiceFields, secretKey: Uint8Array): string {
  const prefix = `lnbcrt${readableAmount(fields.amountMsat)}`
  const { description } = fields
  const words = [
    ...numberWords(fields.timestampSeconds, 7),
    ...tagged(TAG.paymentHash, bech32.toWords(fields.paymentHash)),
    ...tagged(TAG.paymentSecret, bech32.toWords(fields.paymentSecret)),
    ...(typeof description === 'string'
      ? tagged(TAG.description, bech32.toWords(new TextEncoder().encode(description).slice(0, MAX_DESCRIPTION_BYTES)))
      : tagged(TAG.descriptionHash, bech32.toWords(description))),
    ...tagged(TAG.expiry, numberWords(fields.expirySeconds)),
    ...tagged(TAG.minFinalCltv, numberWords(18)),
    ...tagged(TAG.features, FEATURE_WORDS),
  ]
  const digest = sha256(new Uint8Array([...new TextEncoder().encode(prefix), ...paddedBytes(words)]))
  const [recovery = 0, ...signature] = secp256k1.sign(digest, secretKey, { prehash: false, format: 'recovered' })
  return bech32.encode(prefix, [...words, ...bech32.toWords(new Uint8Array([...signature, recovery]))], false)
}

const PER_BITCOIN_MSAT: Record<string, number> = { '': 1e11, m: 1e8, u: 1e5, n: 1e2, p: 0.1 }

/** Amount in the human-readable part, millisatoshi; null when it names none or is no invoice. */
export function invoiceAmountMsat(invoice: string): number | null {
  const match = /^ln(?:bcrt|bc|tbs|tb)(\d+)([munp]?)1/.exec(invoice.toLowerCase())
  if (!match) return null
  return Math.round(Number(match[1]) * (PER_BITCOIN_MSAT[match[2] ?? ''] ?? 0))
}

/** Whole sats in nano-bitcoin, as wallets write them; single millisatoshi in pico-bitcoin. */
function readableAmount(amountMsat: number | null): string {
  if (amountMsat === null) return ''
  return amountMsat % 100 === 0 ? `${amountMsat / 100}n` : `${amountMsat * 10}p`
}

function tagged(tag: number, words: number[]): number[] {
  return [tag, ...numberWords(words.length, 2), ...words]
}

/** Big-endian in words of five bits. */
function numberWords(value: number, length?: number): number[] {
  const words: number[] = []
  for (let rest = value; rest > 0 || words.length < (length ?? 1); rest = Math.floor(rest / 32)) words.unshift(rest % 32)
  return words
}

/** The signed bytes are the words with zero bits behind them up to a whole byte (bech32's own conversion refuses that). */
function paddedBytes(words: readonly number[]): number[] {
  const bytes: number[] = []
  let held = 0
  let bits = 0
  for (const word of words) {
    held = (held << 5) | word
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push(held >> bits)
    held &= (1 << bits) - 1
  }
  if (bits > 0) bytes.push(held << (8 - bits))
  return bytes
}
