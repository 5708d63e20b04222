/** One provider of the plan: its share of the grant is set aside, it is asked, and a changed price is followed once. */
import { RoutstrError } from '../domain/errors.ts'
import { inBackground } from '../domain/in-background.ts'
import { addMsat, maxMsat, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { AttemptOutcome } from '../domain/receipt.ts'
import { acceptedNames } from '../protocol/catalogue.ts'
import type { Candidate } from '../routing/plan.ts'
import type { createAsking } from './asking.ts'
import type { EarlyPlace } from './early-place.ts'
import { type Answered, attempt, type AttemptRequest } from './attempt.ts'
import { withMargin } from './costing.ts'
import { requestHeaders } from './headers.ts'
import type { ReadyLeg } from './legs.ts'
import { receiptOf } from './receipts.ts'
import { type Failure, failure, type Refusal } from './refusal.ts'
import type { Running } from './running.ts'
import { attemptByToken, canPayByToken } from './token-attempt.ts'
import type { EngineRequest, EngineWorld } from './world.ts'

export interface Trying {
  readonly request: EngineRequest
  readonly leg: ReadyLeg
  readonly running: Running
  /** What was tried so far, in the order in which it ended. */
  readonly tried: AttemptOutcome[]
  /** What was set aside for the very first attempt and is used by none yet, and what the site may spend beside it. */
  readonly hold: { unusedMsat: Msat; readonly remainingMsat: Msat | null; readonly early: EarlyPlace | null }
}

export type TryResult = Answered | Failure | Extract<Refusal, { kind: 'passed' }>

/** null: the grant does not reach that far. @throws RoutstrError of the wallet; the signal's reason */
export type TryAt = (trying: Trying, candidate: Candidate, signal: AbortSignal) => Promise<TryResult | null>

export function createProviderTry(world: EngineWorld, asking: ReturnType<typeof createAsking>): TryAt {
  return (trying, candidate, signal) => tryAt(trying, candidate, signal, candidate.requiredMsat)

  async function tryAt(trying: Trying, candidate: Candidate, signal: AbortSignal, requiredMsat: Msat): Promise<TryResult | null> {
    const { request, running, tried } = trying
    const { rule, capped, newcomers } = trying.leg
    const { parsed, maxTokens } = capped
    const held = await setAside(trying, requiredMsat, candidate.invoiceFeeMsat ?? ZERO_MSAT)
    if (held === null) return null
    request.onHeld?.(held.remainingMsat)
    const reach = async (feeMsat: Msat): Promise<boolean> => (await asking.raise(request.id, request.origin, addMsat(held.besideMsat, requiredMsat, feeMsat))) !== null
    const { offer } = candidate
    const mayBeNew = newcomers.has(offer.providerId) || requiredMsat > candidate.requiredMsat
    if (mayBeNew && !(await agreed(trying, candidate, requiredMsat, signal))) return null
    const early = trying.hold.early?.take(candidate, requiredMsat) ?? null
    // written beside the place at the provider; the request leaves when both are
    const written = early !== null ? Promise.resolve() : world.store.saveReceipt(receiptOf({ running, parsed, candidate, state: 'interrupted', attempts: tried, nodeRequestId: null, now: world.now() }))
    inBackground(written)
    // a name this node would not resolve itself becomes its own
    const model = acceptedNames(offer.model).has(parsed.model.toLowerCase()) ? {} : { model: offer.model.id }
    const attemptRequest: AttemptRequest = {
      id: request.id,
      origin: request.origin,
      path: request.path,
      headers: requestHeaders(request.headers),
      body: parsed.body({ ...model, ...(maxTokens === null ? {} : { maxTokens }) }),
      stream: parsed.stream,
      requiredMsat,
      mostMsat: addMsat(requiredMsat, held.remainingMsat ?? ZERO_MSAT),
      life: rule?.sessionLife ?? world.settings().sessionLife,
      written,
      lease: early?.lease ?? null,
      hasLooked: early !== null,
      ...(candidate.invoiceFeeMsat === undefined ? {} : { reachFee: reach }),
      signal,
    }
    const { fetch, sessions, now, patience } = world
    const { firstByteMs, wholeAnswerMs } = patience
    const onPaid = (): void => {
      running.phase = 'waiting'
      world.running.changed()
    }
    const answering =
      canPayByToken(parsed) && candidate.invoiceFeeMsat === undefined && rule?.xCashu === true
        ? attemptByToken(
            { fetch, xCashu: sessions.xCashu, now, firstByteMs, wholeAnswerMs },
            candidate,
            attemptRequest,
            async () => {
              const after = await sessions.costOf(request.id)
              return (await asking.raise(request.id, request.origin, addMsat(after.chargedMsat, after.unknownMsat))) !== null
            },
            onPaid,
          )
        : attempt({ fetch, sessions, now, firstByteMs, wholeAnswerMs }, candidate, attemptRequest, onPaid)
    // whoever puts the request down now finds its receipt
    const result = await answering.finally(() => written.catch(() => undefined))
    if (result === null) return null
    tried.push({
      providerName: offer.providerName,
      providerUrl: offer.providerUrl,
      outcome: result.kind === 'answered' ? 'answered' : result.kind === 'passed' ? String(result.status) : result.outcome,
    })
    if (result.kind !== 'quoted') return result
    // its 402 is a quote (§4.3): our price sheet is old. Once, and within the grant
    inBackground(world.registry.reread(offer.providerId))
    if (result.requiredMsat <= requiredMsat || requiredMsat > candidate.requiredMsat) return failure(result.outcome, true, 'host')
    return tryAt(trying, candidate, signal, maxMsat(withMargin(result.requiredMsat), requiredMsat))
  }

  /**
   * May the hold be this much? What other attempts of this request cost, or may still cost, is set aside as well; the first has its
   * hold already. null: no.
   */
  async function setAside({ request, hold }: Trying, requiredMsat: Msat, feeMsat: Msat): Promise<{ readonly remainingMsat: Msat | null; readonly besideMsat: Msat } | null> {
    const { unusedMsat, remainingMsat } = hold
    hold.unusedMsat = ZERO_MSAT
    if (unusedMsat === addMsat(requiredMsat, feeMsat)) return { remainingMsat, besideMsat: ZERO_MSAT }
    const before = await world.sessions.costOf(request.id)
    const besideMsat = addMsat(before.chargedMsat, before.unknownMsat, before.feesMsat)
    const raised = await asking.raise(request.id, request.origin, addMsat(besideMsat, requiredMsat, feeMsat))
    return raised === null ? null : { ...raised, besideMsat }
  }

  /** *Small first*: more than a provider has earned is placed there only after a yes that names it. @throws RoutstrError when the first of all is refused */
  async function agreed({ request, leg: { capped, rule }, tried }: Trying, { offer, expectedMsat }: Candidate, requiredMsat: Msat, signal: AbortSignal): Promise<boolean> {
    const mostMsat = await world.standings.mostMsat(offer.providerId)
    if (mostMsat === null || requiredMsat <= mostMsat) return true
    const free = (await world.sessions.freeAt(request.origin))(rule?.sessionLife ?? world.settings().sessionLife)
    if (requiredMsat <= (free.get(offer.providerId) ?? ZERO_MSAT)) return true
    const { id: requestId, origin, prompt, userActive } = request
    const ask = { requestId, origin, userActive, request: capped.parsed, providerName: offer.providerName, expectedMsat, worstMsat: requiredMsat, prompt }
    try {
      await asking.agree(ask, signal)
    } catch (error) {
      if (signal.aborted || tried.length === 0 || !(error instanceof RoutstrError)) throw error
      tried.push({ providerName: offer.providerName, providerUrl: offer.providerUrl, outcome: 'new, and there was no yes to place so much there' })
      return false
    }
    await world.standings.noteAgreed(offer.providerId, requiredMsat)
    return true
  }
}
