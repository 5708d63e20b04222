import { useId, useState } from 'preact/hooks'
import type { MintBalance } from '../../domain/wallet.ts'
import type { UiOutput } from '../../messaging/ui-contract.ts'
import { amountPhrase, parseSat } from '../parts/amounts.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { Field } from '../parts/Field.tsx'
import { useAct } from '../parts/live.ts'
import { plainText } from '../parts/page-text.ts'
import { Problem } from '../parts/Problem.tsx'
import { sendWords } from './strings.ts'
import { TokenToGive } from './TokenToGive.tsx'

/** Amount, mint, memo → a token to hand over. */
export function SendForm({ mints }: { mints: readonly MintBalance[] }) {
  const { client } = useSurroundings()
  const id = useId()
  const funded = mints.filter((mint) => mint.readyMsat > 0)
  const [chosen, setChosen] = useState<string | null>(null)
  const [amount, setAmount] = useState('')
  const [memo, setMemo] = useState('')
  const [made, setMade] = useState<UiOutput<'tokens.send'> | null>(null)
  const act = useAct()
  const mint = funded.find((candidate) => candidate.mint.url === chosen) ?? funded.toSorted((a, b) => b.readyMsat - a.readyMsat)[0]

  if (made !== null) {
    return (
      <div class="stack">
        <p class="notice good" role="status">
          <span>
            A token of {amountPhrase(made.amountMsat)} is made. {sendWords.made}
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
  if (mint === undefined) return <p class="muted">{sendWords.noMint}</p>

  const value = parseSat(amount)
  const error =
    amount === ''
      ? null
      : value === null || value === 0
        ? sendWords.notNumber
        : value > mint.readyMsat
          ? `This mint holds ${amountPhrase(mint.readyMsat, 'whole')} of yours.`
          : null
  const send = async (): Promise<void> => {
    if (value === null || error !== null) return
    const result = await act.run(() =>
      client.call('tokens.send', { mint: mint.mint.url, amountSat: value / 1000, memo: memo.trim() === '' ? null : memo.trim() }),
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
      <Field label={sendWords.amount} value={amount} onInput={setAmount} numeric unit="sat" error={error} maxLength={14} testId="send-amount" />
      <div class="field">
        <label for={id}>{sendWords.mint}</label>
        <select id={id} value={mint.mint.url} data-testid="send-mint" onChange={(event) => setChosen(event.currentTarget.value)}>
          {funded.map((candidate) => (
            <option key={candidate.mint.url} value={candidate.mint.url}>
              {plainText(candidate.mint.name, 40) || candidate.mint.url}: {amountPhrase(candidate.readyMsat, 'whole')}
            </option>
          ))}
        </select>
      </div>
      <Field label={sendWords.memo} value={memo} onInput={setMemo} maxLength={120} testId="send-memo" />
      <Problem facts={act.problem} />
      <div>
        <Button kind="primary" submit busy={act.busy} disabled={value === null || error !== null} testId="send-submit">
          {value !== null && error === null ? `${sendWords.submit} of ${amountPhrase(value)}` : sendWords.submit}
        </Button>
      </div>
    </form>
  )
}
