import { Square } from 'lucide-preact'
import type { RunningRequest } from '../../messaging/ui-contract.ts'
import { countText } from '../parts/amounts.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { useAct, useNow } from '../parts/live.ts'
import { plainText } from '../parts/page-text.ts'
import { Problem } from '../parts/Problem.tsx'
import { siteLabel } from '../parts/site-name.ts'
import { phaseWords, popupWords } from './strings.ts'

export function Running({ running }: { running: readonly RunningRequest[] }) {
  const now = useNow(1000)
  if (running.length === 0) return null
  return (
    <section class="card" aria-label={popupWords.running}>
      <h2>{popupWords.running}</h2>
      <ul class="rows">
        {running.map((request) => (
          <RunningRow key={request.id} request={request} now={now} />
        ))}
      </ul>
    </section>
  )
}

function RunningRow({ request, now }: { request: RunningRequest; now: number }) {
  const { client } = useSurroundings()
  const act = useAct()
  const provider = request.providerName === null ? '' : ` · ${plainText(request.providerName, 60)}`
  return (
    <li class="running-row" data-testid="running-request" data-phase={request.phase}>
      <span class={`pulse ${request.phase}`} />
      <div class="grow">
        <p class="spread running-model">
          <span class="cut">{plainText(request.model, 80)}</span>
          <span class="muted small-text">
            {Math.max(0, Math.floor((now - request.startedAt) / 1000))}
            {'\u202f'}s
          </span>
        </p>
        <p class="cut muted small-text">
          <bdi>{siteLabel(request.origin)}</bdi>
          {provider}
        </p>
        <p class="small-text cut">
          <span aria-live="polite">{phaseWords[request.phase]}</span>
          {request.phase === 'streaming' && <span data-testid="received"> · {countText(request.received)} characters</span>}
        </p>
        <Problem facts={act.problem} />
      </div>
      <Button
        small
        kind="danger"
        icon={Square}
        busy={act.busy}
        onPress={() => void act.run(() => client.call('requests.stop', { requestId: request.id }))}
        testId="stop"
        label={`Stop ${plainText(request.model, 80)}`}
      >
        {popupWords.stop}
      </Button>
    </li>
  )
}
