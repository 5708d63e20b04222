/**
 * Text of strangers (pages, mints, providers, token memos) before it is shown (T11). Preact renders it as text, so markup is harmless;
 * what is left to fear is text that lies about where it begins, ends or comes from: control and bidi characters, invisible letters,
 * towers of accents, endless length.
 */

/** Controls, formats (bidi, zero-width, tags), private use, unassigned, lone surrogates, line and paragraph separators. */
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u
/** Letters that draw nothing: Hangul and Khmer fillers, braille blank, combining joiner, variation selectors. */
const INVISIBLE = /\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0|\u2800|\u034f|[\u180b-\u180d]|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/u
const MARK = /\p{M}/u
const SPACE = /\p{Zs}/u

/**
 * @param most characters that remain; a cut text ends with `…`
 * @param lines keep line breaks (at most two in a row); otherwise everything is one line
 */
export function plainText(text: string, most: number, lines = false): string {
  // the loop below looks at each character; a foreign text of any length must not make it long
  const source = text.slice(0, most * 20 + 1000).normalize('NFC')
  const out: string[] = []
  let marks = 0
  let breaks = 0
  let gap = false
  for (const character of source) {
    if (lines && character === '\n') {
      gap = false
      breaks += 1
      if (breaks <= 2 && out.length > 0) out.push('\n')
      continue
    }
    if (SPACE.test(character) || /[\t\n\r\u2028\u2029]/.test(character)) {
      gap = true
      continue
    }
    if (UNSHOWABLE.test(character) || INVISIBLE.test(character)) continue
    if (MARK.test(character)) {
      marks += 1
      if (marks > 2) continue
    } else marks = 0
    if (gap && out.length > 0 && out.at(-1) !== '\n') out.push(' ')
    gap = false
    breaks = 0
    out.push(character)
    if (out.length > most) break
  }
  while (/^\s$/.test(out.at(-1) ?? '')) out.pop()
  if (out.length <= most) return out.join('')
  return `${out
    .slice(0, most - 1)
    .join('')
    .trimEnd()}…`
}
