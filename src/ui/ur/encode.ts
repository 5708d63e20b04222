/**
 * A text too long for one QR code, as an endless row of short ones (NUT-16: UR of BCR-2020-005, type `bytes`). A scanner that has seen any
 * sufficient number of them has the text, in any order, with any missing.
 *
 * Our own and not `@gandlaf21/bc-ur` (what cashu.me uses; the tests hold this module against it): that one is 169 kB minified here (its own
 * big integers, big decimals, CBOR and Buffer), can not be loaded by Node, and lets a single hostile frame ask for 2³² list entries.
 */
import { crc32, toBytewords } from './bytewords.ts'
import { encodeBytes, encodePart } from './cbor.ts'
import { mixedInto } from './mixing.ts'

export interface Animation {
  /** Fragments: at least that many frames must be seen. 1: a single code that does not move. */
  readonly count: number
  /** The frame with that number, from 1 on without end, e.g. `ur:bytes/12-9/lpbnascf…`. Lower case, as cashu.me shows it. */
  frame(sequence: number): string
}

/** @param mostBytes of the text in one frame (CBOR included), at least 10 */
export function animate(text: string, mostBytes: number): Animation {
  return animateMessage(encodeBytes(new TextEncoder().encode(text)), mostBytes)
}

/** @param message CBOR */
export function animateMessage(message: Uint8Array, mostBytes: number): Animation {
  const size = Math.ceil(message.length / Math.ceil(message.length / mostBytes))
  const count = Math.ceil(message.length / size)
  const checksum = crc32(message)
  const padded = new Uint8Array(size * count)
  padded.set(message)
  return {
    count,
    frame(sequence) {
      if (count === 1) return `ur:bytes/${toBytewords(message)}`
      const fragment = new Uint8Array(size)
      for (const index of mixedInto(sequence, count, checksum)) {
        for (let at = 0; at < size; at++) fragment[at] = (fragment[at] ?? 0) ^ (padded[index * size + at] ?? 0)
      }
      const part = encodePart({ sequence, count, length: message.length, checksum, fragment })
      return `ur:bytes/${sequence}-${count}/${toBytewords(part)}`
    },
  }
}
