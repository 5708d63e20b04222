import { useState } from 'preact/hooks'
import { useSurroundings } from '../../parts/context.ts'
import { useFakeSats } from '../../parts/FakeSats.tsx'
import { useAct } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { Toggle } from '../../parts/Toggle.tsx'
import { DEVNET_URL, developerWords } from './strings.ts'

/** A second wallet with worthless sats; connects to the development network at its usual address. */
export function FakeSatsCard() {
  const { client } = useSurroundings()
  const on = useFakeSats()
  const act = useAct()
  const [busyWith, setBusyWith] = useState('')
  const change = async (next: boolean): Promise<void> => {
    setBusyWith(next ? developerWords.fakeSatsComing : developerWords.fakeSatsGoing)
    await act.run(() => client.call('fakesats.change', { on: next }))
    // where it usually is; when nothing answers there, the button below says so
    if (next) await client.call('developer.connect', { configUrl: DEVNET_URL }).catch(() => undefined)
  }
  return (
    <section class="card setting" data-testid="fake-sats-card" data-state={act.busy ? 'changing' : on === true ? 'on' : 'off'}>
      <div class="spread">
        <h2>{developerWords.fakeSats}</h2>
        <Toggle on={on === true} label={developerWords.fakeSats} testId="fake-sats-switch" disabled={act.busy || on === null} onChange={(next) => void change(next)} />
      </div>
      <p class="lead">{developerWords.fakeSatsHint}</p>
      <div aria-live="polite">{act.busy ? <p class="muted">{busyWith}</p> : on === true && <p class="notice good">{developerWords.fakeSatsOn(DEVNET_URL)}</p>}</div>
      <Problem facts={act.problem} />
    </section>
  )
}
