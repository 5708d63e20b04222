/** How money is written on the screens. The exact text comes from the domain; here is what a person needs to see of it. */
import { costUp, fromSat, isMsat, type Msat, satDown, satText } from '../../domain/msat.ts'

/** `exact`: to the msat · `whole`: full sats, down (what one can spend) · `about`: one decimal below 10 sat, up (what it may cost). */
export type Precision = 'exact' | 'whole' | 'about'

/** The number without its unit: `1 986`, `1.234`, `8.6`. */
export function amountText(amount: Msat, precision: Precision): string {
  if (precision === 'exact') return satText(amount)
  if (precision === 'whole') return satText(fromSat(satDown(amount)))
  return satText(roundedUp(amount))
}

/** With its unit, for sentences. A narrow no-break space keeps them on one line. */
export function amountPhrase(amount: Msat, precision: Precision = 'exact'): string {
  return `${amountText(amount, precision)}\u202fsat`
}

/** Up to a step that shows two or three meaningful digits: an estimate must never read lower than it is. */
function roundedUp(amount: Msat): Msat {
  const step = amount >= 10_000 ? 1000 : amount >= 100 ? 100 : 1
  return costUp(Math.ceil(amount / step) * step)
}

/** What somebody typed as whole sats: `1 000`, `1,000`, `1_000`. null when it is not a whole number of sats. */
export function parseSat(text: string): Msat | null {
  const digits = text.replace(/[\s_,'\u2009\u202f]/g, '')
  if (!/^\d{1,12}$/.test(digits)) return null
  const value = Number(digits) * 1000
  return isMsat(value) ? value : null
}

/** sats per token → sats per million tokens, as people compare prices. */
export function perMillion(satPerToken: number): string {
  const sat = satPerToken * 1_000_000
  if (!Number.isFinite(sat) || sat < 0) return '?'
  if (sat === 0) return '0'
  if (sat < 1) return sat.toPrecision(2)
  const decimals = sat < 10 ? 2 : sat < 100 ? 1 : 0
  const [whole = '0', rest] = sat.toFixed(decimals).split('.')
  const trimmed = rest?.replace(/0+$/, '') ?? ''
  return grouped(whole) + (trimmed === '' ? '' : `.${trimmed}`)
}

/** `12345` → `12 345` with thin spaces. */
export function countText(count: number): string {
  return grouped(Math.trunc(count).toString())
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, '\u2009')
}
