import { Lock } from 'lucide-preact'
import type { ApprovalView } from '../../messaging/ui-contract.ts'
import '../lock/lock.css'
import { lockWords } from '../lock/strings.ts'
import { UnlockForm } from '../lock/UnlockForm.tsx'
import type { Act } from '../parts/live.ts'
import { Problem } from '../parts/Problem.tsx'
import { Site } from '../parts/Site.tsx'
import { Countdown } from './Countdown.tsx'

/** A site waits and the wallet is locked: unlock first; the question follows in this very window (G35). */
export function LockedQuestion({ view, act, onReject }: { view: ApprovalView; act: Act; onReject: () => void }) {
  const { approval, locked, position, waiting } = view
  return (
    <section class="approval" data-testid="approval-locked" data-id={approval.id} aria-labelledby="approval-title">
      <header class="approval-head">
        <p class="approval-meta">
          {waiting > 1 && (
            <span class="chip">
              {position} of {waiting}
            </span>
          )}
          <Countdown expiresAt={approval.expiresAt} />
        </p>
        <h1 id="approval-title" class="approval-title">
          <Site origin={approval.origin} big testId="approval-origin" />
          <span class="approval-asks">{lockWords.asks}</span>
        </h1>
      </header>
      <div class="approval-body">
        {locked ? (
          <div class="card locked small">
            <Lock class="locked-sign" size={28} />
            <h2>{lockWords.title}</h2>
            <UnlockForm />
          </div>
        ) : (
          <p class="notice" role="status">
            {lockWords.unlocked}
          </p>
        )}
        <Problem facts={act.problem} />
      </div>
      {locked && (
        <footer class="approval-foot">
          <div class="approval-buttons">
            <button type="button" class="button plain" data-testid="unlock-not-now" disabled={act.busy} onClick={onReject}>
              <span>{lockWords.notNow}</span>
            </button>
          </div>
        </footer>
      )}
    </section>
  )
}
