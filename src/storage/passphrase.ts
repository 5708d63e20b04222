/** A passphrase becomes a key that wraps the data key (`security-and-ux.md` §4.6). The passphrase itself is kept nowhere. */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import * as v from 'valibot'
import { RoutstrError } from '../domain/errors.ts'

/** OWASP's figure for PBKDF2-HMAC-SHA-256. Stored with each wallet, so that it can grow. */
const ITERATIONS = 600_000
const MOST_ITERATIONS = 100_000_000

const hex = v.pipe(v.string(), v.regex(/^([0-9a-f]{2})+$/))

/** The row `lock`: says that a wallet is protected, and how its key is found. Nothing in it is secret. */
export const lockRowSchema = v.object({
  version: v.literal(1),
  salt: hex,
  iterations: v.pipe(v.number(), v.integer(), v.minValue(ITERATIONS), v.maxValue(MOST_ITERATIONS)),
  nonce: hex,
  wrapped: hex,
  /** Recognises the data key without the passphrase: a part of its hash. */
  keyId: hex,
  autoLockMinutes: v.nullable(v.pipe(v.number(), v.minValue(1))),
})
export type LockRow = v.InferOutput<typeof lockRowSchema>

/** @param dataKey 32 bytes */
export async function wrapKey(dataKey: Uint8Array, passphrase: string, autoLockMinutes: number | null): Promise<LockRow> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const nonce = crypto.getRandomValues(new Uint8Array(24))
  const wrapping = await derive(passphrase, salt, ITERATIONS)
  const wrapped = xchacha20poly1305(wrapping, nonce, bindingOf(salt, ITERATIONS)).encrypt(dataKey)
  const text = { salt: bytesToHex(salt), nonce: bytesToHex(nonce), wrapped: bytesToHex(wrapped) }
  return { version: 1, ...text, iterations: ITERATIONS, keyId: keyIdOf(dataKey), autoLockMinutes }
}

/** @throws RoutstrError `wrong_passphrase` */
export async function unwrapKey(row: LockRow, passphrase: string): Promise<Uint8Array> {
  const salt = hexToBytes(row.salt)
  const wrapping = await derive(passphrase, salt, row.iterations)
  try {
    return xchacha20poly1305(wrapping, hexToBytes(row.nonce), bindingOf(salt, row.iterations)).decrypt(hexToBytes(row.wrapped))
  } catch (cause) {
    throw new RoutstrError('wrong_passphrase', 'This is not the passphrase of this wallet. Your money is where it was.', { cause })
  }
}

export function keyIdOf(dataKey: Uint8Array): string {
  return bytesToHex(sha256(concatBytes(utf8ToBytes('routstr key id'), dataKey)).subarray(0, 8))
}

/** The same letters typed on another keyboard are the same passphrase (NFKC). */
async function derive(passphrase: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<Uint8Array> {
  const typed = new TextEncoder().encode(passphrase.normalize('NFKC'))
  const material = await crypto.subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, material, 256))
}

function bindingOf(salt: Uint8Array, iterations: number): Uint8Array {
  return utf8ToBytes(`routstr lock 1 ${iterations} ${bytesToHex(salt)}`)
}
