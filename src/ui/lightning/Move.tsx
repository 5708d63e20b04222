import { CircleCheck, Undo2 } from 'lucide-preact'
import { useState } from 'preact/hooks'
import { fromSat } from '../../domain/msat.ts'
import type { MintBalance } from '../../domain/wallet.ts'
import type { UiOutput } from '../../messaging/ui-contract.ts'
import { Amount } from '../parts/Amount.tsx'
import { amountPhrase, parseSat } from '../parts/amounts.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { Facts } from '../parts/Facts.tsx'
import { Field } from '../parts/Field.tsx'
import { useAct } from '../parts/live.ts'
import { plainText } from '../parts/page-text.ts'
import { Problem } from '../parts/Problem.tsx'
import { Toggle } from '../parts/Toggle.tsx'
import { Fiat, useRate } from './Fiat.tsx'
import { MintChoice, satAt } from './MintChoice.tsx'
import { Steps } from './Steps.tsx'
import { moveWords, topUpWords, withdrawWords } from './strings.ts'
import './lightning.css'

/** Between own mints: a payment of the one to an invoice of the other. */
export function Move({ mints, lightning }: { mints: readonly MintBalance[]; lightning: UiOutput<'lightning.get'> }) {
  const { client } = useSurroundings()
  const rate = useRate()
  const [chosenFrom, setFrom] = useState<string | null>(null)
  const [chosenTo, setTo] = useState<string | null>(null)
  const [typed, setTyped] = useState('')
  const [all, setAll] = useState(false)
  const [quote, setQuote] = useState<UiOutput<'moves.quote'> | null>(null)
  const [started, setStarted] = useState<string | null>(null)
  const [left, setLeft] = useState(false)
  const act = useAct()
  const sources = mints.filter((mint) => satAt(mint) > 0).toSorted((a, b) => satAt(b) - satAt(a))
  const from = sources.find(({ mint }) => mint.url === chosenFrom) ?? sources[0]
  const targets = mints.filter(({ trusted, mint }) => trusted && mint.url !== from?.mint.url)
  const to = targets.find(({ mint }) => mint.url === chosenTo) ?? targets[0]
  const open = lightning.withdrawals.find(({ state, topUpId }) => topUpId !== null && (state === 'requested' || state === 'pending'))
  const shown = started ?? (left ? null : (open?.id ?? null))

  if (shown !== null)
    return (
      <Moving
        lightning={lightning}
        id={shown}
        onAnother={() => {
          setStarted(null)
          setLeft(true)
        }}
      />
    )
  if (from === undefined || to === undefined) return <p class="muted">{moveWords.nothing}</p>

  const amount = all ? null : parseSat(typed)
  const tooMuch = amount !== null && amount > satAt(from) * 1000
  const ask = async (): Promise<void> => {
    const found = await act.run(() => client.call('moves.quote', { from: from.mint.url, to: to.mint.url, amountSat: amount === null ? null : amount / 1000 }))
    if (found !== undefined) setQuote(found)
  }
  const start = async ({ withdrawalId }: UiOutput<'moves.quote'>): Promise<void> => {
    if ((await act.run(() => client.call('moves.start', { withdrawalId }))) === undefined) return
    setQuote(null)
    setTyped('')
    setStarted(withdrawalId)
  }
  const change = (set: () => void): void => {
    if (quote !== null) void client.call('withdrawals.forget', { id: quote.withdrawalId }).catch(() => undefined)
    set()
    setQuote(null)
    act.clear()
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (quote === null && (all || (amount !== null && amount > 0 && !tooMuch))) void ask()
      }}
    >
      <p class="lead">{moveWords.lead}</p>
      <div class="two">
        <MintChoice label={moveWords.from} mints={sources} value={from.mint.url} onChange={(url) => change(() => setFrom(url))} testId="move-from" />
        <MintChoice label={moveWords.to} mints={targets} value={to.mint.url} onChange={(url) => change(() => setTo(url))} testId="move-to" />
      </div>
      <div class="spread">
        <span class="label">{moveWords.all}</span>
        <Toggle on={all} label={moveWords.all} onChange={(on) => change(() => setAll(on))} testId="move-all" />
      </div>
      {!all && (
        <Field
          label={withdrawWords.amount}
          value={typed}
          onInput={(text) => change(() => setTyped(text))}
          numeric
          unit="sat"
          maxLength={14}
          error={
            typed === ''
              ? null
              : amount === null || amount === 0
                ? topUpWords.notNumber
                : tooMuch
                  ? `This mint holds ${amountPhrase(fromSat(satAt(from)))} of yours.`
                  : null
          }
          hint={amount !== null && amount > 0 ? <Fiat msat={amount} rate={rate} /> : undefined}
          testId="move-amount"
        />
      )}
      {quote !== null && (
        <div class="stack cost" data-testid="move-cost">
          <Facts
            rows={[
              [moveWords.arrives, <Amount msat={fromSat(quote.arrivesSat)} testId="move-arrives" />],
              [
                withdrawWords.reserve,
                <>
                  {withdrawWords.upTo} <Amount msat={fromSat(quote.feeReserveSat)} />
                </>,
              ],
              quote.inputFeeSat === 0 ? null : [withdrawWords.inputFee, <Amount msat={fromSat(quote.inputFeeSat)} />],
              [moveWords.leaves, <Amount msat={fromSat(quote.arrivesSat + quote.feeReserveSat + quote.inputFeeSat)} />],
            ]}
          />
        </div>
      )}
      <Problem facts={act.problem} />
      <div>
        {quote === null ? (
          <Button key="cost" kind="primary" submit busy={act.busy} disabled={!all && (amount === null || amount === 0 || tooMuch)} testId="move-quote">
            {moveWords.cost}
          </Button>
        ) : (
          <Button key="start" kind="primary" busy={act.busy} onPress={() => void start(quote)} testId="move-start">
            {moveWords.start(amountPhrase(fromSat(quote.arrivesSat)))}
          </Button>
        )}
      </div>
    </form>
  )
}

/** Both halves of a move as one way. */
function Moving({ lightning, id, onAnother }: { lightning: UiOutput<'lightning.get'>; id: string; onAnother: () => void }) {
  const paying = lightning.withdrawals.find((row) => row.id === id)
  const arriving = lightning.topUps.find((row) => row.id === paying?.topUpId)
  if (paying === undefined) return null
  const isOver = paying.state === 'failed' || arriving?.state === 'done'
  const at = arriving?.state === 'done' ? 3 : arriving?.state === 'minting' ? 2 : paying.state === 'paid' ? 1 : 0
  return (
    <div class="invoice" data-testid="move" data-state={paying.state} data-arriving={arriving?.state}>
      <p class="invoice-amount">
        <Amount msat={fromSat(paying.amountSat)} />
      </p>
      {paying.state === 'failed' ? (
        <p class="notice warn" role="status">
          <Undo2 size={18} />
          <span>{withdrawWords.failed}</span>
        </p>
      ) : (
        <Steps steps={['Being paid', 'Paid', 'Being minted', 'Arrived']} at={at} over={at === 3} />
      )}
      {arriving?.state === 'done' && (
        <p class="notice good" role="status" data-testid="move-done">
          <CircleCheck size={18} />
          <span>
            <Amount msat={fromSat(paying.amountSat)} /> {moveWords.moved}
            {paying.feeSat !== null && (
              <>
                {' '}
                {withdrawWords.cost2} <Amount msat={fromSat(paying.feeSat)} />.
              </>
            )}
          </span>
        </p>
      )}
      {[paying.problem, arriving?.problem ?? null].map((problem) => problem !== null && <p class="hint">{plainText(problem, 400)}</p>)}
      {!isOver && <p class="hint centred">{topUpWords.later}</p>}
      <div class="buttons centre">
        <Button kind={isOver ? 'primary' : 'quiet'} onPress={onAnother} testId="move-another">
          {moveWords.another}
        </Button>
      </div>
    </div>
  )
}
