/** What an error answer of a node means for the request, and whose fault it is (`routstr-node.md` §5). */
import { type Msat, ZERO_MSAT } from '../domain/msat.ts'
import { readText } from '../domain/paid-fetch.ts'
import { isNodeEnvelope, isProviderFault, type NodeError, parseNodeError, refundTokenOf, retryAfterMs, withoutSecrets } from '../protocol/node-errors.ts'
import type { Domain } from './failure-domains.ts'

export type Refusal =
  /** The request's own fault: goes back unchanged. */
  | { readonly kind: 'passed'; readonly status: number; readonly contentType: string; readonly text: string; readonly headers: Headers }
  /** The account there needs more for this request than we had reckoned. */
  | { readonly kind: 'quoted'; readonly requiredMsat: Msat; readonly outcome: string }
  | Failure

/** Another provider may well answer. */
export interface Failure {
  readonly kind: 'failed'
  /** In words, for the receipt. */
  readonly outcome: string
  /** Nothing was charged, as far as anybody can say. */
  readonly costKnown: boolean
  readonly blames: Domain
  /** `Retry-After` of its answer. */
  readonly retryAfterMs: number | null
}

const MOST_ERROR_BYTES = 1024 * 1024

/**
 * An error answer of the node costs nothing: it has released its reservation (`routstr-node.md` §5.4), and a lie shows at the
 * settle. One of a proxy in between proves nothing: behind it the node may have answered and charged.
 */
export async function readRefusal(response: Response, now: number): Promise<{ readonly refusal: Refusal; readonly charged: Msat | null; readonly refundToken: string | null }> {
  const text = await readText(response, MOST_ERROR_BYTES).catch(() => '')
  const costKnown = isNodeEnvelope(text)
  return { refusal: meaningOf(response, text, costKnown, now), charged: costKnown ? ZERO_MSAT : null, refundToken: refundTokenOf(text) }
}

function meaningOf(response: Response, text: string, costKnown: boolean, now: number): Refusal {
  const error = parseNodeError(response.status, text)
  const outcome = sayRefusal(error)
  if (error.status === 402 && error.requiredMsat !== null) return { kind: 'quoted', requiredMsat: error.requiredMsat, outcome }
  if (isProviderFault(error)) {
    return { kind: 'failed', outcome, costKnown, blames: blamed(error), retryAfterMs: retryAfterMs(response.headers, text, now) }
  }
  return {
    kind: 'passed',
    status: response.status,
    contentType: response.headers.get('content-type') ?? 'application/json',
    text: withoutSecrets(text),
    headers: response.headers,
  }
}

export function failure(outcome: string, costKnown: boolean, blames: Domain): Failure {
  return { kind: 'failed', outcome, costKnown, blames, retryAfterMs: null }
}

/** A node's own upstream (5xx of type `upstream_error`, its rate limit, its empty purse: a 402 without an amount), its mint, or itself. */
function blamed(error: NodeError): Domain {
  if (/mint/.test(`${error.type} ${error.code}`)) return 'mint'
  if (error.status === 429 || error.status === 402 || /upstream|rate_limit/i.test(`${error.type} ${error.code}`)) return 'upstream'
  return 'host'
}

function sayRefusal(error: NodeError): string {
  const kind = error.code ?? error.type ?? ''
  return `${error.status} ${kind === String(error.status) ? '' : kind} ${error.message}`.replace(/\s+/g, ' ').slice(0, 160).trim()
}
