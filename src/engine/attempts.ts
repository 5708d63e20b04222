/** Steps 4 and 5 over the planned providers: one after the other until one answers, within the grant. */
import { RoutstrError } from '../domain/errors.ts'
import { addMsat, maxMsat, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { AttemptOutcome, Receipt } from '../domain/receipt.ts'
import { nodeRequestIdOf } from '../protocol/account.ts'
import { acceptedNames } from '../protocol/catalogue.ts'
import type { Candidate } from '../routing/plan.ts'
import type { createAsking } from './asking.ts'
import { type AttemptResult, attempt } from './attempt.ts'
import { withMargin } from './costing.ts'
import { deliver } from './delivery.ts'
import { passedHeaders, requestHeaders } from './headers.ts'
import type { Capped } from './max-tokens.ts'
import { receiptOf } from './receipts.ts'
import type { Running } from './running.ts'
import type { EngineAnswer, EngineRequest, EngineWorld } from './world.ts'

const MOST_ATTEMPTS = 3

/** @throws RoutstrError `provider_unreachable`, `upstream_failed_after_payment` when nobody answered; those of the wallet */
export type TryInTurn = (request: EngineRequest, capped: Capped, running: Running, candidates: readonly Candidate[]) => Promise<EngineAnswer>

export function createAttempts(world: EngineWorld, asking: ReturnType<typeof createAsking>): TryInTurn {
  return async function tryInTurn(request, capped, running, candidates) {
    const tried: AttemptOutcome[] = []
    const receipt = (state: Receipt['state'], candidate: Candidate | undefined, nodeRequestId: string | null): Receipt =>
      receiptOf({ running, parsed: capped.parsed, candidate, state, attempts: tried, nodeRequestId, now: world.now() })
    let costsUnknown = false
    for (const candidate of candidates.slice(0, MOST_ATTEMPTS)) {
      request.signal.throwIfAborted()
      running.phase = 'paying'
      running.providerName = candidate.offer.providerName
      world.running.changed()
      const result = await tryAt(request, capped, running, candidate, candidate.requiredMsat, tried)
      if (result === null) continue
      if (result.kind === 'answered') return deliver({ world, request, capped, running, candidate, tried }, result)
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
      : new RoutstrError(
          'provider_unreachable',
          `No provider answered (${said || 'the budget does not reach for another provider'}). Nothing was spent; a deposit that was begun comes back by itself.`,
        )
  }

  /** One provider; a changed price is followed once, within the grant. null: the grant does not reach that far. */
  async function tryAt(
    request: EngineRequest,
    { parsed, maxTokens }: Capped,
    running: Running,
    candidate: Candidate,
    requiredMsat: Msat,
    tried: AttemptOutcome[],
  ): Promise<AttemptResult | null> {
    const before = await world.sessions.costOf(request.id)
    // what an earlier attempt may still have cost is set aside as well
    if (!(await asking.raise(request.id, request.origin, addMsat(before.chargedMsat, before.unknownMsat, requiredMsat)))) return null
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
    tried.push({
      providerName: offer.providerName,
      providerUrl: offer.providerUrl,
      outcome: result.kind === 'answered' ? 'answered' : result.kind === 'passed' ? String(result.status) : result.outcome,
    })
    if (result.kind !== 'quoted') return result
    if (result.requiredMsat <= requiredMsat || requiredMsat > candidate.requiredMsat) return { kind: 'failed', outcome: result.outcome, costKnown: true }
    return tryAt(request, { parsed, maxTokens }, running, candidate, maxMsat(withMargin(result.requiredMsat), requiredMsat), tried)
  }
}
