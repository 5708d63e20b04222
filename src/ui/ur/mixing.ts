/**
 * Which fragments are mixed into a frame (BCR-2020-005). Both sides roll the same dice: Xoshiro256** seeded with the number of the frame and
 * the checksum of the message, a degree drawn with the probability 1/degree (Vose's alias method), then that many of a shuffle.
 */
import { sha256 } from '@noble/hashes/sha2.js'

const WORD = (1n << 64n) - 1n

/** @returns the numbers (from 0) of the fragments that are XORed into frame `sequence` (from 1) */
export function mixedInto(sequence: number, count: number, checksum: number): number[] {
  // the first frames are the plain fragments in order
  if (sequence <= count) return [sequence - 1]
  const seed = new DataView(new ArrayBuffer(8))
  seed.setUint32(0, sequence)
  seed.setUint32(4, checksum)
  const roll = dice(new Uint8Array(seed.buffer))
  const degree = drawDegree(count, roll)
  const left = Array.from({ length: count }, (_, index) => index)
  // only the beginning of the shuffle is ever looked at
  return Array.from({ length: degree }, () => left.splice(Math.floor(roll() * left.length), 1)[0] ?? 0)
}

/** @returns numbers from 0 up to, not including, 1 */
export function dice(seed: Uint8Array): () => number {
  const hash = sha256(seed)
  const digest = new DataView(hash.buffer, hash.byteOffset)
  let [a, b, c, d] = [digest.getBigUint64(0), digest.getBigUint64(8), digest.getBigUint64(16), digest.getBigUint64(24)]
  return () => {
    const rolled = (rotate((b * 5n) & WORD, 7n) * 9n) & WORD
    const shifted = (b << 17n) & WORD
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 45n)
    return Number(rolled) / 2 ** 64
  }
}

const rotate = (word: bigint, by: bigint): bigint => ((word << by) & WORD) | (word >> (64n - by))

interface Odds {
  readonly share: readonly number[]
  readonly alias: readonly number[]
}

let lastOdds: { readonly count: number; readonly odds: Odds } | null = null

function drawDegree(count: number, roll: () => number): number {
  // the same message asks again for each frame
  if (lastOdds?.count !== count) lastOdds = { count, odds: oddsOf(count) }
  const { share, alias } = lastOdds.odds
  const column = Math.floor(roll() * count)
  return (roll() < (share[column] ?? 0) ? column : (alias[column] ?? 0)) + 1
}

/** The table of Vose's alias method; the order in which the lists are worked off is part of the standard. */
function oddsOf(count: number): Odds {
  const weights = Array.from({ length: count }, (_, index) => 1 / (index + 1))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const scaled = weights.map((weight) => (weight * count) / total)
  const small: number[] = []
  const large: number[] = []
  for (let index = count - 1; index >= 0; index--) ((scaled[index] ?? 0) < 1 ? small : large).push(index)
  const share = new Array<number>(count).fill(1)
  const alias = new Array<number>(count).fill(0)
  for (;;) {
    const less = small.at(-1)
    const more = large.at(-1)
    if (less === undefined || more === undefined) return { share, alias }
    small.pop()
    large.pop()
    share[less] = scaled[less] ?? 0
    alias[less] = more
    const rest = (scaled[more] ?? 0) + (scaled[less] ?? 0) - 1
    scaled[more] = rest
    ;(rest < 1 ? small : large).push(more)
  }
}
