import { Receipt as ReceiptIcon } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { Receipt } from '../../../domain/receipt.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Empty } from '../../parts/Empty.tsx'
import { useAct, useLive, useNow } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { ReceiptItem } from '../../receipts/ReceiptItem.tsx'
import { joined } from './pages.ts'
import { activityWords } from './strings.ts'

const PAGE = 50

/** The newest page follows the background; older ones are read on demand and stay. */
export function Receipts() {
  const { client } = useSurroundings()
  const { value: newest, problem, reload } = useLive('activity.list', { before: null, limit: PAGE })
  const [older, setOlder] = useState<readonly Receipt[]>([])
  const [ended, setEnded] = useState(false)
  const act = useAct()
  const now = useNow(30_000)
  if (newest === undefined) return problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />
  const receipts = joined(newest, older)
  const last = receipts.at(-1)
  const more = async (): Promise<void> => {
    if (last === undefined) return
    const page = await act.run(() => client.call('activity.list', { before: { finishedAt: last.finishedAt, id: last.id }, limit: PAGE }))
    if (page === undefined) return
    setOlder((before) => joined(before, page))
    if (page.length < PAGE) setEnded(true)
  }
  return (
    <>
      <p class="lead">{activityWords.lead}</p>
      <Problem facts={problem} onRetry={reload} />
      <section class="card activity">
        {last === undefined ? (
          <Empty icon={ReceiptIcon} title={activityWords.empty}>
            {activityWords.emptyText}
          </Empty>
        ) : (
          <div class="rows">
            {receipts.map((receipt) => (
              <ReceiptItem key={receipt.id} receipt={receipt} now={now} testId="receipt-row" />
            ))}
          </div>
        )}
      </section>
      <Problem facts={act.problem} />
      {newest.length >= PAGE && !ended && (
        <div>
          <Button busy={act.busy} onPress={() => void more()} testId="load-more">
            {activityWords.more}
          </Button>
        </div>
      )}
      {ended && <p class="muted">{activityWords.end}</p>}
    </>
  )
}
