import { useState } from 'preact/hooks'
import type { SessionView } from '../../../messaging/ui-contract.ts'
import { Amount } from '../../parts/Amount.tsx'
import { Button, ConfirmButton } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { CopyField } from '../../parts/CopyField.tsx'
import { useAct } from '../../parts/live.ts'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { agoText, momentText, untilText } from '../../parts/times.ts'
import { debtWords, debtKinds } from './strings.ts'

/** What providers owe: change that should have come back. */
export function Debts({ sessions, now }: { sessions: readonly SessionView[]; now: number }) {
  const debts = sessions.filter(({ owing }) => owing)
  if (debts.length === 0) return null
  return (
    <section class="card stack" data-testid="debts">
      <h2>{debtWords.title}</h2>
      <p class="lead">{debtWords.text}</p>
      <ul class="rows">
        {debts.map((view) => (
          <Debt key={view.session.id} view={view} now={now} />
        ))}
      </ul>
    </section>
  )
}

function Debt({ view: { session, leftMsat }, now }: { view: SessionView; now: number }) {
  const { client } = useSurroundings()
  const [proof, setProof] = useState(false)
  const act = useAct()
  const proofText = session.token ?? session.invoice?.text ?? null
  const isAsked = session.state !== 'closed' && session.state !== 'cancelled' && session.state !== 'lost'
  const since = session.debt?.since ?? session.lastUsedAt
  return (
    <li class="debt" data-testid="debt" data-kind={session.debt?.kind}>
      <div class="line wordy">
        <div class="grow">
          <p class="name">{plainText(session.providerName, 60) || session.providerUrl}</p>
          <p class="address">
            {session.debt !== null && debtKinds[session.debt.kind]}, <span title={momentText(since)}>since {agoText(since, now)}</span>
          </p>
          {session.problem !== null && <p class="field-error">{plainText(session.problem, 300)}</p>}
          <p class="muted small-text">{isAsked ? `${debtWords.next} ${session.nextTryAt > now ? untilText(session.nextTryAt, now) : debtWords.soon}` : debtWords.over}</p>
        </div>
        <p class="name">
          <Amount msat={leftMsat} />
        </p>
      </div>
      <div class="buttons">
        {(isAsked || session.state === 'lost') && (
          <Button small busy={act.busy} testId="debt-retry" onPress={() => void act.run(() => client.call('sessions.retry', { id: session.id }))}>
            {debtWords.retry}
          </Button>
        )}
        {proofText !== null && (
          <Button small kind="quiet" testId="debt-proof" onPress={() => setProof(!proof)}>
            {proof ? debtWords.hideProof : debtWords.proof}
          </Button>
        )}
        {!isAsked && (
          <ConfirmButton
            small
            kind="quiet"
            busy={act.busy}
            question={debtWords.forgetQuestion}
            confirm={debtWords.forget}
            testId="debt-forget"
            onConfirm={() => void act.run(() => client.call('sessions.forget', { id: session.id }))}
          >
            {debtWords.forget}
          </ConfirmButton>
        )}
      </div>
      {proof && proofText !== null && <CopyField text={proofText} label={session.token === null ? debtWords.invoiceLabel : debtWords.proofLabel} testId="debt-token" rows={2} />}
      <Problem facts={act.problem} />
    </li>
  )
}
