/**
 * Steps 4 and 5 with a token in the `X-Cashu` header instead of a session (`routstr-node.md` §3.2): an option per site, and only for
 * answers that come whole, where nodes give change: chat, embeddings, Responses. The change is read from the header, and stored,
 * before anybody looks at the body (§9.1, trap 11).
 */
import { RoutstrError } from '../domain/errors.ts'
import { PAID_FETCH } from '../domain/paid-fetch.ts'
import type { InferenceRequest } from '../protocol/request-body.ts'
import { endpoint } from '../protocol/node-call.ts'
import { readChargeHeaders } from '../protocol/usage.ts'
import type { Candidate } from '../routing/plan.ts'
import type { TokenLease, XCashu } from '../sessions/x-cashu.ts'
import { type AttemptRequest, type AttemptResult, type AttemptWorld, isAnswer } from './attempt.ts'
import { failure, readRefusal } from './refusal.ts'

/** Everywhere else nodes keep the whole token (§9.1, trap 5), and streams come all at once at their end. */
const GIVES_CHANGE = /^\/(chat\/completions|embeddings|responses)$/

export function canPayByToken({ path, stream }: Pick<InferenceRequest, 'path' | 'stream'>): boolean {
  return !stream && GIVES_CHANGE.test(path)
}

/** @param reach sets the whole token aside; false: the grant does not reach for it, and it comes back unsent */
export async function attemptByToken(
  world: Omit<AttemptWorld, 'sessions'> & { readonly xCashu: Pick<XCashu, 'begin' | 'ended'> },
  candidate: Candidate,
  request: AttemptRequest,
  reach: (lease: TokenLease) => Promise<boolean>,
  onPaid: () => void,
): Promise<AttemptResult | null> {
  const { offer, mint } = candidate
  const { id: requestId, origin, requiredMsat } = request
  const provider = { id: offer.providerId, url: offer.providerUrl, name: offer.providerName }
  await request.written
  const lease = await world.xCashu.begin({ requestId, origin, provider, mint, requiredMsat }).catch((error: unknown) => {
    if (error instanceof RoutstrError && error.code === 'mint_unreachable') return failure(error.message, true, 'mint')
    throw error
  })
  if ('kind' in lease) return lease
  if (!(await reach(lease))) {
    await world.xCashu.ended(lease, null)
    return null
  }
  onPaid()
  return send(world, lease, offer.providerUrl, request)
}

async function send(
  world: Omit<AttemptWorld, 'sessions'> & { readonly xCashu: Pick<XCashu, 'ended'> },
  lease: TokenLease,
  providerUrl: string,
  request: AttemptRequest,
): Promise<AttemptResult> {
  const controller = new AbortController()
  const abort = (): void => controller.abort(request.signal.reason)
  request.signal.addEventListener('abort', abort)
  const patience = setTimeout(() => controller.abort(new Error('no answer in time')), world.wholeAnswerMs)
  try {
    request.signal.throwIfAborted()
    const sentAt = world.now()
    const response = await world.fetch(endpoint(providerUrl, request.path), {
      ...PAID_FETCH,
      method: 'POST',
      headers: [...request.headers.map(([name, value]): [string, string] => [name, value]), ['x-cashu', lease.token]],
      body: request.body,
      signal: controller.signal,
    })
    const change = response.headers.get('x-cashu')
    if (response.status >= 400) {
      const { refusal, refundToken } = await readRefusal(response, world.now())
      await world.xCashu.ended(lease, change ?? refundToken)
      return refusal
    }
    await world.xCashu.ended(lease, change, readChargeHeaders(response.headers)?.chargedMsat ?? null)
    if (!isAnswer(response)) {
      controller.abort()
      return failure('answered with something else than an answer', false, 'host')
    }
    const { sessionId, attemptId } = lease
    const place = { bearer: '', sessionId, attemptId, isArriving: false }
    return { kind: 'answered', lease: place, response, first: null, reader: response.body?.getReader() ?? null, abort: () => controller.abort(), sentAt, firstAt: world.now() }
  } catch {
    await world.xCashu.ended(lease, null)
    if (request.signal.aborted) throw request.signal.reason
    return failure(controller.signal.aborted ? 'no answer in time' : 'connection failed', false, 'host')
  } finally {
    clearTimeout(patience)
    request.signal.removeEventListener('abort', abort)
  }
}
