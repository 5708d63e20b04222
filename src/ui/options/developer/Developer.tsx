import { useSurroundings } from '../../parts/context.ts'
import { useAct, useLive } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { Toggle } from '../../parts/Toggle.tsx'
import { Devnet } from './Devnet.tsx'
import './developer.css'
import { FakeSatsCard } from './FakeSatsCard.tsx'
import { ForPages } from './ForPages.tsx'
import { LedgerTable } from './LedgerTable.tsx'
import { developerWords } from './strings.ts'

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
      <FakeSatsCard />
      <Devnet />
      <LedgerTable />
      <ForPages />
    </>
  )
}
