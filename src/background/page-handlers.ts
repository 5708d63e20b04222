/** What a page may ask for. One function per frame; the origin is the port's, told by the browser (design §5.5). */
import * as v from 'valibot'
import { errorFacts, RoutstrError } from '../domain/errors.ts'
import { isMsat, ZERO_MSAT } from '../domain/msat.ts'
import { type SiteOrigin, siteOrigin } from '../domain/site.ts'
import { siteQuestion } from '../engine/asking.ts'
import type { EngineAnswer, RunRequest } from '../engine/world.ts'
import { modelById, modelList } from '../engine/model-list.ts'
import {
  type Availability,
  type BackgroundFrame,
  type CallResults,
  type GrantRequest,
  type PageCall,
  type PageFrame,
  type PageGrant,
  pageFrameSchema,
} from '../messaging/page-contract.ts'
import { type Approvals, blockedError } from '../permissions/approvals.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { Registry } from '../registry/registry.ts'
import type { Wallet } from '../wallet/wallet.ts'
import { pageGrant, pageGrantOf } from './page-grant.ts'
import { createCredit, type Credit, forwardAnswer } from './forward.ts'
import type { PagePort } from '../messaging/ports.ts'
import { MAX_BODY_CHARACTERS } from '../messaging/page-constants.ts'

export interface PageWorld {
  readonly ready: Promise<void>
  readonly run: RunRequest
  readonly registry: Registry
  readonly wallet: Wallet
  readonly permissions: PermissionStore
  readonly approvals: Approvals
  readonly paused: () => boolean
  readonly now: () => number
  /** Keeps the worker alive and the alarm armed until released. */
  readonly busy: () => () => void
  readonly grantChanged: (origin: SiteOrigin) => void
}

interface Exchange {
  readonly controller: AbortController
  readonly credit: Credit
  readonly start: Extract<PageFrame, { t: 'request' }> | null
  body: string
}

/** T35: a document that asks for more is refused, not queued without end. */
const MOST_AT_ONCE = 128

export function servePage(port: PagePort, world: PageWorld): void {
  const exchanges = new Map<string, Exchange>()
  port.onFrame((message) => {
    const frame = v.safeParse(pageFrameSchema, message)
    // T35: whoever does not keep the contract is not talked to
    if (frame.success) handle(frame.output)
    else port.close()
  })
  port.onClose(() => {
    for (const { controller } of exchanges.values()) controller.abort(new RoutstrError('request_aborted', 'The page has gone.'))
    exchanges.clear()
  })

  function handle(frame: PageFrame): void {
    switch (frame.t) {
      case 'request':
        return begin(frame.id, frame, frame.body ?? '', frame.more)
      case 'body':
        return more(frame.id, frame.text, frame.more)
      case 'call':
        begin(frame.id, null, '', true)
        return void answer(frame.id, () => call(frame.call, frame.id))
      case 'abort':
        return abort(frame.id)
      case 'credit':
        return exchanges.get(frame.id)?.credit.add(frame.units)
      default:
        return frame satisfies never
    }
  }

  function begin(id: string, start: Exchange['start'], body: string, waits: boolean): void {
    if (exchanges.has(id)) return
    if (exchanges.size >= MOST_AT_ONCE)
      return fail(id, new RoutstrError('too_many_requests', `This page has ${MOST_AT_ONCE} requests running already. Nothing was spent.`))
    exchanges.set(id, { controller: new AbortController(), credit: createCredit(), start, body })
    if (!waits) void answer(id, () => request(id))
  }

  function more(id: string, text: string, waits: boolean): void {
    const exchange = exchanges.get(id)
    if (exchange === undefined) return
    exchange.body += text
    if (exchange.body.length > MAX_BODY_CHARACTERS) {
      exchanges.delete(id)
      return fail(id, new RoutstrError('request_too_large', 'The request is larger than 20 MB. Nothing was spent.'))
    }
    if (!waits) void answer(id, () => request(id))
  }

  function abort(id: string): void {
    exchanges.get(id)?.controller.abort(new RoutstrError('request_aborted', 'The page aborted the request.'))
    exchanges.delete(id)
  }

  /** Runs one exchange to its end; whatever goes wrong becomes a `fail` frame. */
  async function answer(id: string, work: () => Promise<void>): Promise<void> {
    const release = world.busy()
    try {
      await world.ready
      await work()
    } catch (error) {
      if (exchanges.get(id)?.controller.signal.aborted !== true) fail(id, error)
    } finally {
      exchanges.delete(id)
      release()
    }
  }

  async function request(id: string): Promise<void> {
    const exchange = exchanges.get(id)
    if (exchange?.start == null) return
    const origin = siteOrigin(port.origin)
    const { start, body, controller, credit } = exchange
    const answered =
      start.method === 'GET'
        ? await read(start.path)
        : await world.run({
            id,
            origin,
            path: start.path,
            headers: start.headers,
            body: start.body === null ? null : body,
            prompt: start.prompt,
            signal: controller.signal,
          })
    await forwardAnswer(id, answered, send, credit, controller.signal)
  }

  async function read(path: string): Promise<EngineAnswer> {
    await world.registry.ready()
    const name = path.split('?')[0] ?? ''
    if (name === '/models') return json(modelList(world.registry))
    const id = name.startsWith('/models/') ? decodeURIComponent(name.slice('/models/'.length)) : null
    const model = id === null ? null : modelById(world.registry, id)
    if (model !== null) return json(model)
    throw id === null
      ? new RoutstrError('not_found', `GET ${name} is not offered; GET /models is.`)
      : new RoutstrError('model_not_found', `No provider sells the model "${id}" at the moment.`)
  }

  async function call(asked: PageCall, id: string): Promise<void> {
    const value = await result(asked, id)
    send({ t: 'result', id, value })
  }

  async function result(asked: PageCall, id: string): Promise<CallResults[keyof CallResults]> {
    if (asked.method === 'availability') return availability()
    const origin = siteOrigin(port.origin)
    switch (asked.method) {
      case 'getGrant':
        return pageGrant(await world.permissions.budget(origin, world.now()))
      case 'disconnect':
        await world.permissions.revoke(origin, world.now())
        world.grantChanged(origin)
        return null
      case 'enable':
      case 'requestBudget':
        return enable(origin, id, asked.request, asked.method === 'requestBudget')
      default:
        return asked satisfies never
    }
  }

  async function availability(): Promise<Availability> {
    const origin = errorOr(() => siteOrigin(port.origin))
    if (origin === null || (await world.permissions.site(origin))?.blocked === true) return 'unavailable'
    if (world.paused()) return 'paused'
    if ((await world.wallet.readyByMint()).size === 0) return 'needs-setup'
    const budget = await world.permissions.budget(origin, world.now())
    return budget !== null && budget.remainingMsat > 0 ? 'ready' : 'needs-permission'
  }

  async function enable(origin: SiteOrigin, id: string, wish: GrantRequest, always: boolean): Promise<PageGrant> {
    if ((await world.permissions.site(origin))?.blocked === true) throw blockedError()
    const before = await world.permissions.budget(origin, world.now())
    if (before !== null && before.remainingMsat > 0 && !always) return pageGrantOf(before)
    const controller = exchanges.get(id)?.controller ?? new AbortController()
    const { budgetMsat, maxPerRequestMsat, period } = wish
    await world.approvals.ask(
      siteQuestion(
        origin,
        id,
        {
          ...(period === undefined || period === 'once' ? {} : { period }),
          ...(budgetMsat !== undefined && isMsat(budgetMsat) ? { limitMsat: budgetMsat } : {}),
          ...(maxPerRequestMsat !== undefined && isMsat(maxPerRequestMsat) ? { maxPerRequestMsat } : {}),
        },
        wish.reason ?? null,
      ),
      controller.signal,
    )
    const after = await world.permissions.budget(origin, world.now())
    if (after === null) throw new RoutstrError('user_rejected', 'The user allowed a single request only, not a budget. Nothing was spent.')
    return pageGrantOf(after)
  }

  function send(frame: BackgroundFrame): void {
    port.send(frame)
  }

  function fail(id: string, error: unknown): void {
    send({ t: 'fail', id, error: errorFacts(error) })
  }
}

function json(value: unknown): EngineAnswer {
  return {
    status: 200,
    headers: [
      ['content-type', 'application/json'],
      ['x-routstr-cost-msats', String(ZERO_MSAT)],
    ],
    body: new Blob([JSON.stringify(value)]).stream(),
  }
}

function errorOr<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}
