/** What a page may ask about itself, and what a request would cost. */
import { RoutstrError } from '../domain/errors.ts'
import { isMsat } from '../domain/msat.ts'
import { siteOf, siteOrNull, type SiteOrigin, type WebDocument } from '../domain/site.ts'
import type { Task } from '../domain/task.ts'
import { type Asker, siteQuestion } from '../engine/asking.ts'
import type { Availability, CallResults, Estimate, GrantRequest, ModelAdvice, PageCall, PageGrant, PageInfo } from '../messaging/page-contract.ts'
import { blockedError } from '../permissions/approvals.ts'
import type { Exchange } from './exchanges.ts'
import { answerBatch } from './page-batches.ts'
import { pageGrant, pageGrantOf } from './page-grant.ts'
import type { PageWorld } from './page-handlers.ts'
import { untilUnlocked } from './page-lock.ts'

/** @throws RoutstrError as `page-api.md` §7 */
export async function answerCall(
  world: PageWorld,
  document: WebDocument,
  { id, signal, userActive }: Exchange,
  asked: PageCall,
): Promise<CallResults[keyof CallResults]> {
  if (asked.method === 'availability') return availability(world, document)
  if (asked.method === 'getInfo') return INFO
  const site = siteOf(document)
  switch (asked.method) {
    case 'getGrant':
      return pageGrant(await world.permissions.budget(site, world.now()))
    case 'disconnect':
      await world.permissions.revoke(site, world.now())
      world.grantChanged(site)
      return null
    case 'enable':
      return enable(world, { origin: site, requestId: id, userActive }, asked.request, signal, false)
    case 'requestBudget':
      return enable(world, { origin: site, requestId: id, userActive }, asked.request, signal, true)
    case 'estimate':
      return estimate(world, site, asked.request)
    case 'batch':
      await untilUnlocked(world, { id, origin: site, prompt: asked.request.prompt ?? 'auto', userActive, signal })
      return answerBatch(world.scheduling, { origin: site, requestId: id, userActive }, asked.request, signal)
    case 'recommend':
      return advice(world, site, asked.request.task)
    default:
      return asked satisfies never
  }
}

const INFO: PageInfo = {
  name: 'Routstr',
  version: '1',
  methods: ['chat.completions', 'completions', 'responses', 'embeddings', 'moderations', 'images.generate', 'audio.speech', 'audio.transcriptions', 'models'],
  unit: 'msat',
}

async function estimate(world: PageWorld, origin: SiteOrigin, { path, ...body }: Extract<PageCall, { method: 'estimate' }>['request']): Promise<Estimate> {
  const usual = body.input !== undefined ? '/responses' : body.prompt !== undefined ? '/completions' : '/chat/completions'
  const { model, providerName, expectedMsat, worstMsat, expectedUsd, firstTokenMs, durationMs, alternatives } = await world.estimate(
    origin,
    path ?? usual,
    new TextEncoder().encode(JSON.stringify(body)),
  )
  const hint = expectedUsd === null ? {} : { currencyHint: { code: 'USD' as const, amount: expectedUsd } }
  const others = alternatives.map(({ providerName: provider, worstMsat: maxMsat, ...rest }) => ({ ...rest, provider, maxMsat }))
  return { model, provider: providerName, expectedMsat, maxMsat: worstMsat, ...hint, firstTokenMs, durationMs, alternatives: others }
}

const MOST_ADVICE = 5

/** What this browser has seen counts only for a site with a grant: a stranger learns the market, not the user (T19). */
async function advice(world: PageWorld, site: SiteOrigin, task: Task): Promise<readonly ModelAdvice[]> {
  await world.registry.ready()
  const own = !world.lock.isLocked() && (await world.permissions.budget(site, world.now())) !== null
  return (await world.recommend(task, own)).slice(0, MOST_ADVICE).map(({ providerName: provider, ...rest }) => ({ ...rest, provider }))
}

async function availability(world: PageWorld, document: WebDocument): Promise<Availability> {
  const origin = siteOrNull(document)
  if (origin === null || (await world.permissions.site(origin))?.blocked === true) return 'unavailable'
  if (world.paused()) return 'paused'
  // what it holds is not known now, and that it is locked is nobody's business: it takes the user either way
  if (world.lock.isLocked()) return 'needs-permission'
  if ((await world.wallet.readyByMint()).size === 0) return 'needs-setup'
  const budget = await world.permissions.budget(origin, world.now())
  return budget !== null && budget.remainingMsat > 0 ? 'ready' : 'needs-permission'
}

/** @param always ask even when there is a budget: the page wants another one */
async function enable(world: PageWorld, asker: Asker, wish: GrantRequest, signal: AbortSignal, always: boolean): Promise<PageGrant> {
  const { origin } = asker
  for (let asked = false; ; ) {
    if ((await world.permissions.site(origin))?.blocked === true) throw blockedError()
    const budget = await world.permissions.budget(origin, world.now())
    if (budget !== null && budget.remainingMsat > 0 && (asked || !always)) return pageGrantOf(budget)
    if (asked) throw new RoutstrError('user_rejected', 'The user allowed a single request only, not a budget. Nothing was spent.')
    asked = (await world.approvals.ask(siteQuestion(asker, terms(wish), wish.reason ?? null), signal)) === 'approved'
  }
}

function terms({ budgetMsat, maxPerRequestMsat, period }: GrantRequest): Parameters<typeof siteQuestion>[1] {
  return {
    ...(period === undefined || period === 'once' ? {} : { period }),
    ...(budgetMsat !== undefined && isMsat(budgetMsat) ? { limitMsat: budgetMsat } : {}),
    ...(maxPerRequestMsat !== undefined && isMsat(maxPerRequestMsat) ? { maxPerRequestMsat } : {}),
  }
}
