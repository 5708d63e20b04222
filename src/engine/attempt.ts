/** Steps 4 and 5 at one provider: a session, the request, and what its answer means. Money of a failure is settled later. */
import { RoutstrError } from '../domain/errors.ts'
import { type Msat, ZERO_MSAT } from '../domain/msat.ts'
import { PAID_FETCH } from '../domain/paid-fetch.ts'
import type { SessionLife } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { endpoint } from '../protocol/node-call.ts'
import type { Candidate } from '../routing/plan.ts'
import type { Lease } from '../sessions/leasing.ts'
import type { AcquireRequest, Sessions } from '../sessions/sessions.ts'
import { failure, readRefusal, type Refusal } from './refusal.ts'

export interface AttemptRequest {
  readonly id: string
  readonly origin: SiteOrigin
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  /** The body for this provider. */
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly stream: boolean
  readonly requiredMsat: Msat
  readonly mostMsat: Msat
  readonly life: SessionLife
  readonly reachFee?: AcquireRequest['reachFee']
  /** A place it has already. */
  readonly lease: Lease | null
  readonly hasLooked: AcquireRequest['hasLooked']
  /** Its receipt is saved: nothing leaves before that. */
  readonly written: Promise<void>
  readonly signal: AbortSignal
}

/** Headers and, for streams, the first bytes are here. `abort` closes the connection to the provider. */
export interface Answered {
  readonly kind: 'answered'
  readonly lease: Lease
  readonly response: Response
  readonly first: Uint8Array | null
  readonly reader: ReadableStreamDefaultReader<Uint8Array> | null
  readonly abort: () => void
  /** When the request left, and when the first byte (of a whole answer: its head) was here, ms. */
  readonly sentAt: number
  readonly firstAt: number
}

export type AttemptResult = Answered | Refusal

export interface AttemptWorld {
  readonly fetch: typeof globalThis.fetch
  readonly sessions: Sessions
  readonly now: () => number
  /** Until the first byte of a stream, ms. */
  readonly firstByteMs: number
  /** Until the headers of an answer that comes whole, ms. */
  readonly wholeAnswerMs: number
}

/** T23: what an AI answers with; a web page is not among it. */
const ANSWER_TYPES = /^(application\/([\w.+-]*json|octet-stream|x-subrip)|text\/(event-stream|plain|vtt|srt)|audio\/|image\/)/i

export function isAnswer(response: Response): boolean {
  return ANSWER_TYPES.test(response.headers.get('content-type') ?? '')
}

export async function attempt(world: AttemptWorld, candidate: Candidate, request: AttemptRequest, onPaid: () => void): Promise<AttemptResult> {
  const { offer, mint } = candidate
  const acquired = request.lease !== null ? { kind: 'leased' as const, lease: request.lease } : await world.sessions
    .acquire({
      origin: request.origin,
      provider: { id: offer.providerId, url: offer.providerUrl, name: offer.providerName },
      mint,
      requiredMsat: request.requiredMsat,
      requestId: request.id,
      mostMsat: request.mostMsat,
      life: request.life,
      hasLooked: request.hasLooked,
      ...(request.reachFee === undefined ? {} : { reachFee: request.reachFee }),
    })
    .catch((error: unknown) => {
      // making change failed at our mint: nothing left the wallet, another mint may serve another provider
      if (error instanceof RoutstrError && error.code === 'mint_unreachable') return { kind: 'refused' as const, why: error.message, ours: true }
      throw error
    })
  if (acquired.kind === 'refused') return failure(acquired.why, 'ours' in acquired || acquired.begun !== true, 'ours' in acquired ? 'mint' : 'host')
  onPaid()
  return send(world, acquired.lease, offer.providerUrl, request)
}

async function send(world: AttemptWorld, lease: Lease, providerUrl: string, request: AttemptRequest): Promise<AttemptResult> {
  const controller = new AbortController()
  const abort = (): void => controller.abort(request.signal.reason)
  request.signal.addEventListener('abort', abort)
  const patience = setTimeout(() => controller.abort(new Error('no answer in time')), request.stream ? world.firstByteMs : world.wholeAnswerMs)
  let left = false
  try {
    await request.written
    request.signal.throwIfAborted()
    left = true
    const sentAt = world.now()
    const response = await world.fetch(endpoint(providerUrl, request.path), {
      ...PAID_FETCH,
      method: 'POST',
      headers: [...request.headers.map(([name, value]): [string, string] => [name, value]), ['authorization', `Bearer ${lease.bearer}`]],
      body: request.body,
      signal: controller.signal,
    })
    if (response.status >= 400) {
      const { refusal, charged } = await readRefusal(response, world.now())
      await world.sessions.release(lease, charged)
      return refusal
    }
    const contentType = response.headers.get('content-type') ?? ''
    if (!isAnswer(response)) {
      await world.sessions.release(lease, null)
      controller.abort()
      return failure(`answered ${contentType.slice(0, 40) || 'without a type'}`, false, 'host')
    }
    world.sessions.answered(lease)
    const reader = response.body?.getReader() ?? null
    const first = request.stream && reader !== null ? await reader.read() : null
    if (first?.done === true) {
      await world.sessions.release(lease, null)
      return failure('the stream ended before its first byte', false, 'upstream')
    }
    return { kind: 'answered', lease, response, first: first?.value ?? null, reader, abort: () => controller.abort(), sentAt, firstAt: world.now() }
  } catch (error) {
    await world.sessions.release(lease, left ? null : ZERO_MSAT)
    if (request.signal.aborted) throw request.signal.reason
    if (!left) throw error
    const why = controller.signal.aborted ? 'no answer in time' : `connection failed (${error instanceof Error ? error.message.slice(0, 80) : 'unknown'})`
    return failure(why, false, 'host')
  } finally {
    clearTimeout(patience)
    request.signal.removeEventListener('abort', abort)
  }
}
