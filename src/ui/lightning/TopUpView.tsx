import { CircleCheck, ExternalLink, PlugZap } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { TopUp } from '../../domain/lightning.ts'
import { fromSat } from '../../domain/msat.ts'
import type { MintBalance } from '../../domain/wallet.ts'
import { Amount } from '../parts/Amount.tsx'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { CopyField } from '../parts/CopyField.tsx'
import { useAct, useLive, useNow } from '../parts/live.ts'
import { plainText } from '../parts/page-text.ts'
import { Problem } from '../parts/Problem.tsx'
import { Qr } from '../parts/Qr.tsx'
import { Fiat } from './Fiat.tsx'
import { mintName } from './MintChoice.tsx'
import { Steps } from './Steps.tsx'
import { topUpWords } from './strings.ts'
import { validText } from './validity.ts'

const STEPS = ['waiting', 'paid', 'minting', 'done'] as const

/** One top-up: the invoice while it waits, then how the money arrives. */
export function TopUpView({ topUp, mints, rate, onAnother }: { topUp: TopUp; mints: readonly MintBalance[]; rate: number | null; onAnother: () => void }) {
  const now = useNow(1000)
  // the screen does not wait for the background to notice: an invoice that is over is not shown to be paid
  const state = topUp.state === 'waiting' && topUp.expiresAt !== null && topUp.expiresAt <= now ? 'expired' : topUp.state
  return (
    <div class="invoice" data-testid="top-up" data-state={state}>
      <p class="invoice-amount">
        <Amount msat={fromSat(topUp.amountSat)} />
        <Fiat msat={fromSat(topUp.amountSat)} rate={rate} />
      </p>
      {state !== 'expired' && <Steps steps={STEPS.map((step) => topUpWords.steps[step])} at={STEPS.indexOf(state)} over={state === 'done'} />}
      {state === 'waiting' && <Invoice topUp={topUp} mint={mintName(mints, topUp.mint)} now={now} />}
      {state === 'expired' && (
        <div class="notice warn" role="status">
          <div class="notice-body">
            <p>{topUpWords.expired}</p>
            <p class="small-text">{topUpWords.expiredLate}</p>
          </div>
        </div>
      )}
      {state === 'done' && (
        <p class="notice good" role="status" data-testid="top-up-done">
          <CircleCheck size={18} />
          <span>
            <Amount msat={fromSat(topUp.amountSat)} /> {topUpWords.done}
          </span>
        </p>
      )}
      {topUp.problem !== null && state !== 'done' && <p class="hint centred">{plainText(topUp.problem, 300)}</p>}
      {state !== 'done' && state !== 'expired' && <p class="hint centred">{topUpWords.later}</p>}
      <div class="buttons centre">
        <Button
          kind={state === 'done' || state === 'expired' ? 'primary' : 'quiet'}
          small={state !== 'done' && state !== 'expired'}
          onPress={onAnother}
          testId="top-up-another"
        >
          {state === 'expired' ? topUpWords.again : topUpWords.another}
        </Button>
      </div>
    </div>
  )
}

function Invoice({ topUp: { id, invoice, expiresAt }, mint, now }: { topUp: TopUp; mint: string; now: number }) {
  const { client } = useSurroundings()
  const { value: wallet } = useLive('nwc.get', {})
  const [asked, setAsked] = useState(false)
  const act = useAct()
  const pay = async (): Promise<void> => {
    const done = await act.run(() => client.call('nwc.pay', { topUpId: id }))
    if (done !== undefined) setAsked(true)
  }
  return (
    <>
      {wallet != null && (
        <div class="buttons centre">
          <Button kind="primary" icon={PlugZap} busy={act.busy} disabled={asked} onPress={() => void pay()} testId="pay-connected">
            {topUpWords.payConnected}
          </Button>
        </div>
      )}
      <div aria-live="polite">{asked && <p class="notice">{topUpWords.asked}</p>}</div>
      <Problem facts={act.problem} />
      {/* capitals make a coarser code, which old cameras read */}
      <Qr text={`lightning:${invoice}`.toUpperCase()} label={topUpWords.qr} />
      <p class="muted centred">
        {topUpWords.scan} {mint !== '' && <>For {mint}. </>}
        {expiresAt !== null && (
          <>
            {topUpWords.expires} <span data-testid="top-up-left">{validText(expiresAt - now)}</span>.
          </>
        )}
      </p>
      <CopyField text={invoice} label={topUpWords.invoice} testId="top-up-invoice" rows={2} />
      <div class="buttons centre">
        <a class="button plain small" href={`lightning:${invoice}`} data-testid="top-up-open">
          <ExternalLink size={15} />
          <span>{topUpWords.open}</span>
        </a>
      </div>
    </>
  )
}
