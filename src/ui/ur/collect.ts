/**
 * Frames of animated codes → the text, in whatever order they come and however many are missing. Frames are foreign: everything is checked
 * and bounded before it is worked with, and nothing here throws.
 */
import { crc32, fromBytewords } from './bytewords.ts'
import { decodePart, decodeText, type Part } from './cbor.ts'
import { mixedInto } from './mixing.ts'

/** A token is at most 200 000 characters (messaging/ui-contract); a few bytes of CBOR around it. */
const MOST_BYTES = 200_010
/** 200 kB in the smallest fragments any wallet shows (50 bytes). */
const MOST_FRAGMENTS = 4_001
/** Messages collected side by side: the shower may change size or token meanwhile. */
const MOST_MESSAGES = 3

export type Collected =
  /** Not a frame of an animated code. */
  | { readonly kind: 'other' }
  /** Looks like one, but is broken, too large, or holds no text. */
  | { readonly kind: 'broken' }
  /** @property share 0…1 of what is needed is here */
  | { readonly kind: 'part'; readonly share: number }
  | { readonly kind: 'whole'; readonly text: string }

export function createCollector(): (code: string) => Collected {
  /** Newest last. */
  const messages = new Map<string, Message>()
  return (code) => {
    const ur = /^ur:[a-z0-9-]+\/(?:([1-9]\d{0,9})-([1-9]\d{0,9})\/)?([a-z]+)$/.exec(code.slice(0, 2 * MOST_BYTES + 100).toLowerCase())
    if (ur === null) return /^ur:/i.test(code) ? BROKEN : { kind: 'other' }
    const [, sequence, count, letters = ''] = ur
    const bytes = fromBytewords(letters)
    if (bytes === null) return BROKEN
    if (sequence === undefined) return whole(bytes)
    const part = decodePart(bytes)
    if (part === null || part.sequence !== Number(sequence) || part.count !== Number(count) || !plausible(part)) return BROKEN

    const name = `${part.count} ${part.length} ${part.fragment.length} ${part.checksum}`
    const message = messages.get(name) ?? createMessage(part)
    messages.delete(name)
    messages.set(name, message)
    for (const old of [...messages.keys()].slice(0, -MOST_MESSAGES)) messages.delete(old)
    message.add(part)
    if (message.known() < part.count) return { kind: 'part', share: message.known() / part.count }
    const found = message.join()
    messages.delete(name)
    return crc32(found) === part.checksum ? whole(found) : BROKEN
  }
}

const BROKEN: Collected = { kind: 'broken' }

function whole(message: Uint8Array): Collected {
  const text = decodeText(message)
  return text === null ? BROKEN : { kind: 'whole', text }
}

function plausible({ sequence, count, length, fragment }: Part): boolean {
  const size = fragment.length
  return sequence <= 0xffffffff && length > 0 && length <= MOST_BYTES && count <= MOST_FRAGMENTS && size * count >= length && size * (count - 1) < length
}

interface Message {
  add(part: Part): void
  /** Independent frames so far. */
  known(): number
  /** Once all are known. */
  join(): Uint8Array
}

/** An equation: which fragments are XORed, and to what. */
interface Row {
  readonly mask: Uint32Array
  readonly data: Uint8Array
}

/**
 * Every frame is a linear equation over GF(2); any `count` independent ones are enough. Gauss needs fewer frames than the usual "peeling".
 */
function createMessage({ count, length, checksum, fragment: { length: size } }: Part): Message {
  /** By the lowest fragment in it. */
  const rows = new Array<Row | undefined>(count)
  let known = 0
  return {
    add({ sequence, fragment }) {
      const row: Row = { mask: new Uint32Array(Math.ceil(count / 32)), data: Uint8Array.from(fragment) }
      for (const index of mixedInto(sequence, count, checksum)) row.mask[index >>> 5] = (row.mask[index >>> 5] ?? 0) ^ (1 << (index & 31))
      for (let index = 0; index < count; index++) {
        if (!has(row, index)) continue
        const there = rows[index]
        if (there === undefined) {
          rows[index] = row
          known++
          return
        }
        mix(row, there)
      }
    },
    known: () => known,
    join() {
      const bytes = new Uint8Array(size * count)
      for (let index = count - 1; index >= 0; index--) {
        const row = rows[index]
        if (row === undefined) continue
        for (let later = index + 1; later < count; later++) {
          const solved = rows[later]
          if (solved !== undefined && has(row, later)) mix(row, solved)
        }
        bytes.set(row.data, index * size)
      }
      return bytes.subarray(0, length)
    },
  }
}

const has = (row: Row, index: number): boolean => ((row.mask[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0

function mix(into: Row, other: Row): void {
  for (let at = 0; at < into.mask.length; at++) into.mask[at] = (into.mask[at] ?? 0) ^ (other.mask[at] ?? 0)
  for (let at = 0; at < into.data.length; at++) into.data[at] = (into.data[at] ?? 0) ^ (other.data[at] ?? 0)
}
