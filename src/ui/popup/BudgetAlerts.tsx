import { TriangleAlert, X } from 'lucide-preact'
import type { BudgetAlert } from '../../domain/spending.ts'
import { amountPhrase } from '../parts/amounts.ts'
import { useSurroundings } from '../parts/context.ts'
import { useAct } from '../parts/live.ts'
import { siteLabel } from '../parts/site-name.ts'
import { untilText } from '../parts/times.ts'
import { popupWords } from './strings.ts'

/** Budgets at 80 and at 100 per cent, until they are put away or begin anew. */
export function BudgetAlerts({ alerts, now }: { alerts: readonly BudgetAlert[]; now: number }) {
  if (alerts.length === 0) return null
  return (
    <div class="stack" role="status">
      {alerts.map((alert) => (
        <AlertLine key={alert.origin} alert={alert} now={now} />
      ))}
    </div>
  )
}

function AlertLine({ alert: { origin, level, spentMsat, limitMsat, resetsAt }, now }: { alert: BudgetAlert; now: number }) {
  const { client } = useSurroundings()
  const act = useAct()
  const limit = `its ${amountPhrase(limitMsat, 'whole')}`
  return (
    <div class={`notice spread ${level === 100 ? 'bad' : 'warn'}`} data-testid="budget-alert" data-level={level}>
      <TriangleAlert size={16} />
      <p class="grow small-text">
        <bdi>
          <strong>{siteLabel(origin)}</strong>
        </bdi>{' '}
        {level === 100 ? popupWords.alertFull(limit) : popupWords.alertHigh(Math.floor((spentMsat / Math.max(1, limitMsat)) * 100), limit)}
        {resetsAt !== null && `; starts again ${untilText(resetsAt, now)}`}.
      </p>
      <button
        type="button"
        class="icon-button"
        aria-label={`${popupWords.alertDismiss}: ${siteLabel(origin)}`}
        disabled={act.busy}
        data-testid="budget-alert-dismiss"
        onClick={() => void act.run(() => client.call('alerts.dismiss', { origin }))}
      >
        <X size={16} />
      </button>
    </div>
  )
}
