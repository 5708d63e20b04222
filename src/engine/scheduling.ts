/**
 * Requests that wait for their price (RIP-10): added with the user's yes to keep them, looked at whenever prices move, money or time
 * comes, and run like any other request, within the grant of their site. The state diagram is in `domain/batch.ts`.
 */
import { type Batch, type BatchView, type Scheduled, SCHEDULED_STATES } from '../domain/batch.ts'
import { RoutstrError } from '../domain/errors.ts'
import { inBackground } from '../domain/in-background.ts'
import { maxMsat, msat, sumMsat, ZERO_MSAT } from '../domain/msat.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { type Asker, permissionRequired, siteQuestion } from './asking.ts'
import { checkWishes, type RequestWish } from './batch-wish.ts'
import type { PlanLegs } from './legs.ts'
import { parseInferenceRequest } from '../protocol/request-body.ts'
import type { ScheduleStore } from './schedule-store.ts'
import { runScheduled } from './scheduled-run.ts'
import type { EngineWorld, RunRequest } from './world.ts'

export interface Scheduling {
  /** @throws RoutstrError for what can not be kept, and for the user's no */
  add(asker: Asker & { readonly prompt: 'auto' | 'none' }, wishes: readonly RequestWish[], before: number, reason: string | null, signal: AbortSignal): Promise<BatchView>
  /** @param origin only its own; null: the user's own screens @throws RoutstrError `not_found` */
  read(id: string, origin: SiteOrigin | null): Promise<{ readonly view: BatchView; readonly items: readonly Scheduled[] }>
  list(): Promise<readonly BatchView[]>
  /** What waits does not run any more; what runs ends as it will. */
  cancel(id: string, origin: SiteOrigin | null): Promise<void>
  /** Prompts and answers are gone. @throws RoutstrError `not_empty` while one runs */
  forget(id: string, origin: SiteOrigin | null): Promise<void>
  /** Requests of a worker that died: what was never sent waits on. */
  recover(): Promise<void>
  /** Looks what can run, what is too late, and what nobody picked up for a week. */
  tick(): Promise<void>
  hasOpen(): Promise<boolean>
}

export interface SchedulingWorld extends Pick<EngineWorld, 'now' | 'permissions' | 'approvals' | 'settings' | 'sessions' | 'registry'> {
  readonly schedule: ScheduleStore
  readonly store: Pick<EngineWorld['store'], 'receipt'>
  readonly planLegs: PlanLegs
  readonly run: RunRequest
  readonly randomId: () => string
  /** The wallet is open. */
  readonly mayRun: () => boolean
  readonly busy: () => () => void
  /** Something of this batch is new: screens and the site's pages are told. */
  readonly onProgress: (view: BatchView) => void
}

const MOST_AT_ONCE = 2
/** Answers nobody has picked up. */
const KEPT_MS = 7 * 24 * 3_600_000

export function createScheduling(world: SchedulingWorld): Scheduling {
  const { schedule, permissions, now } = world
  const runningHere = new Set<string>()
  let ticking: Promise<void> | null = null
  let again = false

  async function mine(id: string, origin: SiteOrigin | null): Promise<Batch> {
    const batch = await schedule.batch(id)
    if (batch === undefined || (origin !== null && batch.origin !== origin)) throw new RoutstrError('not_found', 'There is no such batch of this site, or not any more.')
    return batch
  }

  async function viewOf(batch: Batch, items: readonly Scheduled[]): Promise<BatchView> {
    const receipts = await Promise.all(items.filter(({ tries }) => tries > 0).map(({ requestId }) => world.store.receipt(requestId)))
    const known = receipts.filter((receipt) => receipt !== undefined)
    const counts = Object.fromEntries(SCHEDULED_STATES.map((state) => [state, items.filter((item) => item.state === state).length])) as BatchView['counts']
    return {
      ...batch,
      counts,
      costMsat: sumMsat(known.map(({ chargedMsat }) => chargedMsat ?? ZERO_MSAT)),
      open: known.filter(({ chargedMsat }) => chargedMsat === null).length,
      models: [...new Set(items.map(({ model }) => model))],
      mostMsat: sumMsat(items.map(({ maxCostMsat }) => maxCostMsat)),
      kept: items.reduce((sum, { kept }) => sum + kept, 0),
      waitsFor: items.find(({ state }) => state === 'waiting')?.problem?.message ?? null,
    }
  }

  async function tell(batchId: string): Promise<void> {
    const batch = await schedule.batch(batchId)
    if (batch !== undefined) world.onProgress(await viewOf(batch, await schedule.itemsOf(batchId)))
  }

  async function agree(asker: Parameters<Scheduling['add']>[0], wishes: readonly RequestWish[], before: number, reason: string | null, signal: AbortSignal): Promise<void> {
    const { origin, prompt } = asker
    const perRequestMsat = wishes.reduce((most, { maxCostMsat }) => maxMsat(most, maxCostMsat), ZERO_MSAT)
    const totalMsat = sumMsat(wishes.map(({ maxCostMsat }) => maxCostMsat))
    for (let asked = false; ; asked = true) {
      const [rule, budget] = await Promise.all([permissions.site(origin), permissions.budget(origin, now())])
      const reaches = budget !== null && budget.grant.maxPerRequestMsat >= perRequestMsat
      // a smaller yes is a yes: what it does not reach for waits
      if (rule?.keepsRequests === true && (reaches || (asked && budget !== null))) return
      if (prompt === 'none') throw permissionRequired()
      const standing = budget?.grant
      const terms = {
        period: standing?.period ?? 'day',
        limitMsat: maxMsat(standing?.limitMsat ?? ZERO_MSAT, msat(Math.ceil(totalMsat / 1000) * 1000)),
        maxPerRequestMsat: maxMsat(standing?.maxPerRequestMsat ?? ZERO_MSAT, msat(Math.ceil(perRequestMsat / 1000) * 1000)),
      }
      await world.approvals.ask({ ...siteQuestion(asker, terms, reason), batch: { requests: wishes.length, before, perRequestMsat, totalMsat } }, signal)
    }
  }

  async function work(): Promise<void> {
    if (!world.mayRun()) return
    for (const item of await schedule.inState('waiting')) {
      if (item.before <= now()) await refuse(item)
      else if (runningHere.size < MOST_AT_ONCE && item.nextTryAt <= now() && !world.settings().paused && (await isRight(item))) start(item)
    }
    for (const batch of await schedule.batches()) {
      const items = await schedule.itemsOf(batch.id)
      const finished = Math.max(...items.map(({ finishedAt }) => finishedAt ?? Number.POSITIVE_INFINITY))
      if (finished + KEPT_MS <= now()) await schedule.remove(batch.id)
    }
  }

  async function refuse(item: Scheduled): Promise<void> {
    const message = `Nobody answered for at most ${item.maxCostMsat} msat before the deadline${item.problem === null ? '' : ` (${item.problem.message})`}. Nothing was spent.`
    const ended = await schedule.change(item.id, 'waiting', (row) => ({ ...row, state: 'refused', body: null, kept: 0, problem: { code: 'max_cost_exceeded', message }, finishedAt: now() }))
    if (ended) await tell(item.batchId)
  }

  /** An offer is at or below the price, and the grant reaches for it now: only then it is worth a try. Nothing is asked or moved. */
  async function isRight({ origin, path, headers, body, maxCostMsat, requestId }: Scheduled): Promise<boolean> {
    const [rule, budget] = await Promise.all([permissions.site(origin), permissions.budget(origin, now())])
    if (body === null || budget === null || rule?.blocked === true) return false
    try {
      await world.registry.ready()
      const legs = await world.planLegs({ id: requestId, origin, headers: [...headers, ['x-routstr-max-cost-msats', String(maxCostMsat)]] }, parseInferenceRequest(path, new TextEncoder().encode(body)))
      return legs.some(({ chosen }) => chosen.plan.candidates.some(({ requiredMsat }) => requiredMsat <= budget.remainingMsat && requiredMsat <= budget.grant.maxPerRequestMsat))
    } catch (error) {
      if (error instanceof RoutstrError) return false
      throw error
    }
  }

  function start(item: Scheduled): void {
    runningHere.add(item.id)
    const release = world.busy()
    inBackground(
      runScheduled(world, item, () => tell(item.batchId)).finally(() => {
        runningHere.delete(item.id)
        release()
        inBackground(tick())
      }),
    )
  }

  /** Who comes while it looks makes it look once more. */
  function tick(): Promise<void> {
    again = ticking !== null
    ticking ??= (async () => {
      do {
        again = false
        await work()
      } while (again)
    })().finally(() => {
      ticking = null
    })
    return ticking
  }

  return {
    async add(asker, wishes, before, reason, signal) {
      checkWishes(wishes, before, now(), await schedule.itemsOfSite(asker.origin))
      await agree(asker, wishes, before, reason, signal)
      signal.throwIfAborted()
      const batch: Batch = { id: world.randomId(), origin: asker.origin, createdAt: now(), before, requests: wishes.length }
      const items = wishes.map(({ path, headers, body, maxCostMsat }, index): Scheduled => ({
        id: `${batch.id} ${index}`,
        ...{ batchId: batch.id, origin: asker.origin, index, state: 'waiting', path, headers, body, maxCostMsat, before },
        model: parseInferenceRequest(path, new TextEncoder().encode(body)).model,
        requestId: world.randomId(),
        kept: body.length,
        ...{ tries: 0, nextTryAt: 0, answer: null, problem: null, finishedAt: null },
      }))
      await schedule.add(batch, items)
      inBackground(tick())
      return viewOf(batch, items)
    },
    async read(id, origin) {
      const batch = await mine(id, origin)
      const items = await schedule.itemsOf(id)
      return { view: await viewOf(batch, items), items }
    },
    list: async () => Promise.all((await schedule.batches()).map(async (batch) => viewOf(batch, await schedule.itemsOf(batch.id)))),
    async cancel(id, origin) {
      await mine(id, origin)
      const problem: Scheduled['problem'] = { code: 'request_aborted', message: 'Taken back before it was sent. Nothing was spent.' }
      for (const item of await schedule.itemsOf(id)) await schedule.change(item.id, 'waiting', (row) => ({ ...row, state: 'cancelled', body: null, kept: 0, problem, finishedAt: now() }))
      await tell(id)
    },
    async forget(id, origin) {
      await mine(id, origin)
      if ((await schedule.itemsOf(id)).some(({ state }) => state === 'running')) throw new RoutstrError('not_empty', 'One of these requests is being answered now. Stop it, or wait a moment.')
      await schedule.remove(id)
    },
    async recover() {
      for (const item of await schedule.inState('running')) {
        if (runningHere.has(item.id)) continue
        const [{ attempts }, hold] = await Promise.all([world.sessions.costOf(item.requestId), permissions.hold(item.requestId)])
        const wasSent = attempts > 0 || hold?.state === 'charged'
        const problem: Scheduled['problem'] = { code: 'worker_lost', message: 'The browser stopped the extension while this ran. It is not sent twice; money that was not used comes back by itself.' }
        await schedule.change(item.id, 'running', (row) => (wasSent ? { ...row, state: 'failed', body: null, kept: 0, problem, finishedAt: now() } : { ...row, state: 'waiting', requestId: world.randomId() }))
      }
    },
    tick,
    hasOpen: async () => (await schedule.countOpen()) > 0,
  }
}
