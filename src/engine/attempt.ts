/** Steps 4 and 5 at one provider: a session, the request, and what its answer means. Money of a failure is settled later. */
import { RoutstrError } from '../domain/errors.ts'
import { type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { endpoint, PAID_FETCH } from '../protocol/account.ts'
import { readText } from '../protocol/foreign.ts'
import { isNodeEnvelope, isProviderFault, type NodeError, parseNodeError, withoutSecrets } from '../protocol/node-errors.ts'
import type { Candidate } from '../routing/plan.ts'
import type { Lease, Sessions } from '../sessions/sessions.ts'

export interface AttemptRequest {
  readonly id: string
  readonly origin: SiteOrigin
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  /** The body for this provider. */
  readonly body: string
  readonly stream: boolean
  readonly requiredMsat: Msat
  readonly mostMsat: Msat
  readonly signal: AbortSignal
}

export type AttemptResult =
  /** Headers and, for streams, the first bytes are here. `abort` closes the connection to the provider. */
  | {
      readonly kind: 'answered'
      readonly lease: Lease
      readonly response: Response
      readonly first: Uint8Array | null
      readonly reader: ReadableStreamDefaultReader<Uint8Array> | null
      readonly abort: () => void
    }
  /** The request's own fault: goes back unchanged. */
  | { readonly kind: 'passed'; readonly status: number; readonly contentType: string; readonly text: string; readonly headers: Headers }
  /** The account there needs more for this request than we had reckoned. */
  | { readonly kind: 'quoted'; readonly requiredMsat: Msat; readonly outcome: string }
  | { readonly kind: 'failed'; readonly outcome: string; readonly costKnown: boolean }

export interface AttemptWorld {
  readonly fetch: typeof globalThis.fetch
  readonly sessions: Sessions
  /** Until the first byte of a stream, ms. */
  readonly firstByteMs: number
  /** Until the headers of an answer that comes whole, ms. */
  readonly wholeAnswerMs: number
}

/** T23: what an AI answers with; a web page is not among it. */
const ANSWER_TYPES = /^(application\/([\w.+-]*json|octet-stream)|text\/(event-stream|plain)|audio\/|image\/)/i
const MOST_ERROR_BYTES = 1024 * 1024

export async function attempt(world: AttemptWorld, candidate: Candidate, request: AttemptRequest, onPaid: () => void): Promise<AttemptResult> {
  const { offer, mint } = candidate
  const acquired = await world.sessions
    .acquire({
      origin: request.origin,
      provider: { id: offer.providerId, url: offer.providerUrl, name: offer.providerName },
      mint,
      requiredMsat: request.requiredMsat,
      requestId: request.id,
      mostMsat: request.mostMsat,
    })
    .catch((error: unknown) => {
      // making change failed at our mint: nothing left the wallet, another mint may serve another provider
      if (error instanceof RoutstrError && error.code === 'mint_unreachable') return { kind: 'refused' as const, why: error.message }
      throw error
    })
  if (acquired.kind === 'refused') return { kind: 'failed', outcome: acquired.why, costKnown: true }
  onPaid()
  return send(world, acquired.lease, offer.providerUrl, request)
}

async function send(world: AttemptWorld, lease: Lease, providerUrl: string, request: AttemptRequest): Promise<AttemptResult> {
  const controller = new AbortController()
  const abort = (): void => controller.abort(request.signal.reason)
  request.signal.addEventListener('abort', abort)
  const patience = setTimeout(() => controller.abort(new Error('no answer in time')), request.stream ? world.firstByteMs : world.wholeAnswerMs)
  try {
    request.signal.throwIfAborted()
    const response = await world.fetch(endpoint(providerUrl, request.path), {
      ...PAID_FETCH,
      method: 'POST',
      headers: [...request.headers.map(([name, value]): [string, string] => [name, value]), ['authorization', `Bearer ${lease.key}`]],
      body: request.body,
      signal: controller.signal,
    })
    if (response.status >= 400) return await refusal(world, lease, response)
    const contentType = response.headers.get('content-type') ?? ''
    if (!ANSWER_TYPES.test(contentType)) {
      await world.sessions.release(lease, null)
      controller.abort()
      return { kind: 'failed', outcome: `answered ${contentType.slice(0, 40) || 'without a type'}`, costKnown: false }
    }
    const reader = response.body?.getReader() ?? null
    const first = request.stream && reader !== null ? await reader.read() : null
    if (first?.done === true) {
      await world.sessions.release(lease, null)
      return { kind: 'failed', outcome: 'the stream ended before its first byte', costKnown: false }
    }
    return { kind: 'answered', lease, response, first: first?.value ?? null, reader, abort: () => controller.abort() }
  } catch (error) {
    await world.sessions.release(lease, null)
    if (request.signal.aborted) throw request.signal.reason
    return {
      kind: 'failed',
      outcome: controller.signal.aborted ? 'no answer in time' : `connection failed (${error instanceof Error ? error.message.slice(0, 80) : 'unknown'})`,
      costKnown: false,
    }
  } finally {
    clearTimeout(patience)
    request.signal.removeEventListener('abort', abort)
  }
}

/**
 * An error answer of the node costs nothing: it has released its reservation (`routstr-node.md` §5.4), and a lie shows at the
 * settle. One of a proxy in between proves nothing: behind it the node may have answered and charged.
 */
async function refusal(world: AttemptWorld, lease: Lease, response: Response): Promise<AttemptResult> {
  const text = await readText(response, MOST_ERROR_BYTES).catch(() => '')
  const costKnown = isNodeEnvelope(text)
  await world.sessions.release(lease, costKnown ? ZERO_MSAT : null)
  const error = parseNodeError(response.status, text)
  const outcome = sayRefusal(error)
  if (error.status === 402 && error.requiredMsat !== null) return { kind: 'quoted', requiredMsat: error.requiredMsat, outcome }
  if (isProviderFault(error)) return { kind: 'failed', outcome, costKnown }
  return {
    kind: 'passed',
    status: response.status,
    contentType: response.headers.get('content-type') ?? 'application/json',
    text: withoutSecrets(text),
    headers: response.headers,
  }
}

function sayRefusal(error: NodeError): string {
  return `${error.status} ${error.code ?? error.type ?? ''} ${error.message}`.replace(/\s+/g, ' ').slice(0, 160).trim()
}
