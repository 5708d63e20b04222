import { CircleCheck, CircleSlash, Hourglass } from 'lucide-preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import './approval.css'
import type { Decision } from '../../domain/approval.ts'
import { useSurroundings } from '../parts/context.ts'
import { useAct, useLive, useNow } from '../parts/live.ts'
import { Loading } from '../parts/Loading.tsx'
import { OfflineNote, Problem } from '../parts/Problem.tsx'
import { LockedQuestion } from './LockedQuestion.tsx'
import { Question } from './Question.tsx'
import { endingOf } from './question-state.ts'
import { type Ending, endingWords } from './strings.ts'

/** Keeps the worker awake and notices a withdrawal even when a change was missed (security §4.4). */
const HEARTBEAT_MS = 20_000
const CLOSE_AFTER_MS = 2000

/** One question, from loading to its end. In its own window it closes that window; in the popup it only shows. */
export function Approval({ id, ownWindow }: { id: string; ownWindow: boolean }) {
  const { client } = useSurroundings()
  const { value: view, problem, reload } = useLive('approvals.get', { id })
  const act = useAct()
  const now = useNow(1000)
  const [decided, setDecided] = useState<Ending | null>(null)
  /** Gone is only what was never there or answered elsewhere; a question seen open that vanishes was withdrawn. */
  const seen = useRef(false)

  useEffect(() => {
    const timer = setInterval(reload, HEARTBEAT_MS)
    return () => clearInterval(timer)
  }, [reload])

  const found = view === undefined ? null : endingOf(view, now)
  if (found === null && view !== undefined) seen.current = true
  const ending = decided ?? (found === 'gone' && seen.current ? 'withdrawn' : found)

  useEffect(() => {
    if (ending === null || !ownWindow) return
    // our own answer needs no reading; everything else does
    const timer = setTimeout(() => window.close(), decided === null ? CLOSE_AFTER_MS : 0)
    return () => clearTimeout(timer)
  }, [ending, decided, ownWindow])

  const decide = async (decision: Decision): Promise<void> => {
    const done = await act.run(() => client.call('approvals.decide', { id, decision }))
    if (done === undefined) reload()
    else setDecided(decision.kind === 'approve' ? 'approved' : decision.kind === 'reject' ? 'rejected' : 'blocked')
  }

  const Frame = ownWindow ? 'main' : 'div'
  return (
    <Frame class={ownWindow ? 'approval-window' : 'approval-inline'}>
      <OfflineNote />
      {ending !== null ? (
        <Ended ending={ending} ownWindow={ownWindow} />
      ) : view !== undefined && view !== null && (view.locked || view.approval.reason === 'locked') ? (
        <LockedQuestion view={view} act={act} onReject={() => void decide({ kind: 'reject' })} />
      ) : view !== undefined && view !== null ? (
        <Question key={id} view={view} act={act} onDecide={(decision) => void decide(decision)} />
      ) : problem !== null ? (
        <Problem facts={problem} onRetry={reload} />
      ) : (
        <Loading rows={6} />
      )}
    </Frame>
  )
}

function Ended({ ending, ownWindow }: { ending: Ending; ownWindow: boolean }) {
  const Icon = ending === 'approved' ? CircleCheck : ending === 'expired' ? Hourglass : CircleSlash
  return (
    <div class="ended" role="status" data-testid="approval-ended" data-ending={ending}>
      <Icon size={36} class={ending === 'approved' ? 'good' : 'muted'} />
      <h1>{endingWords[ending].title}</h1>
      <p class="muted">{endingWords[ending].text}</p>
      {ownWindow && <p class="muted small-text">This window closes by itself.</p>}
    </div>
  )
}
