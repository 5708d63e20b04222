/** A receipt as far as it is known at one moment of a request's life. */
import type { AttemptOutcome, Receipt } from '../domain/receipt.ts'
import type { InferenceRequest } from '../protocol/request-body.ts'
import type { Candidate } from '../routing/plan.ts'
import type { Running } from './running.ts'

export interface ReceiptFacts {
  readonly running: Running
  readonly parsed: InferenceRequest
  readonly candidate: Candidate | undefined
  readonly state: Receipt['state']
  readonly attempts: readonly AttemptOutcome[]
  readonly nodeRequestId: string | null
  readonly now: number
}

export function receiptOf({ running, parsed, candidate, state, attempts, nodeRequestId, now }: ReceiptFacts): Receipt {
  return {
    id: running.id,
    origin: running.origin,
    path: parsed.path,
    modelAsked: parsed.model,
    ...(running.insteadOf === null ? {} : { insteadOf: running.insteadOf }),
    ...(running.market === null ? {} : { market: running.market }),
    modelServed: null,
    stream: parsed.stream,
    state,
    startedAt: running.startedAt,
    finishedAt: now,
    firstByteMs: null,
    firstTokenMs: null,
    tokensPerSecond: null,
    providerId: candidate?.offer.providerId ?? null,
    providerName: candidate?.offer.providerName ?? null,
    providerUrl: candidate?.offer.providerUrl ?? null,
    nodeRequestId,
    promptTokens: null,
    completionTokens: null,
    price: candidate?.offer.model.price ?? null,
    priceAt: candidate?.offer.at ?? null,
    expectedMsat: null,
    chargedMsat: null,
    mismatches: [],
    attempts: [...attempts],
    reason: candidate?.reason ?? '',
  }
}
