import { satDown } from '../../domain/msat.ts'
import type { Overview } from '../../messaging/ui-contract.ts'
import { Amount } from '../parts/Amount.tsx'
import { popupWords } from './strings.ts'

/** What can be spent now; below it what is elsewhere and will come back. */
export function BalanceCard({ overview }: { overview: Overview }) {
  return (
    <section class="balance" aria-label="Balance">
      <p class="balance-number">
        <Amount msat={overview.balanceMsat} precision="whole" testId="balance" />
      </p>
      {overview.onDepositMsat > 0 && (
        <p class="balance-more">
          + <Amount msat={overview.onDepositMsat} precision={satDown(overview.onDepositMsat) >= 10 ? 'whole' : 'exact'} testId="on-deposit" />{' '}
          {popupWords.onDeposit}
        </p>
      )}
      {overview.pendingMsat > 0 && (
        <p class="balance-more">
          + <Amount msat={overview.pendingMsat} testId="pending" /> {popupWords.arriving}
        </p>
      )}
    </section>
  )
}
