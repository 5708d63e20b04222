/** A node's refusals in all their envelopes (`routstr-node.md` §4.4 and §5), and whose fault they are. */
import { isMsat, type Msat } from '../domain/msat.ts'
import { cleanText, isRecord, parseJson } from './foreign.ts'

export interface NodeError {
  readonly status: number
  /** Numbers become their text; null when the node gave none. */
  readonly code: string | null
  readonly type: string | null
  /** One line for people, ≤ 300 characters, without tokens and keys. */
  readonly message: string
  /** Of a 402: what the node wants for this request, in msat. */
  readonly requiredMsat: Msat | null
}

const MAX_ERROR_CHARACTERS = 256 * 1024
const MAX_MESSAGE_CHARACTERS = 300
/** The two texts of a Bearer 402 (§4.4). */
const REQUIRED_AMOUNT = [/\((\d{1,16}) msats\) required/, /: (\d{1,16}) mSats required/]

/**
 * Reads envelopes A–D (§5.1), HTML pages of a proxy in between, and nothing at all. Never throws.
 * @param text the body; longer ones than 256 k characters are not looked into
 */
export function parseNodeError(status: number, text: string): NodeError {
  const body = parseJson(text, MAX_ERROR_CHARACTERS)
  const detail = isRecord(body) ? body.detail : undefined
  const inner = (isRecord(body) ? body.error : undefined) ?? (isRecord(detail) ? detail.error : undefined) ?? detail
  // validation: [{"type":"missing","loc":[…],"msg":"Field required"}]
  const error: unknown = Array.isArray(inner) ? { ...(isRecord(inner[0]) ? inner[0] : {}), code: 'validation' } : inner
  const facts = isRecord(error) ? error : {}
  const said = textOf(typeof error === 'string' ? error : (facts.message ?? facts.reason ?? facts.msg))
  return {
    status,
    code: safeText(facts.code),
    type: safeText(facts.type),
    message: said === null ? withoutMessage(status, text, body) : cleanText(withoutSecrets(said), MAX_MESSAGE_CHARACTERS),
    requiredMsat: amount(isRecord(detail) ? detail.amount_required_msat : undefined) ?? amountInText(said ?? ''),
  }
}

/** Whether a node wrote this error (§5.1), not a gateway in front of it. */
export function isNodeEnvelope(text: string): boolean {
  const body = parseJson(text, MAX_ERROR_CHARACTERS)
  return isRecord(body) && (body.error !== undefined || body.detail !== undefined)
}

/**
 * true: another provider may well answer, so try one. false: the request itself is refused and would be everywhere; it
 * goes back to the page unchanged. A node that does not know the model after all (400 `invalid_model`) is the provider's.
 */
export function isProviderFault(error: NodeError): boolean {
  if (error.type === 'invalid_model' || error.code === 'model_not_found' || error.code === 'invalid_api_key') return true
  return ![400, 413, 415, 422].includes(error.status)
}

/** Of an `X-Cashu` request that failed upstream: the whole token's worth (§5.1 D). */
export function refundTokenOf(text: string): string | null {
  const body = parseJson(text, MAX_ERROR_CHARACTERS)
  const token = isRecord(body) && isRecord(body.error) ? body.error.refund_token : null
  return typeof token === 'string' && /^cashu[AB][\w+/=-]+$/.test(token) ? token : null
}

/**
 * How long the node asks us to stay away, ms: the header in seconds or as a date, else `details.retry_after_seconds` of a rate
 * limit (§5.4). null: it does not say.
 */
export function retryAfterMs(headers: Headers, text: string, now: number): number | null {
  const said = headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000
  const date = /[a-z]/i.test(said) ? Date.parse(said) : Number.NaN
  if (Number.isFinite(date)) return Math.max(0, date - now)
  const body = parseJson(text, MAX_ERROR_CHARACTERS)
  const error = isRecord(body) && isRecord(body.error) ? body.error : {}
  const seconds = isRecord(error.details) ? error.details.retry_after_seconds : undefined
  return typeof seconds === 'number' && seconds >= 0 && seconds < 1e9 ? seconds * 1000 : null
}

function amount(value: unknown): Msat | null {
  return typeof value === 'number' && isMsat(value) ? value : null
}

function amountInText(message: string): Msat | null {
  for (const pattern of REQUIRED_AMOUNT) {
    const digits = pattern.exec(message)?.[1]
    if (digits !== undefined) return amount(Number(digits))
  }
  return null
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value.slice(0, 2000) : null
}

/** Ecash and account keys are money; they leave the room in no message (design §5.10). */
export function withoutSecrets(text: string): string {
  return text.replace(/cashu[AB][\w+/=-]{16,}/g, 'cashu…').replace(/sk-[0-9a-f]{16,}/gi, 'sk-…')
}

function safeText(value: unknown): string | null {
  const text = textOf(value)
  return text === null ? null : cleanText(withoutSecrets(text), 80)
}

function withoutMessage(status: number, text: string, body: unknown): string {
  if (text.trim() === '') return `The provider answered ${status} without a message.`
  if (body === undefined && /^\s*</.test(text)) return `The provider answered ${status} with a web page instead of an answer.`
  return `The provider answered ${status} without a readable message.`
}
