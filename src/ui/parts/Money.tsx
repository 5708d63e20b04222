import { isBitcoin, worthMsat } from '../../domain/units.ts'
import { Amount } from './Amount.tsx'
import { amountPhrase, countText } from './amounts.ts'
import { plainText } from './page-text.ts'

/** Money in the unit of its account: bitcoin as sat, anything else as the mint calls it and beside no other sum. */
export function Money({ amount, unit, testId }: { amount: number; unit: string; testId?: string | undefined }) {
  if (isBitcoin(unit)) return <Amount msat={worthMsat(amount, unit)} {...(testId === undefined ? {} : { testId })} />
  return (
    <span class="amount" data-amount={amount} data-unit={unitName(unit)} data-testid={testId}>
      {countText(amount)}
      <span class="unit">
        {'\u202f'}
        {unitName(unit)}
      </span>
    </span>
  )
}

/** The same for sentences. */
export function moneyPhrase(amount: number, unit: string): string {
  return isBitcoin(unit) ? amountPhrase(worthMsat(amount, unit)) : `${countText(amount)}\u202f${unitName(unit)}`
}

/** A unit is a word of the mint. */
export function unitName(unit: string): string {
  return plainText(unit, 12) || '?'
}
