/** One request from start to finish (design §3): cost, grant, plan; then the attempts. */
import { AUTO } from '../domain/fallback.ts'
import { RoutstrError } from '../domain/errors.ts'
import { inBackground } from '../domain/in-background.ts'
import { addMsat, maxMsat, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import { type InferenceRequest, parseInferenceRequest } from '../protocol/request-body.ts'
import { blockedError } from '../permissions/approvals.ts'
import type { PricedOffer } from '../routing/plan.ts'
import { createAsking, permissionRequired } from './asking.ts'
import { createAttempts } from './attempts.ts'
import { createChoosing } from './choosing.ts'
import { cheapestShort, mostMsatOf, nobody } from './costing.ts'
import { contentTypeOf } from './headers.ts'
import { createEarlyPlace, type EarlyPlace } from './early-place.ts'
import { createLegs, type Leg, readyLegs } from './legs.ts'
import { withMoneyUnderWay } from './money-under-way.ts'
import type { RecommendModels } from './recommending.ts'
import type { Running } from './running.ts'
import type { EngineAnswer, EngineRequest, EngineWorld, RunRequest } from './world.ts'

/** Everything a node serves below `/v1` by POST (`routstr-node.md` §2.5), but its own money. */
const PAID_PATHS = /^\/((chat\/)?completions|responses(\/.+)?|embeddings|messages(\/count_tokens)?|moderations|(images|audio)\/.+)$/

export function createEngine(world: EngineWorld & { readonly recommend: RecommendModels; readonly onPlanned?: (requestId: string, legs: readonly Leg[]) => void }): RunRequest {
  const asking = createAsking(world)
  const choosing = createChoosing(world)
  const planLegs = createLegs(world, choosing)
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
    const path = request.path.split('?')[0] ?? ''
    // what a plan needs is read beside the question whether there will be one
    const looking = choosing.look(request.origin)
    const parsing = parse(request, path)
    const planning = Promise.all([looking, parsing, world.registry.ready()]).then(([seen, parsed]) => planLegs(request, parsed, seen))
    for (const work of [looking, parsing, planning]) inBackground(work)
    const [{ rule, granted }] = await Promise.all([looking, refuseRepeat(request)])
    if (rule?.blocked === true) throw blockedError(request.origin)
    const parsed = await parsing
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
      insteadOf: null,
      market: null,
      startedAt,
      providerName: null,
      phase: 'deciding',
      received: 0,
      stop: () =>
        stop.abort(new RoutstrError('request_aborted', 'The user stopped this request. What it cost so far is read from the account; the rest comes back.')),
      ended() {
        clearTimeout(deadline)
        // what the next one of this site depends on is read before it comes
        inBackground(choosing.look(request.origin))
      },
    }
    world.running.add(running)
    try {
      return await run({ ...request, path, signal }, parsed, granted, running, planning)
    } catch (error) {
      // what can not be written now (a full disk) is put right by the next wake: but it has to have ended
      await putDown(request.id, signal.aborted ? 'aborted' : 'failed').catch(() => undefined)
      world.running.remove(request.id)
      throw error
    }
  }

  async function parse({ body, headers }: EngineRequest, path: string): Promise<InferenceRequest> {
    refuseOtherPaths(path)
    return parseInferenceRequest(path, body, contentTypeOf(headers))
  }

  async function putDown(requestId: string, state: 'aborted' | 'failed'): Promise<void> {
    const begun = await world.store.receipt(requestId)
    if (begun === undefined) await world.accounting.closeQuietly(requestId)
    else await world.accounting.close({ ...begun, state, finishedAt: world.now() })
  }

  function refuseWhilePaused(): void {
    if (world.settings().paused) throw new RoutstrError('payments_paused', 'The user has paused all payments. Nothing was spent.')
  }

  /** After a worker's death the page sends its request again under the same id: never paid twice (G51). */
  async function refuseRepeat({ id, origin }: EngineRequest): Promise<void> {
    const [hold, { attempts }] = await Promise.all([world.permissions.hold(id), world.sessions.costOf(id)])
    if (attempts === 0 && (hold === undefined || (hold.origin === origin && hold.state !== 'charged'))) return
    throw new RoutstrError(
      'worker_lost',
      'The browser stopped the extension while this request ran. It is not sent twice; money that was not used comes back by itself.',
    )
  }

  async function run(request: EngineRequest, asWritten: InferenceRequest, granted: boolean, running: Running, planning: ReturnType<typeof planLegs>): Promise<EngineAnswer> {
    // before anything that depends on the wallet is said: a site without a grant learns nothing about it
    if (request.prompt === 'none' && !granted) throw permissionRequired()
    const whenChanged = (planned: Awaited<typeof planning>) => withMoneyUnderWay(planned, () => planLegs(request, asWritten), world.wallet, request.signal)
    const legs = await whenChanged(await planning)
    world.onPlanned?.(request.id, legs)
    const some = legs.find(({ chosen }) => chosen.plan.candidates.length > 0)
    const shown = some ?? legs[0]
    const first = some?.chosen.plan.candidates[0] ?? whileShort(shown, granted)
    // an agreed fallback that the limits reach for comes before a question about one they do not
    const tooDear = some === undefined ? null : await beyondLimits(request, legs)
    const isHeld = tooDear === null || tooDear.size === legs.length
    const early = earlyPlace(legs, running)
    let hold: Parameters<typeof tryInTurn>[3] = { unusedMsat: ZERO_MSAT, remainingMsat: null, early }
    let asked = false
    if (isHeld) {
      const held = await asking.hold(
        {
          requestId: request.id,
          origin: request.origin,
          request: withOthers(shown, legs),
          providerName: first.offer.providerName,
          expectedMsat: addMsat(first.expectedMsat, first.invoiceFeeMsat ?? ZERO_MSAT),
          worstMsat: mostMsatOf(first),
          shownMsat: dearest(first, legs),
          prompt: request.prompt,
          userActive: request.userActive,
        },
        request.signal,
        early?.along,
      )
      asked = held.asked
      hold = { unusedMsat: mostMsatOf(first), remainingMsat: held.remainingMsat, early }
    }
    try {
      // so much at this very provider: the next requests need not ask again
      if (asked) await world.standings.noteAgreed(first.offer.providerId, first.requiredMsat)
      // the user may have topped up while deciding
      const planned = some !== undefined ? legs : await whenChanged(await planLegs(request, asWritten))
      const ready = readyLegs(planned, (leg) => isHeld || tooDear?.has(leg) !== true)
      if (ready.length === 0) throw nobody(planned[0].capped.parsed.model, planned[0].chosen.plan, known())
      return await tryInTurn(request, running, ready, hold)
    } finally {
      early?.giveBack()
    }
  }

  /** Where several models may answer, what is held is not for the first one alone. */
  function earlyPlace(legs: readonly Leg[], running: Running): EarlyPlace | null {
    const [only, ...others] = readyLegs(legs, () => true)
    const first = only?.candidates[0]
    return only === undefined || first === undefined || others.length > 0 ? null : createEarlyPlace(world, running, only, first)
  }

  /**
   * Of several models: those the limits do not reach for. The first that fits is held; null: there is one model only, or nothing to
   * compare with, and a question may help.
   */
  async function beyondLimits(request: EngineRequest, legs: readonly Leg[]): Promise<ReadonlySet<Leg> | null> {
    if (legs.length === 1) return null
    const beyond = new Set<Leg>()
    for (const leg of legs) {
      const [candidate] = leg.chosen.plan.candidates
      if (candidate === undefined) beyond.add(leg)
      else if ((await asking.raise(request.id, request.origin, mostMsatOf(candidate))) !== null) return beyond
      else beyond.add(leg)
    }
    return beyond
  }

  /** The wallet is short: a page without a grant is asked about all the same, so that the user can top up while deciding. */
  function whileShort({ capped, chosen }: Leg, granted: boolean): PricedOffer {
    const short = cheapestShort(chosen.plan, chosen.priced)
    if (short === null || granted) throw nobody(capped.parsed.model, chosen.plan, known())
    return short
  }

  function known(): { providers: number; models: number } {
    return { providers: world.registry.providers().length, models: world.registry.models().length }
  }
}

/** @throws RoutstrError `invalid_request_error` for what no node serves */
export function refuseOtherPaths(path: string): void {
  if (PAID_PATHS.test(path)) return
  throw new RoutstrError(
    'invalid_request_error',
    `${path} is not offered. Available: /chat/completions, /completions, /responses, /embeddings, /messages, /images/…, /audio/…, /moderations, /models.`,
  )
}

/** What the user reads: who answers first, and who may answer instead. */
function withOthers(shown: Leg, legs: readonly Leg[]): InferenceRequest {
  const { parsed } = shown.capped
  const others = legs.filter((leg) => leg !== shown && leg.chosen.plan.candidates.length > 0).map((leg) => leg.capped.parsed.model)
  const isAuto = shown.insteadOf?.model === AUTO
  return { ...parsed, summary: { ...parsed.summary, ...(others.length === 0 ? {} : { others }), ...(isAuto ? { isAuto } : {}) } }
}

/** The worst case of the dearest model that may answer: a yes covers each of them. */
function dearest(first: PricedOffer, legs: readonly Leg[]): Msat {
  return legs.reduce((most, { chosen }) => maxMsat(most, chosen.plan.candidates[0] === undefined ? ZERO_MSAT : mostMsatOf(chosen.plan.candidates[0])), mostMsatOf(first))
}
