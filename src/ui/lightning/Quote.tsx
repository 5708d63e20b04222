import { useEffect, useRef } from 'preact/hooks'
import type { Withdrawal } from '../../domain/lightning.ts'
import { fromSat } from '../../domain/msat.ts'
import type { MintBalance } from '../../domain/wallet.ts'
import { Amount } from '../parts/Amount.tsx'
import { amountPhrase } from '../parts/amounts.ts'
import { Button } from '../parts/Button.tsx'
import { Facts } from '../parts/Facts.tsx'
import { useNow } from '../parts/live.ts'
import { Fiat } from './Fiat.tsx'
import { mintName } from './MintChoice.tsx'
import { Payee } from './Payee.tsx'
import { withdrawWords } from './strings.ts'
import { validText } from './validity.ts'

interface Props {
  readonly quote: Withdrawal
  /** The payee is an address that was entered, not what an invoice says. */
  readonly isAddress: boolean
  readonly mints: readonly MintBalance[]
  readonly rate: number | null
  readonly busy: boolean
  readonly onPay: () => void
  readonly onBack: () => void
}

/** The last look before money moves. The focus stays on the heading: paying is a press of its own. */
export function Quote({ quote, isAddress, mints, rate, busy, onPay, onBack }: Props) {
  const now = useNow(1000)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const lapsed = quote.expiresAt !== null && quote.expiresAt <= now
  return (
    <div class="stack" data-testid="withdraw-cost">
      <h3 ref={heading} tabIndex={-1}>
        <Payee withdrawal={quote} isAddress={isAddress} />
      </h3>
      <div class="stack cost">
        <Facts
          rows={[
            [
              withdrawWords.amount,
              <>
                <Amount msat={fromSat(quote.amountSat)} /> <Fiat msat={fromSat(quote.amountSat)} rate={rate} />
              </>,
            ],
            [
              withdrawWords.reserve,
              <>
                {withdrawWords.upTo} <Amount msat={fromSat(quote.feeReserveSat)} testId="withdraw-reserve" />
              </>,
            ],
            quote.inputFeeSat === 0 ? null : [withdrawWords.inputFee, <Amount msat={fromSat(quote.inputFeeSat)} />],
            [withdrawWords.mint, mintName(mints, quote.mint)],
            [
              withdrawWords.total,
              <>
                <Amount msat={fromSat(quote.totalSat)} testId="withdraw-total" /> <Fiat msat={fromSat(quote.totalSat)} rate={rate} />
              </>,
            ],
          ]}
        />
      </div>
      <p class="hint">
        {withdrawWords.reserveHint} {quote.expiresAt !== null && !lapsed && `${withdrawWords.lapses} ${validText(quote.expiresAt - now)}.`}
      </p>
      {lapsed && <p class="field-error">{withdrawWords.lapsed}</p>}
      <div class="buttons">
        <Button kind="primary" busy={busy} disabled={lapsed} onPress={onPay} testId="withdraw-pay">
          {withdrawWords.pay(amountPhrase(fromSat(quote.amountSat)))}
        </Button>
        <Button kind="quiet" disabled={busy} onPress={onBack} testId="withdraw-back">
          {withdrawWords.back}
        </Button>
      </div>
    </div>
  )
}
