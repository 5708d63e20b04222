/** What a dollar is worth, from the price lists that are read anyway: nobody else is asked. Pure. */
import type { Catalogue } from './store.ts'

export interface Rate {
  readonly msatPerUsd: number
  /** When the youngest list that counted was read, ms. */
  readonly at: number
}

/** A list older than this says nothing about today. */
const MAX_AGE_MS = 24 * 60 * 60_000
/** Providers further from the middle than this are wrong, or lie. */
const MAX_DEVIATION = 0.2

/** The median over providers of the median over their models; null when nobody says. @param now ms */
export function rateOf(catalogues: readonly Pick<Catalogue, 'models' | 'at'>[], now: number): Rate | null {
  const said = catalogues.flatMap(({ models, at }) => {
    const satPerUsd = now - at > MAX_AGE_MS ? null : median(models.flatMap((model) => model.satPerUsd ?? []))
    return satPerUsd === null ? [] : [{ satPerUsd, at }]
  })
  const middle = median(said.map(({ satPerUsd }) => satPerUsd))
  if (middle === null) return null
  const agreeing = said.filter(({ satPerUsd }) => Math.abs(satPerUsd - middle) <= middle * MAX_DEVIATION)
  const rate = median(agreeing.map(({ satPerUsd }) => satPerUsd))
  return rate === null ? null : { msatPerUsd: rate * 1000, at: Math.max(...agreeing.map(({ at }) => at)) }
}

/** Of an even number: the lower of the two in the middle, so that the answer is one that somebody gave. */
function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}
