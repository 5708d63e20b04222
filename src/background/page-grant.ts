/** A grant as the page it belongs to may see it: its own limits, never the wallet (design §6). */
import type { Budget } from '../domain/grant.ts'
import type { PageGrant } from '../messaging/page-contract.ts'

export function pageGrant(budget: Budget | null): PageGrant | null {
  return budget === null ? null : pageGrantOf(budget)
}

export function pageGrantOf({ grant, remainingMsat, resetsAt }: Budget): PageGrant {
  return {
    id: grant.id,
    limitMsat: grant.limitMsat,
    remainingMsat,
    period: grant.period,
    resetsAt,
    maxPerRequestMsat: grant.maxPerRequestMsat,
    expiresAt: grant.expiresAt,
  }
}
