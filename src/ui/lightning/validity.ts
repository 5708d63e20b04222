import { countdownText } from '../parts/times.ts'

const HOUR = 60 * 60_000

/** How long something is still good for: `4:59`, `3 h`, `2 days`. */
export function validText(leftMs: number): string {
  if (leftMs < HOUR) return countdownText(leftMs)
  const hours = Math.floor(leftMs / HOUR)
  return hours < 48 ? `${hours}\u202fh` : `${Math.floor(hours / 24)} days`
}
