import { History as HistoryIcon } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { Movement, MovementFilter } from '../../../domain/movement.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Empty } from '../../parts/Empty.tsx'
import { useAct, useLive, useNow } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { daysOf, joined } from './days.ts'
import { ExportHistory } from './ExportHistory.tsx'
import { MovementRow } from './MovementRow.tsx'
import { FILTERS, historyWords } from './words.ts'
import './history.css'

/** Where the money came from and where it went. */
export function History() {
  const [filter, setFilter] = useState<MovementFilter>('all')
  return (
    <>
      <p class="lead">{historyWords.lead}</p>
      <div class="history-filters" role="group" aria-label={historyWords.filter}>
        {FILTERS.map(([name, title]) => (
          <button
            key={name}
            type="button"
            class="history-filter"
            aria-pressed={name === filter}
            data-testid={`history-${name}`}
            onClick={() => setFilter(name)}
          >
            {title}
          </button>
        ))}
      </div>
      <Lines key={filter} filter={filter} />
      <ExportHistory />
    </>
  )
}

const PAGE = 50

/** The newest page follows the background; older ones are read on demand and stay. */
function Lines({ filter }: { filter: MovementFilter }) {
  const { client } = useSurroundings()
  const { value: newest, problem, reload } = useLive('history.list', { before: null, limit: PAGE, filter })
  const [older, setOlder] = useState<readonly Movement[]>([])
  const [ended, setEnded] = useState(false)
  const act = useAct()
  const now = useNow(60_000)
  if (newest === undefined) return problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />
  const movements = joined(newest.movements, older)
  const last = movements.at(-1)
  const more = async (): Promise<void> => {
    if (last === undefined) return
    const page = await act.run(() => client.call('history.list', { before: { at: last.at, id: last.id }, limit: PAGE, filter }))
    if (page === undefined) return
    setOlder((before) => joined(before, page.movements))
    setEnded(!page.more)
  }
  return (
    <>
      <Problem facts={problem} onRetry={reload} />
      {last === undefined ? (
        <section class="card">
          <Empty icon={HistoryIcon} title={filter === 'all' ? historyWords.empty : historyWords.emptyFilter}>
            {filter === 'all' && historyWords.emptyText}
          </Empty>
        </section>
      ) : (
        daysOf(movements, now).map(({ title, movements: lines }) => (
          <section key={title} class="card stack history-day">
            <h2>{title}</h2>
            <ul class="rows">
              {lines.map((movement) => (
                <MovementRow key={movement.id} movement={movement} />
              ))}
            </ul>
          </section>
        ))
      )}
      <Problem facts={act.problem} />
      {newest.more && !ended && (
        <div>
          <Button busy={act.busy} onPress={() => void more()} testId="history-more">
            {historyWords.more}
          </Button>
        </div>
      )}
      {ended && <p class="muted">{historyWords.end}</p>}
    </>
  )
}
