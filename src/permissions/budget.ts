/** The rules of grants, pure: what is spent, what is left, and whether a request may begin (design §5.6). */
import type { ApprovalReason } from '../domain/approval.ts'
import type { Budget, Grant, GrantPeriod, Hold } from '../domain/grant.ts'
import { addMsat, lessMsat, type Msat, sumMsat, ZERO_MSAT } from '../domain/msat.ts'

/** Unused grants end (T2). */
export const GRANT_LIFE_MS = 30 * 24 * 3_600_000

export type Verdict =
  | { readonly kind: 'allowed'; readonly grant: Grant }
  | { readonly kind: 'refused'; readonly reason: ApprovalReason; readonly budget: Budget | null }

/**
 * `spent(period) + held + amount ≤ limit`, and `amount ≤ per request`. Evaluated inside the transaction that writes the hold.
 * @param holds of this site, without the one of the request itself
 */
export function judge(
  grants: readonly Grant[],
  holds: readonly Hold[],
  request: { readonly requestId: string; readonly amountMsat: Msat; readonly now: number },
): Verdict {
  const usable = grants.filter((grant) => isUsable(grant, request.now))
  const once = usable.find((grant) => grant.period === 'once' && grant.requestId === request.requestId)
  if (once !== undefined && request.amountMsat <= once.limitMsat) return { kind: 'allowed', grant: once }
  const standing = usable.find((grant) => grant.period !== 'once')
  if (standing === undefined) return { kind: 'refused', reason: once === undefined ? 'no_grant' : 'request_limit', budget: null }
  const budget = budgetOf(standing, holds, request.now)
  if (request.amountMsat > standing.maxPerRequestMsat) return { kind: 'refused', reason: 'request_limit', budget }
  if (request.amountMsat > budget.remainingMsat) return { kind: 'refused', reason: 'period_limit', budget }
  return { kind: 'allowed', grant: standing }
}

export function isUsable(grant: Grant, now: number): boolean {
  return grant.revokedAt === null && grant.expiresAt > now
}

/** What a standing grant has left. Spending under an earlier grant of the same period counts: a limit per day is per day. */
export function budgetOf(grant: Grant, holds: readonly Hold[], now: number): Budget {
  const since = periodStart(grant.period, now)
  const counted = holds.filter((hold) => !hold.once && hold.at >= since)
  const spentMsat = sumMsat(counted.map((hold) => (hold.state === 'charged' ? hold.chargedMsat : ZERO_MSAT)))
  const heldMsat = sumMsat(counted.map((hold) => (hold.state === 'held' ? hold.amountMsat : ZERO_MSAT)))
  return {
    grant,
    spentMsat,
    heldMsat,
    remainingMsat: lessMsat(grant.limitMsat, addMsat(spentMsat, heldMsat)),
    resetsAt: periodEnd(grant.period, now),
  }
}

/** Start of the running period in the user's time zone, ms: midnight, Monday, the first. */
export function periodStart(period: GrantPeriod, now: number): number {
  const date = new Date(now)
  date.setHours(0, 0, 0, 0)
  if (period === 'week') date.setDate(date.getDate() - ((date.getDay() + 6) % 7))
  if (period === 'month') date.setDate(1)
  return period === 'once' ? 0 : date.getTime()
}

function periodEnd(period: GrantPeriod, now: number): number | null {
  const date = new Date(periodStart(period, now))
  switch (period) {
    case 'once':
      return null
    case 'day':
      return date.setDate(date.getDate() + 1)
    case 'week':
      return date.setDate(date.getDate() + 7)
    case 'month':
      return date.setMonth(date.getMonth() + 1)
    default:
      return period satisfies never
  }
}
