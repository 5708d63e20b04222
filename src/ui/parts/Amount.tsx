import type { Msat } from '../../domain/msat.ts'
import { amountText, type Precision } from './amounts.ts'

/** `1 986 sat`, on one line, digits of equal width. */
export function Amount({ msat, precision = 'exact', testId }: { msat: Msat; precision?: Precision; testId?: string }) {
  return (
    <span class="amount" data-msat={msat} data-testid={testId}>
      {amountText(msat, precision)}
      <span class="unit">{'\u202f'}sat</span>
    </span>
  )
}
