/** What a page may ask for. The origin is the port's, told by the browser (design §5.5). */
import * as v from 'valibot'
import { errorFacts, RoutstrError } from '../domain/errors.ts'
import { ZERO_MSAT } from '../domain/msat.ts'
import { type SiteOrigin, siteOrigin } from '../domain/site.ts'
import { modelById, modelList } from '../engine/model-list.ts'
import type { EngineAnswer, RunRequest } from '../engine/world.ts'
import { frameIdSchema, pageFrameSchema } from '../messaging/page-contract.ts'
import type { PagePort } from '../messaging/ports.ts'
import type { Approvals } from '../permissions/approvals.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { Registry } from '../registry/registry.ts'
import type { Wallet } from '../wallet/wallet.ts'
import { createExchanges, type ExchangeWork } from './exchanges.ts'
import { forwardAnswer } from './forward.ts'
import { answerCall } from './page-calls.ts'

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

/** A call whose arguments are wrong: the page's mistake, not an attack. */
const callSchema = v.object({ t: v.literal('call'), id: frameIdSchema })

export function servePage(port: PagePort, world: PageWorld): void {
  const work: ExchangeWork = {
    request: (exchange, start, body) =>
      awake(async () => {
        const origin = siteOrigin(port.origin)
        const { id, signal, credit } = exchange
        const { path, headers, prompt } = start
        const answer = start.method === 'GET' ? await read(world.registry, path) : await world.run({ id, origin, path, headers, body, prompt, signal })
        await forwardAnswer(id, answer, port.send, credit, signal)
      }),
    call: (exchange, asked) =>
      awake(async () => {
        const value = await answerCall(world, port.origin, exchange, asked)
        port.send({ t: 'result', id: exchange.id, value })
      }),
    fail: (id, error) => port.send({ t: 'fail', id, error: errorFacts(error) }),
  }
  const exchanges = createExchanges(work)

  port.onFrame((message) => {
    const frame = v.safeParse(pageFrameSchema, message)
    if (frame.success) return exchanges.handle(frame.output)
    const call = v.safeParse(callSchema, message)
    if (call.success) return work.fail(call.output.id, new RoutstrError('invalid_request_error', `Not understood: ${frame.issues[0].message}.`))
    // T35: whoever does not keep the contract is not talked to
    port.close()
  })
  port.onClose(() => exchanges.end())

  async function awake(task: () => Promise<void>): Promise<void> {
    const release = world.busy()
    try {
      await world.ready
      await task()
    } finally {
      release()
    }
  }
}

async function read(registry: Registry, path: string): Promise<EngineAnswer> {
  await registry.ready()
  const name = path.split('?')[0] ?? ''
  if (name === '/models') return json(modelList(registry))
  if (!name.startsWith('/models/')) throw new RoutstrError('not_found', `GET ${name} is not offered; GET /models is.`)
  const id = decoded(name.slice('/models/'.length))
  const model = modelById(registry, id)
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
