/** The little CBOR (RFC 8949) that URs need: whole numbers, byte strings, text strings, one array of five. Strict; never throws. */

const UNSIGNED = 0
const BYTES = 2
const TEXT = 3
const ARRAY = 4

/** What one frame of an animated code holds (BCR-2020-005, "multipart UR"). */
export interface Part {
  /** From 1 on; above `count` the fragment is a mix of several. */
  readonly sequence: number
  /** How many fragments the message was cut into. */
  readonly count: number
  /** Bytes of the whole message. */
  readonly length: number
  /** CRC-32 of the whole message. */
  readonly checksum: number
  readonly fragment: Uint8Array
}

export function encodeBytes(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...head(BYTES, bytes.length), ...bytes])
}

export function encodePart({ sequence, count, length, checksum, fragment }: Part): Uint8Array {
  const numbers = [sequence, count, length, checksum].flatMap((number) => head(UNSIGNED, number))
  return Uint8Array.from([...head(ARRAY, 5), ...numbers, ...encodeBytes(fragment)])
}

/** A message that is one byte string or one text string, as text. @returns null when it is something else, or no UTF-8 */
export function decodeText(message: Uint8Array): string | null {
  const first = readHead(message, 0)
  if (first === null || (first.major !== BYTES && first.major !== TEXT) || first.end + first.value !== message.length) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(message.subarray(first.end))
  } catch {
    return null
  }
}

/** @returns null when it is not exactly the array of a part */
export function decodePart(bytes: Uint8Array): Part | null {
  const array = readHead(bytes, 0)
  if (array === null || array.major !== ARRAY || array.value !== 5) return null
  const numbers: number[] = []
  let at = array.end
  for (let index = 0; index < 4; index++) {
    const number = readHead(bytes, at)
    if (number === null || number.major !== UNSIGNED) return null
    numbers.push(number.value)
    at = number.end
  }
  const data = readHead(bytes, at)
  if (data === null || data.major !== BYTES || data.end + data.value !== bytes.length) return null
  const [sequence = 0, count = 0, length = 0, checksum = 0] = numbers
  return { sequence, count, length, checksum, fragment: bytes.subarray(data.end) }
}

function head(major: number, value: number): number[] {
  const kind = major << 5
  if (value < 24) return [kind | value]
  if (value < 0x100) return [kind | 24, value]
  if (value < 0x10000) return [kind | 25, value >>> 8, value & 0xff]
  return [kind | 26, value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]
}

/** Numbers of 64 bits and open lengths are refused: nothing here is that large. */
function readHead(bytes: Uint8Array, at: number): { major: number; value: number; end: number } | null {
  const first = bytes[at]
  if (first === undefined) return null
  const major = first >>> 5
  const short = first & 0x1f
  if (short < 24) return { major, value: short, end: at + 1 }
  const size = short === 24 ? 1 : short === 25 ? 2 : short === 26 ? 4 : 0
  if (size === 0 || at + 1 + size > bytes.length) return null
  const value = bytes.subarray(at + 1, at + 1 + size).reduce((sum, byte) => sum * 256 + byte, 0)
  return { major, value, end: at + 1 + size }
}
