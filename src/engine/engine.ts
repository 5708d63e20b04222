/** One request from start to finish (design §3): cost, grant, plan, session, send, settle; and the next attempt on failure. */
import { RoutstrError } from '../domain/errors.ts'
import { addMsat, maxMsat, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { AttemptOutcome, Receipt } from '../domain/receipt.ts'
import type { Settings } from '../domain/settings.ts'
import type { SiteOrigin } from '../domain/site.ts'
import type { Approvals } from '../permissions/approvals.ts'
import type { PermissionStore } from '../permissions/store.ts'
import { nodeRequestIdOf } from '../protocol/account.ts'
import { acceptedNames } from '../protocol/catalogue.ts'
import { chargeMsat } from '../protocol/price.ts'
import { type InferenceRequest, parseInferenceRequest } from '../protocol/request-body.ts'
import { readChargeHeaders, mergeCharge } from '../protocol/usage.ts'
import type { Registry } from '../registry/registry.ts'
import { type Candidate, type Plan, plan, type PricedOffer } from '../routing/plan.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Wallet } from '../wallet/wallet.ts'
import type { Accounting } from './accounting.ts'
import { watchAnswer } from './answer.ts'
import { createAsking } from './asking.ts'
import { attempt, type AttemptResult } from './attempt.ts'
import { cheapestShort, nobody, priceOffers, withMargin } from './costing.ts'
import { answerHeaders, passedHeaders, requestHeaders } from './headers.ts'
import { type Capped, capOutput } from './max-tokens.ts'
import { receiptOf } from './receipts.ts'
import type { Running, RunningRequests } from './running.ts'
import type { EngineStore } from './store.ts'

export interface EngineRequest {
  /** 32 hex digits from the page; the same after a reconnect. */
  readonly id: string
  readonly origin: SiteOrigin
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | null
  readonly prompt: 'auto' | 'none'
  readonly signal: AbortSignal
}

export interface EngineAnswer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: ReadableStream<Uint8Array> | null
}

export interface EngineWorld {
  readonly fetch: typeof globalThis.fetch
  readonly now: () => number
  readonly random: () => number
  readonly settings: () => Settings
  readonly wallet: Wallet
  readonly sessions: Sessions
  readonly registry: Registry
  readonly permissions: PermissionStore
  readonly approvals: Approvals
  readonly accounting: Accounting
  readonly running: RunningRequests
  readonly store: EngineStore
  /** Patience, ms; the defaults are those of a person, tests shorten them. */
  readonly patience: { readonly firstByteMs: number; readonly wholeAnswerMs: number; readonly idleMs: number; readonly totalMs: number }
}

const MOST_ATTEMPTS = 3
const PAID_PATHS = new Set(['/chat/completions', '/completions', '/responses', '/embeddings'])

/** @throws RoutstrError for every refusal; nothing was spent then unless the code is 424 */
export type RunRequest = (request: EngineRequest) => Promise<EngineAnswer>

export function createEngine(world: EngineWorld): RunRequest {
  const asking = createAsking(world)

  return async (request) => {
    const startedAt = world.now()
    if (world.settings().paused) throw new RoutstrError('payments_paused', 'The user has paused all payments. Nothing was spent.')
    await asking.refuseBlocked(request.origin)
    await refuseRepeat(request)
    const path = request.path.split('?')[0] ?? ''
    if (!PAID_PATHS.has(path)) throw new RoutstrError('invalid_request_error', `${request.path} is not offered. Available: ${[...PAID_PATHS].join(', ')}, /models.`)
    const parsed = parseInferenceRequest(path, request.body)
    await world.registry.ready()

    const stop = new AbortController()
    const signal = AbortSignal.any([request.signal, stop.signal])
    const deadline = setTimeout(() => stop.abort(new RoutstrError('stream_interrupted', 'The request took too long and was ended. What it cost is read from the account; the rest comes back.')), world.patience.totalMs)
    const running: Running = {
      id: request.id,
      origin: request.origin,
      model: parsed.model,
      startedAt,
      providerName: null,
      phase: 'deciding',
      received: 0,
      stop: () => stop.abort(new RoutstrError('request_aborted', 'The user stopped this request. What it cost so far is read from the account; the rest comes back.')),
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

  /** After a worker's death the page sends its request again under the same id: never paid twice (G51). */
  async function refuseRepeat({ id, origin }: EngineRequest): Promise<void> {
    if (world.running.has(id)) throw new RoutstrError('invalid_request_error', 'A request with this id is running already.')
    const hold = await world.permissions.hold(id)
    const { attempts } = await world.sessions.costOf(id)
    if (attempts === 0 && (hold === undefined || (hold.origin === origin && hold.state !== 'charged'))) return
    throw new RoutstrError('worker_lost', 'The browser stopped the extension while this request ran. It is not sent twice; money that was not used comes back by itself.')
  }

  async function run(request: EngineRequest, capped: Capped, running: Running): Promise<EngineAnswer> {
    const { parsed } = capped
    const { candidates, priced } = await choose(request, parsed)
    const first = candidates[0] ?? (await askWhileShort(request, parsed, priced))
    await asking.hold(
      { requestId: request.id, origin: request.origin, request: parsed, providerName: first.offer.providerName, expectedMsat: first.expectedMsat, worstMsat: first.requiredMsat, prompt: request.prompt },
      request.signal,
    )
    // prices and balances may have moved while the user was thinking
    const planned = candidates.length > 0 ? candidates : (await choose(request, parsed)).candidates
    if (planned.length === 0) throw nobody(parsed.model, (await choose(request, parsed)).plan, known())
    return tryInTurn(request, capped, running, planned)
  }

  async function tryInTurn(request: EngineRequest, capped: Capped, running: Running, candidates: readonly Candidate[]): Promise<EngineAnswer> {
    const tried: AttemptOutcome[] = []
    const receipt = (state: Receipt['state'], candidate: Candidate | undefined, nodeRequestId: string | null): Receipt =>
      receiptOf({ running, parsed: capped.parsed, candidate, state, attempts: tried, nodeRequestId, now: world.now() })
    let costsUnknown = false
    for (const candidate of candidates.slice(0, MOST_ATTEMPTS)) {
      running.phase = 'paying'
      running.providerName = candidate.offer.providerName
      world.running.changed()
      const result = await tryAt(request, capped, running, candidate, candidate.requiredMsat, tried)
      if (result === null) continue
      if (result.kind === 'answered') return deliver(request, capped, running, candidate, result, tried)
      if (result.kind === 'passed') {
        await world.accounting.close(receipt('failed', candidate, nodeRequestIdOf(result.headers)))
        world.running.remove(request.id)
        return { status: result.status, headers: passedHeaders(result, candidate, request.id), body: new Blob([result.text]).stream() }
      }
      costsUnknown ||= result.kind === 'failed' && !result.costKnown
      world.registry.noteFailure(candidate.offer.providerId)
    }
    const said = tried.map(({ providerName, outcome }) => `${providerName}: ${outcome}`).join('; ')
    await world.accounting.close(receipt('failed', candidates[0], null))
    world.running.remove(request.id)
    throw costsUnknown
      ? new RoutstrError('upstream_failed_after_payment', `No provider answered (${said}). What was placed there is on its way back to the wallet.`)
      : new RoutstrError('provider_unreachable', `No provider answered (${said || 'the budget does not reach for another provider'}). Nothing was spent.`)
  }

  /** One provider; a changed price is followed once, within the grant. null: the grant does not reach that far. */
  async function tryAt(request: EngineRequest, { parsed, maxTokens }: Capped, running: Running, candidate: Candidate, requiredMsat: Msat, tried: AttemptOutcome[]): Promise<AttemptResult | null> {
    if (!(await asking.raise(request.id, request.origin, requiredMsat))) return null
    const { offer } = candidate
    await world.store.saveReceipt(receiptOf({ running, parsed, candidate, state: 'interrupted', attempts: tried, nodeRequestId: null, now: world.now() }))
    const budget = await world.permissions.budget(request.origin, world.now())
    // a name this node would not resolve itself becomes its own
    const model = acceptedNames(offer.model).has(parsed.model.toLowerCase()) ? {} : { model: offer.model.id }
    const result = await attempt(
      { fetch: world.fetch, sessions: world.sessions, firstByteMs: world.patience.firstByteMs, wholeAnswerMs: world.patience.wholeAnswerMs },
      candidate,
      {
        id: request.id,
        origin: request.origin,
        path: request.path,
        headers: requestHeaders(request.headers),
        body: parsed.body({ ...model, ...(maxTokens === null ? {} : { maxTokens }) }),
        stream: parsed.stream,
        requiredMsat,
        mostMsat: addMsat(requiredMsat, budget?.remainingMsat ?? ZERO_MSAT),
        signal: request.signal,
      },
      () => {
        running.phase = 'waiting'
        world.running.changed()
      },
    )
    tried.push({ providerName: offer.providerName, providerUrl: offer.providerUrl, outcome: result.kind === 'answered' ? 'answered' : result.kind === 'passed' ? String(result.status) : result.outcome })
    if (result.kind !== 'quoted') return result
    if (result.requiredMsat <= requiredMsat || requiredMsat > candidate.requiredMsat) return { kind: 'failed', outcome: result.outcome, costKnown: true }
    return tryAt(request, { parsed, maxTokens }, running, candidate, maxMsat(withMargin(result.requiredMsat), requiredMsat), tried)
  }

  function deliver(request: EngineRequest, { parsed, maxTokens }: Capped, running: Running, candidate: Candidate, result: Extract<AttemptResult, { kind: 'answered' }>, tried: readonly AttemptOutcome[]): EngineAnswer {
    const firstByteMs = world.now() - running.startedAt
    const known = readChargeHeaders(result.response.headers)
    running.phase = 'streaming'
    world.running.changed()
    world.registry.noteSuccess(candidate.offer.providerId)
    const body = watchAnswer({
      reader: result.reader,
      first: result.first,
      isEventStream: (result.response.headers.get('content-type') ?? '').includes('text/event-stream'),
      abort: result.abort,
      signal: request.signal,
      idleMs: world.patience.idleMs,
      onProgress(characters) {
        running.received = characters
        world.running.changed()
      },
      async onEnd(end) {
        const charge = mergeCharge(known, end.charge)
        // a stream that was cut may have been charged more than its last word says: the account is read instead
        await world.sessions.release(result.lease, end.state === 'completed' || end.state === 'failed' ? (charge?.chargedMsat ?? null) : null)
        const receipt = receiptOf({ running, parsed, candidate, state: end.state, attempts: tried, nodeRequestId: nodeRequestIdOf(result.response.headers), now: world.now() })
        const usage = { promptTokens: charge?.promptTokens ?? null, completionTokens: charge?.completionTokens ?? null }
        const { price } = candidate.offer.model
        const { promptTokens, completionTokens } = usage
        const expectedMsat = price === null || promptTokens === null || completionTokens === null ? null : chargeMsat(price, { promptTokens, completionTokens })
        await world.accounting.close({ ...receipt, ...usage, modelServed: charge?.modelServed ?? null, firstByteMs, expectedMsat })
        world.running.remove(request.id)
      },
    })
    return { status: result.response.status, headers: answerHeaders(result.response.headers, candidate, request.id, maxTokens), body }
  }

  async function choose(request: EngineRequest, parsed: InferenceRequest): Promise<{ candidates: readonly Candidate[]; priced: readonly PricedOffer[]; plan: Plan }> {
    const priced = priceOffers(world.registry.offersFor(parsed.model), parsed)
    const free = await world.sessions.freeAt(request.origin)
    const planned = plan(priced, {
      balances: await world.wallet.readyByMint(),
      coolingDown: (providerId) => world.registry.isCoolingDown(providerId),
      sessionAt: (providerId) => free.get(providerId) ?? ZERO_MSAT,
      random: world.random,
    })
    return { candidates: planned.candidates, priced, plan: planned }
  }

  /** The wallet is short: a page without a grant is asked about all the same, so that the user can top up while deciding. */
  async function askWhileShort(request: EngineRequest, parsed: InferenceRequest, priced: readonly PricedOffer[]): Promise<PricedOffer> {
    const { plan: planned } = await choose(request, parsed)
    const short = cheapestShort(planned, priced)
    const granted = (await world.permissions.budget(request.origin, world.now())) !== null
    if (short === null || granted || request.prompt === 'none') throw nobody(parsed.model, planned, known())
    return short
  }

  function known(): { providers: number; models: number } {
    return { providers: world.registry.providers().length, models: world.registry.models().length }
  }
}
