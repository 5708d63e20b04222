import { useEffect, useRef, useState } from 'preact/hooks'
import type { PayTarget } from '../../domain/lightning.ts'
import { fromSat } from '../../domain/msat.ts'
import type { MintBalance } from '../../domain/wallet.ts'
import { Amount } from '../parts/Amount.tsx'
import { amountPhrase, countText, parseSat } from '../parts/amounts.ts'
import { Button } from '../parts/Button.tsx'
import { Facts } from '../parts/Facts.tsx'
import { Field } from '../parts/Field.tsx'
import { useNow } from '../parts/live.ts'
import { plainText } from '../parts/page-text.ts'
import { Fiat } from './Fiat.tsx'
import { MintChoice, satAt } from './MintChoice.tsx'
import { topUpWords, withdrawWords } from './strings.ts'
import { validText } from './validity.ts'

interface Props {
  readonly target: PayTarget
  /** Those that hold something, the fullest first. */
  readonly mints: readonly MintBalance[]
  readonly rate: number | null
  readonly busy: boolean
  readonly onQuote: (amountSat: number | null, mint: string) => void
  readonly onBack: () => void
}

/** What the pasted text asks for; the amount where it leaves that open. */
export function Target({ target, mints, rate, busy, onQuote, onBack }: Props) {
  const now = useNow(1000)
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<string | null>(null)
  const fixed = target.kind === 'invoice' ? target.amountSat : null
  const amount = fixed === null ? parseSat(typed) : fromSat(fixed)
  const least = target.kind === 'address' ? target.minSat : 1
  const most = target.kind === 'address' ? target.maxSat : Number.MAX_SAFE_INTEGER
  const outside = amount !== null && (amount < least * 1000 || amount > most * 1000)
  const between = target.kind === 'address' ? withdrawWords.between(countText(least), countText(most)) : undefined
  // the mint that is left with least: small rests gather where they are
  const able = amount === null ? mints : mints.filter((mint) => satAt(mint) * 1000 > amount)
  const mint = mints.find(({ mint: { url } }) => url === chosen) ?? able[0] ?? mints[0]
  const says = plainText(target.description, 400)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <form
      class="stack"
      data-testid="withdraw-target"
      onSubmit={(event) => {
        event.preventDefault()
        if (amount !== null && !outside && mint !== undefined && !busy) onQuote(fixed === null ? amount / 1000 : null, mint.mint.url)
      }}
    >
      <h3 ref={heading} tabIndex={-1}>
        {target.kind === 'address' ? plainText(target.address, 200) : topUpWords.invoice}
      </h3>
      <Facts
        rows={[
          says === '' ? null : [withdrawWords.says, <span class="target-says">{says}</span>],
          fixed === null
            ? null
            : [
                withdrawWords.amount,
                <>
                  <Amount msat={fromSat(fixed)} testId="withdraw-asked" /> <Fiat msat={fromSat(fixed)} rate={rate} />
                </>,
              ],
          target.kind === 'invoice' && target.expiresAt !== null ? [withdrawWords.expiresIn, validText(target.expiresAt - now)] : null,
        ]}
      />
      {fixed === null && (
        <Field
          label={withdrawWords.amount}
          value={typed}
          onInput={setTyped}
          numeric
          unit="sat"
          maxLength={14}
          error={typed !== '' && (amount === null || amount === 0) ? topUpWords.notNumber : typed !== '' && outside ? (between ?? topUpWords.notNumber) : null}
          hint={amount !== null && amount > 0 && rate !== null ? <Fiat msat={amount} rate={rate} /> : between}
          testId="withdraw-amount"
        />
      )}
      {mint !== undefined && <MintChoice label={withdrawWords.mint} mints={mints} value={mint.mint.url} onChange={setChosen} testId="withdraw-mint" />}
      <div class="buttons">
        <Button kind="primary" submit busy={busy} disabled={amount === null || amount === 0 || outside} testId="withdraw-quote">
          {amount !== null && amount > 0 && fixed === null ? `${withdrawWords.cost}: ${amountPhrase(amount)}` : withdrawWords.cost}
        </Button>
        <Button kind="quiet" onPress={onBack} testId="withdraw-back">
          {withdrawWords.back}
        </Button>
      </div>
    </form>
  )
}
