import { CalendarClock } from 'lucide-preact'
import type { BatchView } from '../../../domain/batch.ts'
import { amountPhrase } from '../../parts/amounts.ts'
import { Button, ConfirmButton } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Empty } from '../../parts/Empty.tsx'
import { useAct, useLive, useNow } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { Site } from '../../parts/Site.tsx'
import { momentText, untilText } from '../../parts/times.ts'
import { waitingWords } from './strings.ts'

/** What sites have left here to be asked when it is cheap enough. */
export function Waiting() {
  const { value: batches, problem, reload } = useLive('batches.list', {})
  const now = useNow(30_000)
  if (batches === undefined) return problem === null ? <Loading rows={4} /> : <Problem facts={problem} onRetry={reload} />
  return (
    <>
      <p class="lead">{waitingWords.lead}</p>
      <Problem facts={problem} onRetry={reload} />
      {batches.length === 0 ? (
        <section class="card">
          <Empty icon={CalendarClock} title={waitingWords.empty}>
            {waitingWords.emptyText}
          </Empty>
        </section>
      ) : (
        <ul class="stack">
          {batches.map((batch) => (
            <BatchCard key={batch.id} batch={batch} now={now} />
          ))}
        </ul>
      )}
    </>
  )
}

function BatchCard({ batch, now }: { batch: BatchView; now: number }) {
  const { client } = useSurroundings()
  const act = useAct()
  const { id, origin, counts, requests, before, costMsat, mostMsat, models, kept, waitsFor } = batch
  const over = counts.done + counts.refused + counts.failed + counts.cancelled
  return (
    <li class="card stack" data-testid="batch" data-waiting={counts.waiting}>
      <div class="spread">
        <Site origin={origin} testId="batch-site" />
        <span class="muted small-text" title={momentText(before)}>
          {counts.waiting > 0 && `${waitingWords.until} ${untilText(before, now)}`}
        </span>
      </div>
      <p>
        {waitingWords.progress(over, requests)} · <span class="muted">{models.map((model) => plainText(model, 60)).join(', ')}</span>
      </p>
      <progress class="meter" max={requests} value={over} aria-label={waitingWords.progress(over, requests)} />
      <p class="muted small-text">{waitingWords.states(counts)}</p>
      <p class="muted small-text" data-testid="batch-cost">
        {waitingWords.cost(amountPhrase(costMsat), amountPhrase(mostMsat))} {kept > 0 && waitingWords.kept(Math.ceil(kept / 1000))}
      </p>
      {waitsFor !== null && <p class="muted small-text">{plainText(waitsFor, 240)}</p>}
      <Problem facts={act.problem} />
      <div class="buttons">
        {counts.waiting > 0 && (
          <Button small busy={act.busy} onPress={() => void act.run(() => client.call('batches.cancel', { id }))} testId="batch-cancel">
            {waitingWords.cancel}
          </Button>
        )}
        {counts.running === 0 && (
          <ConfirmButton small kind="quiet" busy={act.busy} question={waitingWords.forgetQuestion} confirm={waitingWords.forget} onConfirm={() => void act.run(() => client.call('batches.forget', { id }))} testId="batch-forget">
            {waitingWords.forget}
          </ConfirmButton>
        )}
      </div>
    </li>
  )
}
