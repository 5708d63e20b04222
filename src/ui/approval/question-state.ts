/** From what the background says to what the screen shows. Pure. */
import type { Approval, Decision } from '../../domain/approval.ts'
import { addMsat, fromSat, lessMsat, type Msat, maxMsat, satUp } from '../../domain/msat.ts'
import type { ApprovalView } from '../../messaging/ui-contract.ts'
import type { Floor, LimitDraft } from '../limits/limit-draft.ts'
import { draftOf } from '../limits/limit-draft.ts'
import type { Ending } from './strings.ts'

/** @returns null while the question is open. @param view null: the background does not know it (any more) */
export function endingOf(view: ApprovalView | null, now: number): Ending | null {
  if (view === null) return 'gone'
  const { state, expiresAt } = view.approval
  switch (state) {
    case 'asking':
      return now >= expiresAt ? 'expired' : null
    case 'approved':
    case 'rejected':
    case 'expired':
    case 'withdrawn':
      return state
    default:
      return state satisfies never
  }
}

/** What a limit must reach so that this request fits: what is used of it already, and this request at its worst. */
export function floorOf(view: ApprovalView): Floor {
  const worst = view.approval.worstMsat
  const used = view.budget === null ? 0 : view.budget.spentMsat + view.budget.heldMsat
  return { limitMsat: addMsat(worst, fromSat(Math.ceil(used / 1000))), perRequestMsat: worst }
}

/** The suggestion, raised where it would not reach. */
export function firstDraft(view: ApprovalView): LimitDraft {
  const floor = floorOf(view)
  const { suggestion } = view.approval
  return draftOf({
    period: view.budget !== null && suggestion.period === 'once' ? view.budget.grant.period : suggestion.period,
    limitMsat: maxMsat(suggestion.limitMsat, floor.limitMsat),
    maxPerRequestMsat: maxMsat(suggestion.maxPerRequestMsat, floor.perRequestMsat),
  })
}

/** A round limit that reaches: the old one doubled, until this request fits. */
export function raised(view: ApprovalView): LimitDraft | null {
  if (view.budget === null) return null
  const { grant } = view.budget
  const floor = floorOf(view)
  let limit = Math.max(1, satUp(grant.limitMsat))
  while (fromSat(limit) < floor.limitMsat) limit *= 2
  return draftOf({ period: grant.period, limitMsat: fromSat(limit), maxPerRequestMsat: maxMsat(grant.maxPerRequestMsat, floor.perRequestMsat) })
}

export function onceDecision(approval: Approval): Decision {
  return { kind: 'approve', terms: { period: 'once', limitMsat: approval.worstMsat, maxPerRequestMsat: approval.worstMsat } }
}

/** What the wallet holds after the request at its worst. */
export function balanceAfter(view: ApprovalView): Msat {
  return lessMsat(view.walletMsat, view.approval.worstMsat)
}
