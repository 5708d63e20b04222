import { isMsat } from '../../../domain/msat.ts'
import { amountPhrase } from '../../parts/amounts.ts'

/** `0 sat`, `+1.234 sat` (came in and is nowhere), `−2 sat` (more than came in). */
export function differenceText(difference: number): string {
  const size = Math.abs(difference)
  if (!isMsat(size)) return 'not a whole number of msat'
  return `${difference === 0 ? '' : difference > 0 ? '+' : '−'}${amountPhrase(size)}`
}
