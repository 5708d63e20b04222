/** Small guards for text and JSON that strangers wrote: sizes are checked before parsing, nothing is ever cast. */

/** The parsed value, or undefined when the text is too long or no JSON. @param maxCharacters cap checked before parsing */
export function parseJson(text: string, maxCharacters: number): unknown {
  if (text.length > maxCharacters) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An array whose items are still unknown; anything else gives an empty one. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A whole number ≥ 0 that JavaScript holds exactly; anything else gives null. */
export function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

// control characters, and the invisible characters that reorder or hide text on a screen
const UNPRINTABLE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/gu

/** One line for the screen: control, invisible and direction-changing characters become spaces, cut to `max` characters. */
export function cleanText(text: string, max: number): string {
  const line = text
    .slice(0, max * 4)
    .replace(UNPRINTABLE, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  return cutText(line, max)
}

/** At most `max` UTF-16 units, never half a character at the end. */
export function cutText(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).replace(/[\ud800-\udbff]$/, '')
}

/** Unicode code points, as Python's `len` counts them. */
export function codePoints(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length - 1; index++) {
    const isPair = (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00
    if (!isPair) continue
    count--
    index++
  }
  return count
}
