/**
 * How a site is named on the screens. The headline is always the origin exactly as the browser has it, international names in
 * their ASCII form (`xn--…`): nobody can imitate letters with it. What it reads as is shown below, with a warning (T11).
 * A frame of another site's page is named with that page, always (T7).
 */
import { partsOf, PROBES } from '../../domain/site.ts'

export interface SiteName {
  /** `https://` is left out, everything else of the origin is there: `http://localhost:3000`, `xn--80ak6aa92e.com`. */
  readonly headline: string
  /** What an international name reads as; null for plain names. */
  readonly readsAs: string | null
  /** `mixed`: one label mixes alphabets. `lookalike`: foreign letters that all look like Latin ones. */
  readonly warning: 'mixed' | 'lookalike' | null
}

/** In one line: `chat.example`, `widget.example in news.example`; `Probe` for what we asked ourselves. */
export function siteLabel(site: string): string {
  if (site === PROBES) return 'Probe'
  const { origin, embedder } = partsOf(site)
  return embedder === null ? siteName(origin).headline : `${siteName(origin).headline} in ${siteName(embedder).headline}`
}

/** @param origin one origin; of a frame, see `partsOf` */
export function siteName(origin: string): SiteName {
  const headline = origin.startsWith('https://') ? origin.slice('https://'.length) : origin
  const host = URL.parse(origin)?.hostname ?? ''
  if (!host.includes('xn--')) return { headline, readsAs: null, warning: null }
  const labels = host.split('.').map(decodeLabel)
  const warnings = labels.map(labelWarning)
  const warning = warnings.includes('mixed') ? 'mixed' : warnings.includes('lookalike') ? 'lookalike' : null
  return { headline, readsAs: labels.join('.'), warning }
}

const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Hebrew', 'Arabic', 'Devanagari', 'Thai', 'Georgian', 'Cherokee', 'Hangul'] as const
const SCRIPT_TESTS = SCRIPTS.map((script) => ({ script, test: new RegExp(`\\p{Script=${script}}`, 'u') }))
/** Japanese mixes these by nature; together they count as one. */
const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}]/u
/** Cyrillic and Greek letters that draw like Latin ones. */
const LATIN_SHAPES = /^[авеикмнорстухѕіјһԁԛԝӏүαικνορυχ\d-]+$/u

export function labelWarning(label: string): SiteName['warning'] {
  const found = new Set<string>()
  for (const letter of label) {
    if (!/\p{L}/u.test(letter)) continue
    if (EAST_ASIAN.test(letter)) found.add('EastAsian')
    else found.add(SCRIPT_TESTS.find(({ test }) => test.test(letter))?.script ?? 'other')
  }
  if (found.size > 1 && !(found.size === 2 && found.has('Latin') && found.has('EastAsian'))) return 'mixed'
  if (!found.has('Latin') && found.size === 1 && LATIN_SHAPES.test(label)) return 'lookalike'
  return null
}

function decodeLabel(label: string): string {
  if (!label.startsWith('xn--')) return label
  return decodePunycode(label.slice(4)) ?? label
}

/** RFC 3492 §6.2. @returns null when it is not valid punycode */
export function decodePunycode(input: string): string | null {
  const cut = input.lastIndexOf('-')
  const output = cut > 0 ? [...input.slice(0, cut)].map((letter) => letter.charCodeAt(0)) : []
  let code = 128
  let index = 0
  let bias = 72
  for (let at = cut > 0 ? cut + 1 : 0; at < input.length; ) {
    const before = index
    for (let weight = 1, k = 36; ; k += 36) {
      const digit = digitOf(input.charCodeAt(at++))
      if (digit === null) return null
      index += digit * weight
      const threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias
      if (digit < threshold) break
      weight *= 36 - threshold
      if (weight > 0x7fffffff) return null
    }
    const length = output.length + 1
    bias = adapt(index - before, length, before === 0)
    code += Math.floor(index / length)
    index %= length
    if (code > 0x10ffff) return null
    output.splice(index++, 0, code)
  }
  return String.fromCodePoint(...output)
}

function digitOf(character: number): number | null {
  if (character >= 48 && character <= 57) return character - 22
  if (character >= 97 && character <= 122) return character - 97
  if (character >= 65 && character <= 90) return character - 65
  return null
}

function adapt(delta: number, length: number, first: boolean): number {
  let rest = first ? Math.floor(delta / 700) : delta >> 1
  rest += Math.floor(rest / length)
  let k = 0
  for (; rest > 455; k += 36) rest = Math.floor(rest / 35)
  return k + Math.floor((36 * rest) / (rest + 38))
}
