/** One request from start to finish (design §3): cost, grant, plan; then the attempts. */
import { RoutstrError } from '../domain/errors.ts'
import { ZERO_MSAT } from '../domain/msat.ts'
import { type InferenceRequest, parseInferenceRequest } from '../protocol/request-body.ts'
import { type Plan, plan, type PricedOffer } from '../routing/plan.ts'
import { createAsking, permissionRequired } from './asking.ts'
import { createAttempts } from './attempts.ts'
import { cheapestShort, nobody, priceOffers } from './costing.ts'
import { type Capped, capOutput } from './max-tokens.ts'
import type { Running } from './running.ts'
import type { EngineAnswer, EngineRequest, EngineWorld, RunRequest } from './world.ts'

const PAID_PATHS = new Set(['/chat/completions', '/completions', '/responses', '/embeddings'])

export function createEngine(world: EngineWorld): RunRequest {
  const asking = createAsking(world)
  const tryInTurn = createAttempts(world, asking)

  /** Ids between their arrival and their place among the running: one id is one request, however often it is said at once. */
  const claimed = new Set<string>()

  return async (request) => {
    if (claimed.has(request.id) || world.running.has(request.id)) throw new RoutstrError('invalid_request_error', 'A request with this id is running already.')
    claimed.add(request.id)
    try {
      return await begin(request)
    } finally {
      claimed.delete(request.id)
    }
  }

  async function begin(request: EngineRequest): Promise<EngineAnswer> {
    const startedAt = world.now()
    refuseWhilePaused()
    await asking.refuseBlocked(request.origin)
    await refuseRepeat(request)
    const path = request.path.split('?')[0] ?? ''
    if (!PAID_PATHS.has(path))
      throw new RoutstrError('invalid_request_error', `${request.path} is not offered. Available: ${[...PAID_PATHS].join(', ')}, /models.`)
    const parsed = parseInferenceRequest(path, request.body)
    await world.registry.ready()
    // again, after the waiting; from here to its place among the running nothing waits
    refuseWhilePaused()

    const stop = new AbortController()
    const signal = AbortSignal.any([request.signal, stop.signal])
    const deadline = setTimeout(
      () =>
        stop.abort(
          new RoutstrError('stream_interrupted', 'The request took too long and was ended. What it cost is read from the account; the rest comes back.'),
        ),
      world.patience.totalMs,
    )
    const running: Running = {
      id: request.id,
      origin: request.origin,
      model: parsed.model,
      startedAt,
      providerName: null,
      phase: 'deciding',
      received: 0,
      stop: () =>
        stop.abort(new RoutstrError('request_aborted', 'The user stopped this request. What it cost so far is read from the account; the rest comes back.')),
      ended: () => clearTimeout(deadline),
    }
    world.running.add(running)
    try {
      return await run({ ...request, path, signal }, capOutput(parsed, world.settings()), running)
    } catch (error) {
      const begun = await world.store.receipt(request.id)
      if (begun === undefined) await world.accounting.closeQuietly(request.id)
      else await world.accounting.close({ ...begun, state: signal.aborted ? 'aborted' : 'failed', finishedAt: world.now() })
      world.running.remove(request.id)
      throw error
    }
  }

  function refuseWhilePaused(): void {
    if (world.settings().paused) throw new RoutstrError('payments_paused', 'The user has paused all payments. Nothing was spent.')
  }

  /** After a worker's death the page sends its request again under the same id: never paid twice (G51). */
  async function refuseRepeat({ id, origin }: EngineRequest): Promise<void> {
    const hold = await world.permissions.hold(id)
    const { attempts } = await world.sessions.costOf(id)
    if (attempts === 0 && (hold === undefined || (hold.origin === origin && hold.state !== 'charged'))) return
    throw new RoutstrError(
      'worker_lost',
      'The browser stopped the extension while this request ran. It is not sent twice; money that was not used comes back by itself.',
    )
  }

  async function run(request: EngineRequest, capped: Capped, running: Running): Promise<EngineAnswer> {
    const { parsed } = capped
    const granted = (await world.permissions.budget(request.origin, world.now())) !== null
    // before anything that depends on the wallet: a site without a grant learns nothing about it
    if (request.prompt === 'none' && !granted) throw permissionRequired()
    const chosen = await choose(request, parsed)
    const first = chosen.plan.candidates[0] ?? whileShort(parsed, chosen, granted)
    await asking.hold(
      {
        requestId: request.id,
        origin: request.origin,
        request: parsed,
        providerName: first.offer.providerName,
        expectedMsat: first.expectedMsat,
        worstMsat: first.requiredMsat,
        prompt: request.prompt,
      },
      request.signal,
    )
    // the user may have topped up while deciding
    const planned = chosen.plan.candidates.length > 0 ? chosen.plan : (await choose(request, parsed)).plan
    if (planned.candidates.length === 0) throw nobody(parsed.model, planned, known())
    return tryInTurn(request, capped, running, planned.candidates)
  }

  async function choose(request: EngineRequest, parsed: InferenceRequest): Promise<Chosen> {
    const priced = priceOffers(world.registry.offersFor(parsed.model), parsed)
    const free = await world.sessions.freeAt(request.origin)
    const planned = plan(priced, {
      balances: await world.wallet.readyByMint(),
      coolingDown: (providerId) => world.registry.isCoolingDown(providerId),
      sessionAt: (providerId) => free.get(providerId) ?? ZERO_MSAT,
      random: world.random,
    })
    return { priced, plan: planned }
  }

  /** The wallet is short: a page without a grant is asked about all the same, so that the user can top up while deciding. */
  function whileShort(parsed: InferenceRequest, chosen: Chosen, granted: boolean): PricedOffer {
    const short = cheapestShort(chosen.plan, chosen.priced)
    if (short === null || granted) throw nobody(parsed.model, chosen.plan, known())
    return short
  }

  function known(): { providers: number; models: number } {
    return { providers: world.registry.providers().length, models: world.registry.models().length }
  }
}

interface Chosen {
  readonly priced: readonly PricedOffer[]
  readonly plan: Plan
}
