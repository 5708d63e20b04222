import { PROBE_BUDGET_SAT, type ProbesToday } from '../../../domain/probes.ts'
import { amountPhrase } from '../../parts/amounts.ts'

export const probeWords = {
  title: 'Try models before you need them',
  hint: `Now and then, while nothing else is going on, one provider is asked a tiny question for a model you use, or one that is no dearer: a dead one is found out before a page has to wait for it. Each costs a sat or a few, with rounding and the mint’s fees, and is listed under Activity as “Probe”. The budget of a day, ${PROBE_BUDGET_SAT.usual} sat unless you change it, is never passed.`,
  budget: 'Spend at most',
  budgetError: `Whole sats, from ${PROBE_BUDGET_SAT.least} to ${PROBE_BUDGET_SAT.most}.`,
} as const

/** `Today: 3 tried, 1.2 sat spent, 4 sat not back yet.` */
export function probesToday({ spentMsat, outMsat, probes }: ProbesToday): string {
  if (probes === 0) return 'Today: none tried yet.'
  return `Today: ${probes} tried, ${amountPhrase(spentMsat)} spent${outMsat > 0 ? `, ${amountPhrase(outMsat)} not back yet` : ''}.`
}
