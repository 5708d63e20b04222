import type { ApprovalView } from '../../messaging/ui-contract.ts'
import { Amount } from '../parts/Amount.tsx'
import { amountPhrase, amountText } from '../parts/amounts.ts'
import { Button } from '../parts/Button.tsx'
import { useNow } from '../parts/live.ts'
import { Meter } from '../parts/Meter.tsx'
import { plainText } from '../parts/page-text.ts'
import { momentText, untilText } from '../parts/times.ts'
import { limitPhrase } from '../limits/limit-phrase.ts'
import { balanceAfter } from './question-state.ts'
import { approvalWords } from './strings.ts'

/** Model, provider, what it will and can cost, what is left afterwards. */
export function CostCard({ view }: { view: ApprovalView }) {
  const { approval } = view
  if (approval.request === null) {
    const { batch } = approval
    return (
      <div class="cost-card">
        {batch !== undefined && (
          <>
            <p class="cost" data-testid="approval-batch">
              {approvalWords.batch(batch.requests, amountPhrase(batch.perRequestMsat, 'about'), amountPhrase(batch.totalMsat, 'about'), momentText(batch.before))}
            </p>
            <p class="muted small-text">{approvalWords.batchKept}</p>
          </>
        )}
        <dl>
          <div class="spread">
            <dt>In your wallet</dt>
            <dd>
              <Amount msat={view.walletMsat} precision="whole" />
            </dd>
          </div>
        </dl>
      </div>
    )
  }
  return (
    <div class="cost-card">
      <p class="cost" data-testid="cost">
        <span class="cost-main">≈ {amountPhrase(approval.expectedMsat, 'about')}</span>
        <span class="muted">, at most {amountPhrase(approval.worstMsat, 'about')}</span>
      </p>
      <dl class="facts">
        <div class="fact">
          <dt>Model</dt>
          <dd data-testid="approval-model">
            {plainText(approval.request.model, 120)}
            {approval.request.isAuto === true && <span class="muted"> · {approvalWords.auto}</span>}
          </dd>
        </div>
        {approval.request.others !== undefined && (
          <div class="fact">
            <dt>{approvalWords.others}</dt>
            <dd data-testid="approval-others">{approval.request.others.map((model) => plainText(model, 80)).join(', ')}</dd>
          </div>
        )}
        <div class="fact">
          <dt>Provider</dt>
          <dd>{approval.providerName === null ? 'chosen when it is sent' : plainText(approval.providerName, 80)}</dd>
        </div>
        <div class="fact">
          <dt>Balance after</dt>
          <dd>{view.shortMsat > 0 ? '–' : <>at least {amountPhrase(balanceAfter(view), 'whole')}</>}</dd>
        </div>
      </dl>
    </div>
  )
}

/** Used, limit, when it starts again, and the one press that makes it reach. */
export function OverLimit({ view, raiseTo, onRaise }: { view: ApprovalView; raiseTo: string; onRaise: () => void }) {
  const now = useNow(60_000)
  const { budget } = view
  if (budget === null) return null
  const request = view.approval.reason === 'request_limit'
  return (
    <div class="notice warn over" data-testid="over-limit">
      <div class="notice-body stack">
        <p>
          <strong>{approvalWords.over}.</strong>{' '}
          {request
            ? `This site may spend at most ${amountPhrase(budget.grant.maxPerRequestMsat)} per request.`
            : `Used ${amountText(budget.spentMsat, 'exact')} of ${limitPhrase(budget.grant)}.${budget.resetsAt === null ? '' : ` Starts again ${untilText(budget.resetsAt, now)}.`}`}
        </p>
        {!request && <Meter used={budget.spentMsat} limit={budget.grant.limitMsat} label="Used of the limit" />}
        <div>
          <Button small onPress={onRaise} testId="raise-limit">
            {raiseTo}
          </Button>
        </div>
      </div>
    </div>
  )
}
