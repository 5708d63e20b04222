import { ChevronDown, ListTree } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { TimelineHead } from '../../../domain/timeline.ts'
import { Amount } from '../../parts/Amount.tsx'
import { Empty } from '../../parts/Empty.tsx'
import { useLive, useNow } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { siteLabel } from '../../parts/site-name.ts'
import { agoText, momentText } from '../../parts/times.ts'
import { TimelineView } from './TimelineView.tsx'
import { requestStates, timelineWords } from './timeline-strings.ts'
import './timeline.css'

/** The latest requests; each opens to its steps. */
export function Requests() {
  const { value: heads, problem, reload } = useLive('timeline.list', {})
  const now = useNow(10_000)
  return (
    <div class="stack" data-testid="requests">
      <p class="lead">{timelineWords.lead}</p>
      <Problem facts={problem} onRetry={reload} />
      {heads === undefined ? (
        problem === null && <Loading rows={4} />
      ) : heads.length === 0 ? (
        <Empty icon={ListTree} title={timelineWords.empty}>
          {timelineWords.emptyText}
        </Empty>
      ) : (
        <div class="rows">
          {heads.map((head) => (
            <Request key={head.id} head={head} now={now} />
          ))}
        </div>
      )}
    </div>
  )
}

function Request({ head, now }: { head: TimelineHead; now: number }) {
  const [open, setOpen] = useState(false)
  return (
    <details class="timeline" data-testid="request-row" data-state={head.state} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="grow">
          <bdi class="timeline-site cut">{siteLabel(head.origin)}</bdi>
          <span class="timeline-what">
            {head.path} · {head.model === null ? timelineWords.noModel : plainText(head.model, 80)}
          </span>
        </span>
        <span class="timeline-right">
          <span class={`timeline-state ${head.state}`}>
            {requestStates[head.state]}
            {head.chargedMsat !== null && head.chargedMsat > 0 && (
              <>
                {' · '}
                <Amount msat={head.chargedMsat} />
              </>
            )}
          </span>
          <time title={momentText(head.startedAt)} dateTime={new Date(head.startedAt).toISOString()}>
            {agoText(head.startedAt, now)}
          </time>
        </span>
        <ChevronDown size={16} class="timeline-chevron" />
      </summary>
      {open && <TimelineView id={head.id} />}
    </details>
  )
}
