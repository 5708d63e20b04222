/** `availability`, `getGrant`, `enable`, `requestBudget`, `disconnect`: what a page may ask about itself. */
import { RoutstrError } from '../domain/errors.ts'
import { isMsat } from '../domain/msat.ts'
import { type SiteOrigin, siteOrigin } from '../domain/site.ts'
import { siteQuestion } from '../engine/asking.ts'
import type { Availability, CallResults, GrantRequest, PageCall, PageGrant } from '../messaging/page-contract.ts'
import { blockedError } from '../permissions/approvals.ts'
import type { Exchange } from './exchanges.ts'
import { pageGrant, pageGrantOf } from './page-grant.ts'
import type { PageWorld } from './page-handlers.ts'

/** @throws RoutstrError as `page-api.md` §7 */
export async function answerCall(
  world: PageWorld,
  origin: string | undefined,
  { id, signal }: Exchange,
  asked: PageCall,
): Promise<CallResults[keyof CallResults]> {
  if (asked.method === 'availability') return availability(world, origin)
  const site = siteOrigin(origin)
  switch (asked.method) {
    case 'getGrant':
      return pageGrant(await world.permissions.budget(site, world.now()))
    case 'disconnect':
      await world.permissions.revoke(site, world.now())
      world.grantChanged(site)
      return null
    case 'enable':
      return enable(world, site, id, asked.request, signal, false)
    case 'requestBudget':
      return enable(world, site, id, asked.request, signal, true)
    default:
      return asked satisfies never
  }
}

async function availability(world: PageWorld, text: string | undefined): Promise<Availability> {
  const origin = siteOrNull(text)
  if (origin === null || (await world.permissions.site(origin))?.blocked === true) return 'unavailable'
  if (world.paused()) return 'paused'
  if ((await world.wallet.readyByMint()).size === 0) return 'needs-setup'
  const budget = await world.permissions.budget(origin, world.now())
  return budget !== null && budget.remainingMsat > 0 ? 'ready' : 'needs-permission'
}

/** @param always ask even when there is a budget: the page wants another one */
async function enable(world: PageWorld, origin: SiteOrigin, id: string, wish: GrantRequest, signal: AbortSignal, always: boolean): Promise<PageGrant> {
  for (let asked = false; ; ) {
    if ((await world.permissions.site(origin))?.blocked === true) throw blockedError()
    const budget = await world.permissions.budget(origin, world.now())
    if (budget !== null && budget.remainingMsat > 0 && (asked || !always)) return pageGrantOf(budget)
    if (asked) throw new RoutstrError('user_rejected', 'The user allowed a single request only, not a budget. Nothing was spent.')
    asked = (await world.approvals.ask(siteQuestion(origin, id, terms(wish), wish.reason ?? null), signal)) === 'approved'
  }
}

function terms({ budgetMsat, maxPerRequestMsat, period }: GrantRequest): Parameters<typeof siteQuestion>[2] {
  return {
    ...(period === undefined || period === 'once' ? {} : { period }),
    ...(budgetMsat !== undefined && isMsat(budgetMsat) ? { limitMsat: budgetMsat } : {}),
    ...(maxPerRequestMsat !== undefined && isMsat(maxPerRequestMsat) ? { maxPerRequestMsat } : {}),
  }
}

function siteOrNull(text: string | undefined): SiteOrigin | null {
  try {
    return siteOrigin(text)
  } catch {
    return null
  }
}
