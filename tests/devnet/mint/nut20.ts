/** NUT-20: who may mint a locked quote. The message was amended; mints in the field know the old one, the new one, or both. */
import { Amount, schnorrVerifyDigest, verifyMintQuoteSignature } from '@cashu/cashu-ts'
import { createHash } from 'node:crypto'
import type { Output } from './wire.ts'

export type Nut20 = 'amended' | 'legacy' | 'both'

export function isQuoteSigned(known: Nut20, pubkey: string, quote: string, outputs: readonly Output[], signature?: string | null): boolean {
  if (!signature) return false
  try {
    if (known !== 'legacy' && schnorrVerifyDigest(signature, amendedDigest(quote, outputs), pubkey)) return true
    return known !== 'amended' && isLegacy(pubkey, quote, outputs, signature)
  } catch {
    return false // no key or no signature at all
  }
}

/** The library's verifier knows the legacy message only (cashu.md §2.4). */
function isLegacy(pubkey: string, quote: string, outputs: readonly Output[], signature: string): boolean {
  const messages = outputs.map(({ id, B_, amount }) => ({ id, B_, amount: Amount.from(amount) }))
  return verifyMintQuoteSignature(pubkey, quote, messages, signature)
}

/** Domain separated, every part with its length in four bytes; amounts in as few bytes as they need. */
function amendedDigest(quote: string, outputs: readonly Output[]): Uint8Array {
  const hash = createHash('sha256')
    .update('Cashu_MintQuoteSig_v1')
    .update(sized(Buffer.from(quote)))
  for (const { amount, B_ } of outputs) hash.update(sized(amountBytes(amount))).update(sized(Buffer.from(B_, 'hex')))
  return new Uint8Array(hash.digest())
}

function sized(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function amountBytes(amount: number): Buffer {
  if (amount === 0) return Buffer.alloc(0)
  const digits = amount.toString(16)
  return Buffer.from(digits.length % 2 === 1 ? `0${digits}` : digits, 'hex')
}
