import { type Msat, satDown } from '../../domain/msat.ts'
import type { Overview } from '../../messaging/ui-contract.ts'
import { Fiat, useRate } from '../lightning/Fiat.tsx'
import { Amount } from '../parts/Amount.tsx'
import { popupWords } from './strings.ts'

/** What can be spent now; below it what is elsewhere and will come back. */
export function BalanceCard({ overview, elsewhereMsat }: { overview: Overview; elsewhereMsat: Msat }) {
  const rate = useRate()
  return (
    <section class="balance" aria-label="Balance">
      <p class="balance-number">
        <Amount msat={overview.balanceMsat} precision="whole" testId="balance" />
      </p>
      {overview.balanceMsat > 0 && (
        <p>
          <Fiat msat={overview.balanceMsat} rate={rate} />
        </p>
      )}
      {overview.onDepositMsat > 0 && (
        <p class="balance-more">
          + <Amount msat={overview.onDepositMsat} precision={satDown(overview.onDepositMsat) >= 10 ? 'whole' : 'exact'} testId="on-deposit" />{' '}
          {popupWords.onDeposit}
        </p>
      )}
      {overview.owedMsat > 0 && (
        <p class="balance-more">
          <Amount msat={overview.owedMsat} testId="owed" /> {popupWords.owed}
        </p>
      )}
      {elsewhereMsat > 0 && (
        <p class="balance-more">
          + <Amount msat={elsewhereMsat} precision="whole" testId="elsewhere" /> {popupWords.elsewhere}
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
