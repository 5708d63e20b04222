/** Lines of the history, day by day. Pure. */
import type { Movement } from '../../../domain/movement.ts'
import { dayText } from '../../parts/times.ts'

export interface Day {
  readonly title: string
  readonly movements: readonly Movement[]
}

/** @param movements newest first @param now for `Today` and `Yesterday`, ms */
export function daysOf(movements: readonly Movement[], now: number): readonly Day[] {
  const today = dayText(now)
  const yesterday = dayText(now - 86_400_000)
  const days = Map.groupBy(movements, ({ at }) => dayText(at))
  return [...days].map(([day, lines]) => ({ title: day === today ? 'Today' : day === yesterday ? 'Yesterday' : day, movements: lines }))
}

/** Two lists as one, newest first, each line once; the first list is the fresher one. */
export function joined(fresh: readonly Movement[], rest: readonly Movement[]): readonly Movement[] {
  const seen = new Set(fresh.map(({ id }) => id))
  return [...fresh, ...rest.filter(({ id }) => !seen.has(id))].toSorted((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
}
