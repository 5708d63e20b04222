/** What a page may ask for. The origin is the port's, told by the browser (design §5.5). */
import * as v from 'valibot'
import { errorFacts, RoutstrError } from '../domain/errors.ts'
import { type Msat, ZERO_MSAT } from '../domain/msat.ts'
import { siteOf, type SiteOrigin } from '../domain/site.ts'
import type { EstimateCost } from '../engine/estimating.ts'
import { modelById, modelList } from '../engine/model-list.ts'
import type { RecommendModels } from '../engine/recommending.ts'
import type { Scheduling } from '../engine/scheduling.ts'
import type { EngineAnswer, RunRequest } from '../engine/world.ts'
import { frameIdSchema, type PageCall, pageFrameSchema } from '../messaging/page-contract.ts'
import type { PagePort } from '../messaging/ports.ts'
import type { Approvals } from '../permissions/approvals.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { Registry } from '../registry/registry.ts'
import type { Wallet } from '../wallet/wallet.ts'
import { DEFAULT_MODEL, defaultModelOf } from './default-model.ts'
import { createExchanges, type ExchangeWork } from './exchanges.ts'
import { forwardAnswer } from './forward.ts'
import { keepRequest } from './page-batches.ts'
import { answerCall } from './page-calls.ts'
import { untilUnlocked } from './page-lock.ts'
import type { PageReceipts } from './page-receipts.ts'
import type { Queue } from './turns.ts'
import type { Lock } from './lock.ts'

export interface PageWorld {
  readonly ready: Promise<void>
  readonly run: RunRequest
  readonly estimate: EstimateCost
  readonly recommend: RecommendModels
  readonly scheduling: Scheduling
  readonly registry: Registry
  readonly wallet: Wallet
  readonly permissions: PermissionStore
  readonly approvals: Approvals
  readonly lock: Lock
  readonly paused: () => boolean
  readonly now: () => number
  /** Keeps the worker alive and the alarm armed until released. */
  readonly busy: () => () => void
  readonly grantChanged: (origin: SiteOrigin) => void
  /** This document made that request, and hears of its receipt. */
  readonly own: PageReceipts['own']
  readonly onCost: PageReceipts['estimated']
  readonly queueFor: (site: string) => Queue
}

/** A call whose arguments are wrong: the page's mistake, not an attack. */
const callSchema = v.object({ t: v.literal('call'), id: frameIdSchema })

/** Answered from what is known, at once. */
const FREE_CALLS: ReadonlySet<PageCall['method']> = new Set(['availability', 'getInfo', 'getGrant', 'estimate', 'recommend'])

export function servePage(port: PagePort, world: PageWorld): void {
  const work: ExchangeWork = {
    request: (exchange, start, body) =>
      during(start.method === 'POST', async () => {
        const origin = siteOf(port)
        const { id, signal, credit, userActive } = exchange
        const { method, headers } = start
        if (method !== 'GET' && method !== 'POST') throw new RoutstrError('invalid_request_error', 'Only GET and POST are offered.')
        const path = start.path.split('#')[0] ?? ''
        const prompt = start.prompt ?? (headerOf(headers, 'x-routstr-prompt') === 'none' ? 'none' : 'auto')
        if (method === 'POST') {
          world.own(id, port, headerOf(headers, 'x-routstr-live-cost') === 'true')
          await untilUnlocked(world, { id, origin, prompt, userActive, signal })
        }
        const before = headerOf(headers, 'x-routstr-before')
        if (method === 'POST' && before !== undefined) {
          const kept = await keepRequest(world.scheduling, { origin, requestId: id, userActive, prompt }, { path, headers, body }, before, signal)
          return forwardAnswer(id, { ...json(kept), status: 202 }, port.send, credit, signal)
        }
        const held: { remainingMsat: Msat | null } = { remainingMsat: null }
        const onHeld = (remainingMsat: Msat | null): void => {
          held.remainingMsat = remainingMsat
          // a site that may spend nothing does not keep the wallet open
          world.lock.used()
        }
        const onCost = (msat: Msat): void => world.onCost(id, msat)
        const answer = method === 'GET' ? await read(world, origin, path) : await world.run({ id, origin, path, headers, body, prompt, userActive, signal, onHeld, onCost })
        // an answer that was kept holds nothing
        const left = method === 'GET' ? null : (held.remainingMsat ?? (await world.permissions.budget(origin, world.now()))?.remainingMsat ?? null)
        await forwardAnswer(id, left === null ? answer : withRemaining(answer, left), port.send, credit, signal)
      }),
    call: (exchange, asked) =>
      during(!FREE_CALLS.has(asked.method), async () => {
        const value = await answerCall(world, port, exchange, asked)
        port.send({ t: 'result', id: exchange.id, value })
      }),
    fail: (id, error) => port.send({ t: 'fail', id, error: errorFacts(error) }),
  }
  const exchanges = createExchanges(work, world.queueFor(port.origin ?? ''))

  port.onFrame((message, userActive) => {
    const frame = v.safeParse(pageFrameSchema, message)
    if (frame.success) return exchanges.handle(frame.output, userActive)
    const call = v.safeParse(callSchema, message)
    if (call.success) return work.fail(call.output.id, new RoutstrError('invalid_request_error', `Not understood: ${frame.issues[0].message}.`))
    // T35: whoever does not keep the contract is not talked to
    port.close()
  })
  port.onClose(() => exchanges.end())

  /** @param mayMatter money may move, or the user is asked: the worker stays until it is over, and looks around then */
  async function during(mayMatter: boolean, task: () => Promise<void>): Promise<void> {
    const release = mayMatter ? world.busy() : undefined
    try {
      await world.ready
      await task()
    } finally {
      release?.()
    }
  }
}

function headerOf(headers: readonly (readonly [string, string])[], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
}

/** What the site may still spend, as the grant tells it too. */
function withRemaining(answer: EngineAnswer, remainingMsat: number): EngineAnswer {
  return { ...answer, headers: [...answer.headers, ['x-routstr-remaining-msats', String(remainingMsat)]] }
}

async function read({ registry, recommend, permissions }: PageWorld, origin: SiteOrigin, path: string): Promise<EngineAnswer> {
  await registry.ready()
  const name = path.split('?')[0] ?? ''
  if (name === '/models') return json(await modelList(registry, recommend))
  if (!name.startsWith('/models/')) throw new RoutstrError('not_found', `GET ${name} is not offered; GET /models is.`)
  const asked = decoded(name.slice('/models/'.length))
  const id = (asked === DEFAULT_MODEL ? defaultModelOf(registry, await permissions.site(origin)) : null) ?? asked
  const model = await modelById(registry, id, recommend)
  if (model === null) throw new RoutstrError('model_not_found', `No provider sells the model "${id}" at the moment.`)
  return json(model)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
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
