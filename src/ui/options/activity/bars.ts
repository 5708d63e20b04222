/** Amounts as bars. Pure. */
import { maxMsat, type Msat, ZERO_MSAT } from '../../../domain/msat.ts'

export const WIDTH = 640
export const HEIGHT = 140
/** Of the place of one bar. */
const GAP = 0.25
/** What was spent at all can be seen. */
const LEAST = 2

export interface Bar {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export function barsOf(amounts: readonly Msat[]): { readonly bars: readonly Bar[]; readonly most: Msat } {
  const most = amounts.reduce(maxMsat, ZERO_MSAT)
  const place = WIDTH / Math.max(1, amounts.length)
  const bars = amounts.map((amount, index) => {
    const height = amount === 0 ? 0 : Math.max(LEAST, round((amount / most) * (HEIGHT - 4)))
    return { x: round(index * place + (place * GAP) / 2), y: round(HEIGHT - height), width: round(place * (1 - GAP)), height }
  })
  return { bars, most }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
