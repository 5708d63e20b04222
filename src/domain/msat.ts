/**
 * Money: whole millisatoshi, and the only place where amounts are rounded (design §5.4).
 * Costs are rounded up, change is rounded down: we never promise more than there is.
 */
declare const unit: unique symbol
/** A non-negative safe integer number of millisatoshi. */
export type Msat = number & { readonly [unit]: 'msat' }

export const ZERO_MSAT = 0 as Msat

/** @throws RangeError unless `value` is a non-negative safe integer. */
export function msat(value: number): Msat {
  if (!isMsat(value)) throw new RangeError(`not an amount in msat: ${value}`)
  return value
}

export function isMsat(value: number): value is Msat {
  return Number.isSafeInteger(value) && value >= 0
}

/** Whole satoshi → msat. */
export function fromSat(sat: number): Msat {
  return msat(sat * 1000)
}

/** A computed cost (fractions of a msat happen) → msat, up. */
export function costUp(value: number): Msat {
  return msat(Math.max(0, Math.ceil(value - 1e-9)))
}

/** The least number of whole satoshi that covers `amount`. */
export function satUp(amount: Msat): number {
  return Math.ceil(amount / 1000)
}

/** The whole satoshi inside `amount`: what a sat mint can give back. */
export function satDown(amount: Msat): number {
  return Math.floor(amount / 1000)
}

export function addMsat(...amounts: readonly Msat[]): Msat {
  return sumMsat(amounts)
}

/** Of however many. */
export function sumMsat(amounts: Iterable<Msat>): Msat {
  let sum = 0
  for (const amount of amounts) sum += amount
  return msat(sum)
}

/** `a - b`, never below zero. */
export function lessMsat(a: Msat, b: Msat): Msat {
  return msat(Math.max(0, a - b))
}

export function maxMsat(a: Msat, b: Msat): Msat {
  return a > b ? a : b
}

export function minMsat(a: Msat, b: Msat): Msat {
  return a < b ? a : b
}

/** For messages: `12`, `12.345`, `1 234` sat with thin spaces, without the unit. */
export function satText(amount: Msat): string {
  const whole = satDown(amount)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u2009')
  const rest = amount % 1000
  return rest === 0 ? whole : `${whole}.${rest.toString().padStart(3, '0').replace(/0+$/, '')}`
}
