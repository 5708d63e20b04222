import { useState } from 'preact/hooks'
import type { PayTarget } from '../../domain/lightning.ts'
import type { MintBalance } from '../../domain/wallet.ts'
import type { UiOutput } from '../../messaging/ui-contract.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { useAct } from '../parts/live.ts'
import { Problem } from '../parts/Problem.tsx'
import { useRate } from './Fiat.tsx'
import { satAt } from './MintChoice.tsx'
import { PastedField } from './PastedField.tsx'
import { Quote } from './Quote.tsx'
import { withdrawWords } from './strings.ts'
import { Target } from './Target.tsx'
import { WithdrawalView } from './WithdrawalView.tsx'
import './lightning.css'

/** The step the screen is at; a payment itself lives in its row, and is found there again. */
type Step =
  | { readonly at: 'enter' }
  | { readonly at: 'target'; readonly text: string; readonly target: PayTarget }
  | { readonly at: 'quote'; readonly text: string; readonly target: PayTarget; readonly quote: UiOutput<'withdrawals.quote'> }
  | { readonly at: 'payment'; readonly id: string; readonly isAddress: boolean }

/** Invoice or address → what it asks → what it costs → paid. Nothing moves before the last press. */
export function Withdraw({ mints, lightning }: { mints: readonly MintBalance[]; lightning: UiOutput<'lightning.get'> }) {
  const { client } = useSurroundings()
  const rate = useRate()
  const [text, setText] = useState('')
  const [step, setStep] = useState<Step>({ at: 'enter' })
  const act = useAct()
  const funded = mints.filter((mint) => satAt(mint) > 0).toSorted((a, b) => satAt(b) - satAt(a))
  // after a reload: what is still on its way is shown first
  const open = lightning.withdrawals.find(({ state, topUpId }) => topUpId === null && (state === 'requested' || state === 'pending'))
  const [left, setLeft] = useState(false)

  const read = async (entered: string): Promise<void> => {
    const target = await act.run(() => client.call('withdrawals.read', { text: entered }))
    if (target !== undefined) setStep({ at: 'target', text: entered, target })
  }
  const quote = async (from: Extract<Step, { at: 'target' }>, amountSat: number | null, mint: string): Promise<void> => {
    const found = await act.run(() => client.call('withdrawals.quote', { text: from.text, amountSat, mint }))
    if (found !== undefined) setStep({ ...from, at: 'quote', quote: found })
  }
  const pay = async (id: string, isAddress: boolean): Promise<void> => {
    if ((await act.run(() => client.call('withdrawals.pay', { id }))) === undefined) return
    setText('')
    setStep({ at: 'payment', id, isAddress })
  }
  const cancel = (id: string): void => void act.run(() => client.call('withdrawals.cancel', { id }))
  const again = (): void => {
    act.clear()
    setText('')
    setLeft(true)
    setStep({ at: 'enter' })
  }

  switch (step.at) {
    case 'enter': {
      if (open !== undefined && !left)
        return (
          <div class="stack">
            <WithdrawalView withdrawal={open} isAddress={false} rate={rate} onAnother={again} onCancel={() => cancel(open.id)} />
            <Problem facts={act.problem} />
          </div>
        )
      if (funded.length === 0) return <p class="muted">{withdrawWords.nothing}</p>
      return (
        <div class="stack">
          <PastedField
            label={withdrawWords.label}
            placeholder={withdrawWords.placeholder}
            hint={withdrawWords.hint}
            value={text}
            go={withdrawWords.go}
            scan={withdrawWords.scan}
            check={(found) => (looksPayable(found) ? null : withdrawWords.scanned)}
            busy={act.busy}
            onInput={(next) => {
              setText(next)
              act.clear()
            }}
            onGo={(entered) => void read(entered.trim())}
            testId="withdraw-input"
          />
          <Problem facts={act.problem} />
        </div>
      )
    }
    case 'target':
      return (
        <div class="stack">
          <Target
            target={step.target}
            mints={funded}
            rate={rate}
            busy={act.busy}
            onQuote={(amountSat, mint) => void quote(step, amountSat, mint)}
            onBack={() => {
              act.clear()
              setStep({ at: 'enter' })
            }}
          />
          <Problem facts={act.problem} />
        </div>
      )
    case 'quote':
      return (
        <div class="stack">
          <Quote
            quote={step.quote}
            isAddress={step.target.kind === 'address'}
            mints={mints}
            rate={rate}
            busy={act.busy}
            onPay={() => void pay(step.quote.id, step.target.kind === 'address')}
            onBack={() => {
              act.clear()
              void client.call('withdrawals.forget', { id: step.quote.id }).catch(() => undefined)
              setStep({ at: 'target', text: step.text, target: step.target })
            }}
          />
          <Problem facts={act.problem} />
        </div>
      )
    case 'payment': {
      const withdrawal = lightning.withdrawals.find(({ id }) => id === step.id)
      return withdrawal === undefined ? (
        <div>
          <Button onPress={again}>{withdrawWords.another}</Button>
        </div>
      ) : (
        <div class="stack">
          <WithdrawalView withdrawal={withdrawal} isAddress={step.isAddress} rate={rate} onAnother={again} onCancel={() => cancel(withdrawal.id)} />
          <Problem facts={act.problem} />
        </div>
      )
    }
    default:
      return step satisfies never
  }
}

/** Only a first look at a scanned code; the background reads it properly. */
function looksPayable(text: string): boolean {
  return /^(lightning:)?(ln(bc|tb|tbs|bcrt)|lnurl1|[^\s@]+@[^\s@]+$)/i.test(text.trim())
}
