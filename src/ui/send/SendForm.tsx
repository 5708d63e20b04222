import { useId, useState } from 'preact/hooks'
import { isBitcoin, worthMsat } from '../../domain/units.ts'
import type { MintBalance } from '../../domain/wallet.ts'
import type { UiOutput } from '../../messaging/ui-contract.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { Field } from '../parts/Field.tsx'
import { useAct } from '../parts/live.ts'
import { moneyPhrase, unitName } from '../parts/Money.tsx'
import { plainText } from '../parts/page-text.ts'
import { Problem } from '../parts/Problem.tsx'
import { parseUnits, type SendAccount, sendAccounts } from './accounts.ts'
import { sendWords } from './strings.ts'
import { TokenToGive } from './TokenToGive.tsx'

/** Amount, account (mint and unit), memo → a token to hand over. */
export function SendForm({ mints }: { mints: readonly MintBalance[] }) {
  const { client } = useSurroundings()
  const id = useId()
  const accounts = sendAccounts(mints)
  const [chosen, setChosen] = useState<string | null>(null)
  const [amount, setAmount] = useState('')
  const [memo, setMemo] = useState('')
  const [made, setMade] = useState<UiOutput<'tokens.send'> | null>(null)
  const act = useAct()
  const account = accounts.find(({ key }) => key === chosen) ?? accounts.toSorted((a, b) => worthMsat(b.ready, b.unit) - worthMsat(a.ready, a.unit))[0]

  if (made !== null) {
    return (
      <div class="stack">
        <p class="notice good" role="status">
          <span>
            A token of {moneyPhrase(made.amount, made.unit)} is made. {sendWords.made}
          </span>
        </p>
        <TokenToGive token={made.token} />
        <p class="hint">{sendWords.takeBackHint}</p>
        <div>
          <Button onPress={() => setMade(null)}>{sendWords.another}</Button>
        </div>
      </div>
    )
  }
  if (account === undefined) return <p class="muted">{sendWords.noMint}</p>

  const value = parseUnits(amount)
  const error =
    amount === ''
      ? null
      : value === null
        ? sendWords.notNumber(unitName(account.unit))
        : value > account.ready
          ? `${sendWords.tooMuch} ${unitsPhrase(account.ready, account.unit)} of yours.`
          : null
  const send = async (): Promise<void> => {
    if (value === null || error !== null) return
    const result = await act.run(() =>
      client.call('tokens.send', { mint: account.url, unit: account.unit, amount: value, memo: memo.trim() === '' ? null : memo.trim() }),
    )
    if (result === undefined) return
    setMade(result)
    setAmount('')
    setMemo('')
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <Field
        label={sendWords.amount}
        value={amount}
        onInput={setAmount}
        numeric
        unit={unitName(account.unit)}
        error={error}
        maxLength={17}
        testId="send-amount"
      />
      <div class="field">
        <label for={id}>{sendWords.mint}</label>
        <select id={id} value={account.key} data-testid="send-mint" aria-describedby={`${id}-note`} onChange={(event) => setChosen(event.currentTarget.value)}>
          {accounts.map((candidate) => (
            <option key={candidate.key} value={candidate.key}>
              {nameOf(candidate)}
            </option>
          ))}
        </select>
        <p id={`${id}-note`} class="hint">
          {noteOn(account)}
        </p>
      </div>
      <Field label={sendWords.memo} value={memo} onInput={setMemo} maxLength={120} testId="send-memo" />
      <Problem facts={act.problem} />
      <div>
        <Button kind="primary" submit busy={act.busy} disabled={value === null || error !== null} testId="send-submit">
          {value !== null && error === null ? `${sendWords.submit} of ${moneyPhrase(value, account.unit)}` : sendWords.submit}
        </Button>
      </div>
    </form>
  )
}

function nameOf({ url, name, unit, ready, trusted }: SendAccount): string {
  return `${plainText(name, 40) || plainText(url, 60)}${trusted ? '' : ` (${sendWords.untrusted})`}: ${unitsPhrase(ready, unit)}`
}

/** In the unit that is typed. */
function unitsPhrase(amount: number, unit: string): string {
  return unit === 'msat' ? `${amount.toLocaleString('en').replaceAll(',', '\u2009')}\u202fmsat` : moneyPhrase(amount, unit)
}

function noteOn({ unit }: SendAccount): string {
  if (!isBitcoin(unit)) return sendWords.otherUnit(unitName(unit))
  return unit === 'msat' ? sendWords.msat : ''
}
