import type { MintListView } from '../../../domain/backup.ts'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { Toggle } from '../../parts/Toggle.tsx'
import { safetyWords } from './strings.ts'

export function MintListCard({ list }: { list: MintListView }) {
  const { client } = useSurroundings()
  const act = useAct()
  return (
    <section class="card setting">
      <div class="spread">
        <h2>{safetyWords.list}</h2>
        <Toggle
          on={list.on}
          label={safetyWords.list}
          disabled={act.busy}
          testId="mint-list"
          onChange={(on) => void act.run(() => client.call('mintList.set', { on }))}
        />
      </div>
      <p class="lead">{safetyWords.listText}</p>
      {list.on && list.problem === null && list.publishedAt !== null && <p class="hint">On the relays since {new Date(list.publishedAt).toLocaleString()}</p>}
      {list.problem !== null && <p class="notice warn">{list.problem}</p>}
      <Problem facts={act.problem} />
    </section>
  )
}
