import { Zap } from 'lucide-preact'
import { useState } from 'preact/hooks'
import { fromSat, type Msat } from '../../domain/msat.ts'
import type { MintBalance } from '../../domain/wallet.ts'
import type { UiOutput } from '../../messaging/ui-contract.ts'
import { amountPhrase } from '../parts/amounts.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { useAct } from '../parts/live.ts'
import { Problem } from '../parts/Problem.tsx'
import { AmountChoice, USUAL_SAT } from './AmountChoice.tsx'
import { useRate } from './Fiat.tsx'
import { MintChoice } from './MintChoice.tsx'
import { topUpWords } from './strings.ts'
import { TopUpView } from './TopUpView.tsx'
import './lightning.css'

/** Mint and amount → an invoice, watched until the notes are there. An open one is shown again after a reload. */
export function TopUp({ mints, lightning }: { mints: readonly MintBalance[]; lightning: UiOutput<'lightning.get'> }) {
  const { client } = useSurroundings()
  const rate = useRate()
  const trusted = mints.filter((mint) => mint.trusted)
  const [chosen, setChosen] = useState<string | null>(null)
  const [amount, setAmount] = useState<Msat | null>(fromSat(USUAL_SAT[1]))
  const [shown, setShown] = useState<string | 'form' | null>(null)
  const act = useAct()
  const mint = trusted.find(({ mint: { url } }) => url === chosen) ?? trusted.toSorted((a, b) => b.readyMsat - a.readyMsat)[0]
  // nothing chosen yet: what was begun before the page was opened
  const begun = lightning.topUps.find(({ state, payer }) => payer !== 'own mint' && (state === 'waiting' || state === 'paid' || state === 'minting'))
  const topUp = shown === 'form' ? undefined : (lightning.topUps.find(({ id }) => id === shown) ?? begun)
  if (topUp !== undefined)
    return (
      <TopUpView
        key={topUp.id}
        topUp={topUp}
        mints={mints}
        rate={rate}
        onAnother={() => {
          setAmount(fromSat(USUAL_SAT[1]))
          setShown('form')
        }}
      />
    )
  if (mint === undefined) return <p class="muted">{topUpWords.noMint}</p>

  const make = async (): Promise<void> => {
    if (amount === null) return
    const made = await act.run(() => client.call('topups.create', { mint: mint.mint.url, amountSat: amount / 1000 }))
    if (made !== undefined) setShown(made.id)
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void make()
      }}
    >
      <p class="lead">{topUpWords.lead}</p>
      <AmountChoice value={amount} rate={rate} onChange={setAmount} />
      <MintChoice label={topUpWords.mint} mints={trusted} value={mint.mint.url} onChange={setChosen} testId="top-up-mint" />
      <Problem facts={act.problem} />
      <div>
        <Button kind="primary" submit icon={Zap} busy={act.busy} disabled={amount === null} testId="top-up-make">
          {amount === null ? topUpWords.make : topUpWords.makeOf(amountPhrase(amount))}
        </Button>
      </div>
    </form>
  )
}
