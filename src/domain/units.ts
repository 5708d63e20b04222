/** Units of ecash. `sat` and `msat` are bitcoin and pay for requests; any other unit is only kept, shown and sent away. */
import { type Msat, msat, ZERO_MSAT } from './msat.ts'

export function isBitcoin(unit: string): unit is 'sat' | 'msat' {
  return unit === 'sat' || unit === 'msat'
}

/** Worth of `amount` whole units; 0 for units that are not bitcoin: they are in no sum of ours. */
export function worthMsat(amount: number, unit: string): Msat {
  if (!isBitcoin(unit)) return ZERO_MSAT
  return msat(unit === 'sat' ? amount * 1000 : amount)
}

/** Whole sat → whole units of a bitcoin account. */
export function unitsOfSat(sat: number, unit: 'sat' | 'msat'): number {
  return unit === 'sat' ? sat : sat * 1000
}

/** For messages: `12 sat`, `1 500 msat`, `350 usd`. */
export function unitText(amount: number, unit: string): string {
  return `${amount.toString().replace(/\B(?=(\d{3})+$)/g, '\u2009')} ${unit}`
}
