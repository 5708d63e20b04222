/** How many prompt tokens a node counts for an image (`routstr-node.md` §4.1, helpers.py:268-324). */

/** Low detail, and what a node assumes for an image it can not get hold of. */
const UNKNOWN_IMAGE_TOKENS = 85
/** An image whose bytes it can not read counts as this square. */
const UNREADABLE_IMAGE = { width: 512, height: 512 }
/** Sizes stand in the header; this much base64 (a multiple of four characters) is looked at. */
const HEADER_CHARACTERS = 1024 * 1024

/**
 * Tokens of one image part. Only `data:` URIs are measured; the node fetches other URLs itself, we never do, and count
 * what it counts for one it could not fetch.
 */
export function imageTokens(url: string, detail: string): number {
  if (detail === 'low' || !url.startsWith('data:image/')) return UNKNOWN_IMAGE_TOKENS
  const comma = url.indexOf(',')
  const bytes = comma < 0 ? null : decodeBase64(url.slice(comma + 1, comma + 1 + HEADER_CHARACTERS))
  if (bytes === null || bytes.length === 0) return UNKNOWN_IMAGE_TOKENS
  const { width, height } = imageSize(bytes) ?? UNREADABLE_IMAGE
  return tileTokens(width, height)
}

/** `85 + 170 × tiles` of 512 px, after the longest side is brought to 2048 and then to 768, truncating the other one. */
export function tileTokens(width: number, height: number): number {
  const [scaledWidth, scaledHeight] = shrink(...shrink(width, height, 2048), 768)
  return 85 + 170 * Math.ceil(scaledWidth / 512) * Math.ceil(scaledHeight / 512)
}

function shrink(width: number, height: number, longest: number): [number, number] {
  if (width <= longest && height <= longest) return [width, height]
  const ratio = width / height
  return width > height ? [longest, Math.trunc(longest / ratio)] : [Math.trunc(longest * ratio), longest]
}

/** Width and height from a PNG, JPEG, GIF or WebP header; null when it is none of them. */
function imageSize(bytes: Uint8Array): { width: number; height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (ascii(bytes, 1, 4) === 'PNG') return { width: view.getUint32(16), height: view.getUint32(20) }
    if (ascii(bytes, 0, 4) === 'GIF8') return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
    if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return webpSize(bytes, view)
    if (view.getUint16(0) === 0xffd8) return jpegSize(view)
  } catch (error) {
    // DataView reads past the end: a truncated header
    if (!(error instanceof RangeError)) throw error
  }
  return null
}

function jpegSize(view: DataView): { width: number; height: number } | null {
  let position = 2
  for (;;) {
    if (view.getUint8(position) !== 0xff) return null
    const marker = view.getUint8(position + 1)
    if (marker === 0xff) {
      position++
      continue
    }
    const isStartOfFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isStartOfFrame) return { width: view.getUint16(position + 7), height: view.getUint16(position + 5) }
    position += 2 + view.getUint16(position + 2)
  }
}

function webpSize(bytes: Uint8Array, view: DataView): { width: number; height: number } | null {
  const kind = ascii(bytes, 12, 16)
  if (kind === 'VP8 ') return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  if (kind === 'VP8L') {
    const bits = view.getUint32(21, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (kind !== 'VP8X') return null
  const uint24 = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000
  return { width: uint24(24) + 1, height: uint24(27) + 1 }
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end))
}

function decodeBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}
