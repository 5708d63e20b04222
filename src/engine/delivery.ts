/** Step 6: the answer goes to the page, and when it is over the books are closed before the page can know. */
import type { AttemptOutcome } from '../domain/receipt.ts'
import { nodeRequestIdOf } from '../protocol/account.ts'
import { chargeMsat } from '../protocol/price.ts'
import { mergeCharge, readChargeHeaders } from '../protocol/usage.ts'
import type { Candidate } from '../routing/plan.ts'
import { type AnswerEnd, watchAnswer } from './answer.ts'
import type { AttemptResult } from './attempt.ts'
import { answerHeaders } from './headers.ts'
import type { Capped } from './max-tokens.ts'
import { receiptOf } from './receipts.ts'
import type { Running } from './running.ts'
import type { EngineAnswer, EngineRequest, EngineWorld } from './world.ts'

export interface Delivery {
  readonly world: EngineWorld
  readonly request: EngineRequest
  readonly capped: Capped
  readonly running: Running
  readonly candidate: Candidate
  readonly tried: readonly AttemptOutcome[]
}

export function deliver({ world, request, capped, running, candidate, tried }: Delivery, result: Extract<AttemptResult, { kind: 'answered' }>): EngineAnswer {
  const { parsed, maxTokens } = capped
  const firstByteMs = world.now() - running.startedAt
  const known = readChargeHeaders(result.response.headers)
  running.phase = 'streaming'
  world.running.changed()
  world.registry.noteSuccess(candidate.offer.providerId)
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
    },
    async onEnd(end) {
      try {
        await closeBooks(end)
      } finally {
        world.running.remove(request.id)
      }
    },
  })
  return { status: result.response.status, headers: answerHeaders(result.response.headers, candidate, request.id, maxTokens), body }

  async function closeBooks(end: AnswerEnd): Promise<void> {
    const charge = mergeCharge(known, end.charge)
    // a stream that was cut may have been charged more than its last word says: the account is read instead
    await world.sessions.release(result.lease, end.state === 'completed' || end.state === 'failed' ? (charge?.chargedMsat ?? null) : null)
    const receipt = receiptOf({
      running,
      parsed,
      candidate,
      state: end.state,
      attempts: tried,
      nodeRequestId: nodeRequestIdOf(result.response.headers),
      now: world.now(),
    })
    const usage = { promptTokens: charge?.promptTokens ?? null, completionTokens: charge?.completionTokens ?? null }
    const { price } = candidate.offer.model
    const { promptTokens, completionTokens } = usage
    const expectedMsat = price === null || promptTokens === null || completionTokens === null ? null : chargeMsat(price, { promptTokens, completionTokens })
    await world.accounting.close({ ...receipt, ...usage, modelServed: charge?.modelServed ?? null, firstByteMs, expectedMsat })
  }
}
