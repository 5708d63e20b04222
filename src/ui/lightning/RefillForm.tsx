import { useState } from 'preact/hooks'
import type { ConnectedWallet } from '../../domain/lightning.ts'
import type { MintBalance } from '../../domain/wallet.ts'
import { countText, parseSat } from '../parts/amounts.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { useAct } from '../parts/live.ts'
import { Problem } from '../parts/Problem.tsx'
import { say } from '../parts/toasts.ts'
import { Toggle } from '../parts/Toggle.tsx'
import { MintChoice } from './MintChoice.tsx'
import { walletWords } from './strings.ts'

const USUAL = { thresholdSat: 1_000, amountSat: 5_000, dailyCapSat: 10_000 }

/** "When less than [1 000] sat are left, ask for [5 000] sat, at most [10 000] sat per day." */
export function RefillForm({ wallet: { refill, refilledTodaySat }, mints }: { wallet: ConnectedWallet; mints: readonly MintBalance[] }) {
  const { client } = useSurroundings()
  const shown = refill ?? USUAL
  const [open, setOpen] = useState(false)
  const [mint, setMint] = useState<string | null>(null)
  const [threshold, setThreshold] = useState(countText(shown.thresholdSat))
  const [amount, setAmount] = useState(countText(shown.amountSat))
  const [cap, setCap] = useState(countText(shown.dailyCapSat))
  const act = useAct()
  const chosen = mint ?? refill?.mint ?? mints[0]?.mint.url
  const [thresholdSat, amountSat, dailyCapSat] = [threshold, amount, cap].map(satOf)
  const isRight = thresholdSat != null && amountSat != null && dailyCapSat != null && amountSat <= dailyCapSat
  const isSaved =
    refill !== null &&
    isRight &&
    chosen === refill.mint &&
    thresholdSat === refill.thresholdSat &&
    amountSat === refill.amountSat &&
    dailyCapSat === refill.dailyCapSat
  const save = async (): Promise<void> => {
    if (!isRight || chosen === undefined) return
    if ((await act.run(() => client.call('nwc.refill', { refill: { mint: chosen, thresholdSat, amountSat, dailyCapSat } }))) !== undefined)
      say(walletWords.saved)
  }
  const toggle = (on: boolean): void => {
    setOpen(on)
    if (!on && refill !== null) void act.run(() => client.call('nwc.refill', { refill: null }))
  }
  const isOn = refill !== null || open
  return (
    <div class="stack sub">
      <div class="spread">
        <h3>{walletWords.refill}</h3>
        <Toggle on={isOn} label={walletWords.refill} disabled={mints.length === 0} onChange={toggle} testId="refill" />
      </div>
      {!isOn && <p class="hint">{mints.length === 0 ? walletWords.noMint : walletWords.refillOff}</p>}
      {isOn && chosen !== undefined && (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault()
            void save()
          }}
        >
          <p class="refill-sentence">
            {walletWords.when} <Inline value={threshold} label="Threshold" onInput={setThreshold} testId="refill-threshold" />
            {walletWords.left} <Inline value={amount} label="Amount of one refill" onInput={setAmount} testId="refill-amount" />
            {walletWords.most} <Inline value={cap} label="Limit of a day" onInput={setCap} testId="refill-cap" />
            {walletWords.perDay}
          </p>
          <div class="refill-mint">
            <MintChoice label={walletWords.refillAt} mints={mints} value={chosen} onChange={setMint} testId="refill-mint" />
          </div>
          {!isRight && (
            <p class="field-error" role="status">
              {walletWords.wrong}
            </p>
          )}
          <div class="buttons">
            <Button kind={isSaved ? 'plain' : 'primary'} small submit busy={act.busy} disabled={!isRight || isSaved} testId="refill-save">
              {walletWords.save}
            </Button>
            {refill !== null && (
              <span class="hint" data-testid="refill-today">
                {walletWords.today(countText(refilledTodaySat), countText(refill.dailyCapSat))}
              </span>
            )}
          </div>
          <Problem facts={act.problem} />
        </form>
      )}
    </div>
  )
}

function Inline({ value, label, onInput, testId }: { value: string; label: string; onInput: (text: string) => void; testId: string }) {
  return (
    <span class={`input${satOf(value) === null ? ' wrong' : ''}`}>
      <input
        type="text"
        inputMode="numeric"
        autocomplete="off"
        maxLength={12}
        aria-label={`${label}, sat`}
        aria-invalid={satOf(value) === null}
        value={value}
        data-testid={testId}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </span>
  )
}

function satOf(text: string): number | null {
  const amount = parseSat(text)
  return amount === null || amount === 0 ? null : amount / 1000
}
