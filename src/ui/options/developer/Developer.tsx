import { CopyField } from '../../parts/CopyField.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct, useLive } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { Toggle } from '../../parts/Toggle.tsx'
import { Devnet } from './Devnet.tsx'
import './developer.css'
import { LedgerTable } from './LedgerTable.tsx'
import { developerWords, SAMPLE } from './strings.ts'

export function Developer() {
  const { client } = useSurroundings()
  const settings = useLive('settings.get', {})
  const act = useAct()
  return (
    <>
      <section class="card setting">
        <div class="spread">
          <h2>{developerWords.switch}</h2>
          <Toggle
            on={settings.value?.developer ?? false}
            label={developerWords.switch}
            testId="developer-switch"
            disabled={act.busy || settings.value === undefined}
            onChange={(developer) => void act.run(() => client.call('settings.set', { developer }))}
          />
        </div>
        <p class="lead">{developerWords.switchHint}</p>
        <Problem facts={act.problem ?? settings.problem} />
      </section>
      <Devnet />
      <LedgerTable />
      <section class="card stack">
        <h2>{developerWords.sample}</h2>
        <p class="lead">{developerWords.sampleHint}</p>
        <CopyField text={SAMPLE} label="Code sample" rows={5} />
      </section>
    </>
  )
}
