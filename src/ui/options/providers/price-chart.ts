/** Prices as lines in steps: a price holds until the next one was read. Pure. */
import type { PricePoint } from '../../../domain/provider-record.ts'

export const WIDTH = 640
export const HEIGHT = 180
const TOP = 18
const BOTTOM = 10

export interface Chart {
  /** Paths of an SVG of `WIDTH` × `HEIGHT`. */
  readonly prompt: string
  readonly completion: string
  /** Lines to read the height by; sats per token. */
  readonly levels: readonly { readonly y: number; readonly sat: number }[]
}

/** @param points oldest first @param until ms: the last price held until then at least */
export function chartOf(points: readonly PricePoint[], until: number): Chart {
  const from = points[0]?.at ?? until
  const to = Math.max(until, points.at(-1)?.at ?? until)
  const most = Math.max(...points.flatMap(({ promptSat, completionSat }) => [promptSat, completionSat]), 0)
  const x = (at: number): number => (to === from ? 0 : round(((at - from) / (to - from)) * WIDTH))
  const y = (sat: number): number => round(HEIGHT - BOTTOM - (most === 0 ? 0 : (sat / most) * (HEIGHT - TOP - BOTTOM)))
  const line = (pick: (point: PricePoint) => number): string => {
    const steps = points.map((point, index) => (index === 0 ? `M0 ${y(pick(point))}` : `H${x(point.at)}V${y(pick(point))}`))
    return points.length === 0 ? '' : `${steps.join('')}H${WIDTH}`
  }
  const levels = most === 0 ? [0] : [0, most / 2, most]
  return { prompt: line((point) => point.promptSat), completion: line((point) => point.completionSat), levels: levels.map((sat) => ({ y: y(sat), sat })) }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
