import { Ban, Wallet } from 'lucide-preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Decision } from '../../domain/approval.ts'
import { partsOf } from '../../domain/site.ts'
import type { ApprovalView } from '../../messaging/ui-contract.ts'
import { readDraft } from '../limits/limit-draft.ts'
import { limitPhrase } from '../limits/limit-phrase.ts'
import { amountPhrase } from '../parts/amounts.ts'
import { ConfirmButton } from '../parts/Button.tsx'
import type { Act } from '../parts/live.ts'
import { plainText } from '../parts/page-text.ts'
import { Problem } from '../parts/Problem.tsx'
import { Site } from '../parts/Site.tsx'
import { ReceiveForm } from '../receive/ReceiveForm.tsx'
import { Choice, type Chosen } from './Choice.tsx'
import { CostCard, OverLimit } from './CostCard.tsx'
import { Countdown } from './Countdown.tsx'
import { firstDraft, floorOf, onceDecision, raised } from './question-state.ts'
import { RequestView } from './RequestView.tsx'
import { approvalWords, reasonWords } from './strings.ts'
import { useArming } from './use-arming.ts'

interface Props {
  readonly view: ApprovalView
  readonly act: Act
  readonly onDecide: (decision: Decision) => void
}

/** The open question. Remounted for each approval, so nothing of one is left in the next. */
export function Question({ view, act, onDecide }: Props) {
  const { approval } = view
  const onceOffered = approval.request !== null
  const [chosen, setChosen] = useState<Chosen>(onceOffered ? 'once' : 'period')
  const [draft, setDraft] = useState(() => firstDraft(view))
  const reading = readDraft(draft, floorOf(view))
  const short = view.shortMsat > 0
  const terms = chosen === 'period' ? reading.terms : null
  const ready = !short && !act.busy && (chosen === 'once' || terms !== null)

  const approve = useArming(`${approval.id} ${short}`, () => {
    if (!ready) return
    if (chosen === 'once') onDecide(onceDecision(approval))
    else if (terms !== null) onDecide({ kind: 'approve', terms })
  })
  const reject = useRef<HTMLButtonElement>(null)
  useEffect(() => reject.current?.focus({ preventScroll: true }), [])
  const raise = raised(view)
  const over = view.budget !== null && raise !== null && (approval.reason === 'period_limit' || approval.reason === 'request_limit')
  const pageReason = approval.pageReason === null ? '' : plainText(approval.pageReason, 280)
  const usable = ready && approve.armed

  return (
    <section class="approval" data-testid="approval" data-id={approval.id} aria-labelledby="approval-title">
      <header class="approval-head">
        <p class="approval-meta">
          {view.waiting > 1 && (
            <span class="chip" data-testid="queue-position">
              {view.position} of {view.waiting}
            </span>
          )}
          {view.firstTime && <span class="chip accent">{approvalWords.firstTime}</span>}
          <Countdown expiresAt={approval.expiresAt} />
        </p>
        <h1 id="approval-title" class="approval-title">
          <Site origin={approval.origin} big testId="approval-origin" />
          <span class="approval-asks">{approval.request === null ? approvalWords.asksGrant : approvalWords.asks}</span>
        </h1>
      </header>
      <div class="approval-body">
        {partsOf(approval.origin).embedder !== null && <p class="muted">{approvalWords.inFrame}</p>}
        <CostCard view={view} />
        {pageReason !== '' && (
          <p class="page-says" data-testid="page-reason">
            <span class="label">{approvalWords.pageSays}</span> <bdi>{pageReason}</bdi>
          </p>
        )}
        {over && raise !== null && (
          <OverLimit
            view={view}
            raiseTo={raiseLabel(view, raise)}
            onRaise={() => {
              setDraft(raise)
              setChosen('period')
            }}
          />
        )}
        {!over && reasonWords[approval.reason] !== null && <p class="muted">{reasonWords[approval.reason]}</p>}
        {short ? (
          <div class="short stack" data-testid="wallet-short">
            <p class="notice warn">
              <Wallet size={18} />
              <span>
                <strong>
                  {approvalWords.short} {amountPhrase(view.shortMsat, 'about')}.
                </strong>{' '}
                {approvalWords.shortHint}
              </span>
            </p>
            <ReceiveForm compact />
          </div>
        ) : (
          <Choice chosen={chosen} onceOffered={onceOffered} draft={draft} reading={reading} onChoose={setChosen} onDraft={setDraft} />
        )}
        {approval.request !== null && <RequestView request={approval.request} />}
        <Problem facts={act.problem} />
      </div>
      <footer class="approval-foot">
        <div class="approval-buttons">
          <button ref={reject} type="button" class="button plain" data-testid="reject" disabled={act.busy} onClick={() => onDecide({ kind: 'reject' })}>
            <span>{approvalWords.reject}</span>
          </button>
          <button
            type="button"
            class={`button primary approve${approve.armed ? ' armed' : ''}`}
            data-testid="approve"
            data-armed={approve.armed}
            aria-disabled={!usable}
            title={approve.armed ? undefined : approvalWords.arming}
            {...approve.handlers}
          >
            <span>{approvalWords.approve}</span>
          </button>
        </div>
        <ConfirmButton
          kind="quiet"
          small
          icon={Ban}
          question={approvalWords.blockQuestion}
          confirm={approvalWords.blockConfirm}
          onConfirm={() => onDecide({ kind: 'block' })}
          testId="block-site"
        >
          {approvalWords.block}
        </ConfirmButton>
      </footer>
    </section>
  )
}

function raiseLabel(view: ApprovalView, raise: NonNullable<ReturnType<typeof raised>>): string {
  const { terms } = readDraft(raise)
  if (terms === null) return 'Raise the limit'
  if (view.approval.reason === 'request_limit') return `Raise to ${amountPhrase(terms.maxPerRequestMsat)} per request`
  return `Raise to ${limitPhrase(terms)}`
}
