/** Step 6: the answer goes to the page, and when it is over the books are closed before the page can know. */
import type { Msat } from '../domain/msat.ts'
import type { AttemptOutcome, Receipt } from '../domain/receipt.ts'
import { nodeRequestIdOf } from '../protocol/node-call.ts'
import { costAfterMsat, requiredMsat } from '../protocol/price.ts'
import { type ChargeFacts, mergeCharge, readChargeHeaders } from '../protocol/usage.ts'
import type { Candidate } from '../routing/plan.ts'
import { type AnswerEnd, watchAnswer } from './answer.ts'
import type { Answered } from './attempt.ts'
import { answerHeaders } from './headers.ts'
import type { Capped } from './max-tokens.ts'
import { receiptOf } from './receipts.ts'
import type { Running } from './running.ts'
import { withUsage } from './spending.ts'
import { chargeFinding, expectedBy, usageFindings } from './verification.ts'
import type { EngineAnswer, EngineRequest, EngineWorld } from './world.ts'

export interface Delivery {
  readonly world: EngineWorld
  readonly request: EngineRequest
  readonly capped: Capped
  readonly running: Running
  readonly candidate: Candidate
  readonly tried: readonly AttemptOutcome[]
}

export function deliver({ world, request, capped, running, candidate, tried }: Delivery, result: Answered): EngineAnswer {
  const { parsed, maxTokens } = capped
  const firstByteMs = world.now() - running.startedAt
  const known = readChargeHeaders(result.response.headers)
  running.phase = 'streaming'
  world.sellers.spread.note(candidate.offer.providerId)
  world.running.changed()
  const body = watchAnswer({
    reader: result.reader,
    first: result.first,
    isEventStream: (result.response.headers.get('content-type') ?? '').toLowerCase().includes('text/event-stream'),
    abort: result.abort,
    signal: request.signal,
    idleMs: world.patience.idleMs,
    onProgress(characters) {
      running.received = characters
      world.running.changed()
      if (parsed.stream) request.onCost?.(costAfterMsat(candidate.offer.model, parsed, Math.ceil(characters / CHARACTERS_PER_TOKEN)))
    },
    async onEnd(end) {
      try {
        await closeBooks(end)
      } finally {
        world.running.remove(request.id)
      }
    },
  })
  return { status: result.response.status, headers: answerHeaders(result.response.headers, candidate, request.id, tried, maxTokens, running.insteadOf), body }

  /** Only a whole answer ends a rest: one that breaks in the middle is as bad as none. */
  function noteEnd({ state }: AnswerEnd): void {
    const { providerId, model } = candidate.offer
    if (state === 'completed') world.registry.noteSuccess(providerId, model.id)
    else if (state !== 'aborted') world.registry.noteFailure(providerId, model.id)
  }

  async function closeBooks(end: AnswerEnd): Promise<void> {
    noteEnd(end)
    const charge = mergeCharge(known, end.charge)
    // a stream that was cut may have been charged more than its last word says: the account is read instead
    const chargedMsat = end.state === 'completed' || end.state === 'failed' ? (charge?.chargedMsat ?? null) : null
    await world.sessions.release(result.lease, chargedMsat)
    const receipt = receiptOf({
      running,
      parsed,
      candidate,
      state: end.state,
      attempts: tried,
      nodeRequestId: nodeRequestIdOf(result.response.headers),
      now: world.now(),
    })
    const answerMs = receipt.finishedAt - result.firstAt
    const completionTokens = charge?.completionTokens ?? null
    const told: Receipt = {
      ...receipt,
      promptTokens: charge?.promptTokens ?? null,
      completionTokens,
      modelServed: charge?.modelServed ?? null,
      ...(running.market === null || charge === null ? {} : { market: withUsage(running.market, charge) }),
      firstByteMs,
      firstTokenMs: result.firstAt - result.sentAt,
      tokensPerSecond: parsed.stream && completionTokens !== null && answerMs > 0 ? Math.round((completionTokens / answerMs) * 10_000) / 10 : null,
      expectedMsat: expectedCharge(charge),
    }
    const findings = charge === null ? [] : usageFindings(charge, parsed, WRITES_TEXT.test(parsed.path) ? end.answerBytes : null)
    const overcharge = chargedMsat === null ? null : chargeFinding(told, chargedMsat)
    await world.accounting.close(told, overcharge === null ? findings : [overcharge, ...findings])
  }

  /** By the price sheet the request left with; a sheet with a rate of zero makes the whole required amount due (§6.1 item 4). */
  function expectedCharge(charge: ChargeFacts | null): Msat | null {
    const { model } = candidate.offer
    if (charge === null || model.price === null || charge.promptTokens === null || charge.completionTokens === null) return null
    return expectedBy(model.price, charge) ?? requiredMsat(model, parsed)
  }
}

/** Of usual text, for the estimate while it comes in. */
const CHARACTERS_PER_TOKEN = 4

/** Where what comes back is text, so that its length says something about its tokens. */
const WRITES_TEXT = /^\/(chat\/completions|completions|responses)$/
