/** Times → figures → text. */
import type { Times, Topic } from './topic.ts'

export interface Figure {
  readonly topic: string
  readonly figure: string
  readonly n: number
  /** What the work itself takes when nobody else uses the machine. */
  readonly least: number
  readonly p50: number
  readonly p95: number
  readonly limit: string
  readonly kept: boolean
}

export function figuresOf(topic: Topic, runs: readonly Times[]): Figure[] {
  const names = [...new Set(runs.flatMap((times) => Object.keys(times)))]
  return names.map((figure) => {
    const times = runs.flatMap((run) => run[figure] ?? []).sort((a, b) => a - b)
    const [p50, p95] = [rank(times, 0.5), rank(times, 0.95)]
    const limit = topic.limits?.[figure]
    const texts = [limit?.p50 === undefined ? '' : `p50 ≤ ${limit.p50}`, limit?.p95 === undefined ? '' : `p95 ≤ ${limit.p95}`]
    return {
      topic: topic.name,
      figure,
      n: times.length,
      least: times[0] ?? Number.NaN,
      p50,
      p95,
      limit: texts.filter((text) => text !== '').join(', '),
      kept: p50 <= (limit?.p50 ?? Number.POSITIVE_INFINITY) && p95 <= (limit?.p95 ?? Number.POSITIVE_INFINITY),
    }
  })
}

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ topic, figure, n, least, p50, p95, limit, kept }) => [
    topic,
    figure,
    `${n}`,
    least.toFixed(1),
    p50.toFixed(1),
    p95.toFixed(1),
    limit,
    kept ? '' : 'OVER',
  ])
  const all = [['topic', 'figure, ms', 'n', 'least', 'p50', 'p95', 'limit', ''], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? []
  const isNumber = (column: number): boolean => column >= 2 && column <= 5
  return all
    .map((row) =>
      row
        .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Nearest rank of an ascending list. */
function rank(times: readonly number[], share: number): number {
  return times[Math.max(0, Math.ceil(times.length * share) - 1)] ?? Number.NaN
}
