/**
 * Keys that come from the seed, one per purpose and index: whoever has the twelve words has them too, and nothing else needs
 * a backup. HMAC-SHA256 of a label under the seed; a value outside the curve's order is as good as impossible and skipped.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

export interface KeyPair {
  /** 32 bytes, hex. */
  readonly secretKey: string
  /** 33 bytes compressed, hex. */
  readonly publicKey: string
}

/** @param purpose `p2pk`: tokens locked to us (NUT-11); `quote`: mint quotes only we can redeem (NUT-20) */
export function deriveKey(seed: Uint8Array, purpose: 'p2pk' | 'quote', index: number): KeyPair {
  for (let round = 0; ; round++) {
    const secret = hmac(sha256, seed, utf8ToBytes(`routstr ${purpose} ${index}${round === 0 ? '' : ` ${round}`}`))
    if (!secp256k1.utils.isValidSecretKey(secret)) continue
    return { secretKey: bytesToHex(secret), publicKey: bytesToHex(secp256k1.getPublicKey(secret, true)) }
  }
}
