/** The four error envelopes of a node and its fixed texts (routstr-node.md §4.4, §5). Thrown anywhere, written once. */

export class NodeAnswer extends Error {
  readonly status: number
  readonly body: (requestId: string) => unknown
  readonly headers: Record<string, string>
  constructor(status: number, body: (requestId: string) => unknown, headers: Record<string, string> = {}) {
    super(`answer ${status}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

export interface ErrorObject {
  message?: string
  type: string
  code: string | number
  details?: unknown
}

/** Envelope A: `{"detail": X, "request_id"}`. */
export const detailAnswer = (status: number, detail: unknown): NodeAnswer => new NodeAnswer(status, (requestId) => ({ detail, request_id: requestId }))

/** Envelope B: the same error twice, under `detail.error` and `error`. */
export const doubleAnswer = (status: number, error: Omit<ErrorObject, 'code'> & { code?: string | number } | string): NodeAnswer =>
  new NodeAnswer(status, (requestId) => ({ detail: { error }, error, request_id: requestId }))

/** Envelope C: `{"error": {message, type, code}, "request_id"}`. */
export const errorAnswer = (status: number, error: ErrorObject, headers: Record<string, string> = {}): NodeAnswer =>
  new NodeAnswer(status, (requestId) => ({ error, request_id: requestId }), headers)

export const wrongScheme = (): NodeAnswer => detailAnswer(401, "Invalid authorization. Use 'Bearer <cashu-token>' or 'Bearer <api-key>'")

export const unknownModel = (model: string): NodeAnswer =>
  errorAnswer(400, { message: `Model '${model}' not found`, type: 'invalid_model', code: 400 })

export const invalidKey = (): NodeAnswer =>
  doubleAnswer(401, {
    message: "Invalid API key format. Expected an 'sk-...' API key or a 'cashu...' token.",
    type: 'invalid_request_error',
    code: 'invalid_api_key',
  })

/** When the key already exists (auth.py:59-75). */
export const tooPoor = (required: number, available: number): NodeAnswer =>
  doubleAnswer(402, {
    message: `Insufficient balance: ${required / 1000} sats (${required} msats) required for this model; ${available / 1000} sats (${available} msats) available.`,
    type: 'insufficient_quota',
    code: 'insufficient_balance',
  })

/** At reservation, so after a fresh token was redeemed (auth.py:661-670). */
export const tooPoorToReserve = (required: number, available: number, reserved: number): NodeAnswer =>
  doubleAnswer(402, {
    message: `Insufficient balance: ${required} mSats required. ${available} available. (reserved: ${reserved})`,
    type: 'insufficient_quota',
    code: 'insufficient_balance',
  })

export const tokenTooSmall = (required: number, model: string): NodeAnswer =>
  detailAnswer(402, { reason: 'Insufficient balance', amount_required_msat: required, model, type: 'minimum_balance_required' })

export type RedeemFailure =
  | 'already-spent'
  | 'malformed'
  | 'zero-value'
  | 'failed'
  | 'fees-exceed'
  | 'foreign-failed'
  | 'source-unreachable'
  | 'unreachable'
  | 'rate-limited'
  | 'consumed'

/** §5.3: status, type, code, text, and whether the token is still the client's (then `X-Cashu` echoes it). */
export const REDEEM_FAILURES: Record<RedeemFailure, { status: number; type: string; code: string; message: string; echo: boolean }> = {
  'already-spent': { status: 400, type: 'token_already_spent', code: 'cashu_token_already_spent', message: 'Cashu token already spent', echo: false },
  malformed: { status: 400, type: 'invalid_token', code: 'invalid_cashu_token', message: 'Invalid Cashu token', echo: true },
  'zero-value': { status: 400, type: 'cashu_error', code: 'cashu_token_zero_value', message: 'Failed to redeem Cashu token: token yielded no value', echo: false },
  failed: { status: 400, type: 'cashu_error', code: 'cashu_token_redemption_failed', message: 'Failed to redeem Cashu token', echo: true },
  'fees-exceed': { status: 422, type: 'mint_error', code: 'cashu_token_swap_fees_exceed_amount', message: 'Token value is too small to cover swap fees', echo: true },
  'foreign-failed': { status: 422, type: 'mint_error', code: 'cashu_foreign_mint_swap_failed', message: 'Failed to swap token from foreign mint', echo: true },
  'source-unreachable': {
    status: 503,
    type: 'mint_unreachable',
    code: 'cashu_source_mint_unreachable',
    message: 'The mint that issued this Cashu token is unreachable; the token cannot be redeemed at another mint',
    echo: true,
  },
  unreachable: { status: 503, type: 'mint_unreachable', code: 'cashu_mint_unreachable', message: 'Cashu mint is unreachable', echo: true },
  'rate-limited': { status: 503, type: 'mint_rate_limited', code: 'cashu_mint_rate_limited', message: 'Cashu mint rate-limited; retry after cooldown', echo: true },
  consumed: {
    status: 500,
    type: 'token_consumed',
    code: 'cashu_token_consumed',
    message: 'Token was redeemed but could not be credited; do not retry',
    echo: false,
  },
}

export class RedeemError extends Error {
  readonly reason: RedeemFailure
  constructor(reason: RedeemFailure) {
    super(REDEEM_FAILURES[reason].message)
    this.reason = reason
  }
}
