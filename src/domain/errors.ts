/**
 * The one error class and its closed set of codes (design §5.9; `page-api.md` §7).
 * A page sees code, message, type and status; nothing foreign and no stack crosses.
 * Denials are 400/402/403 and never 408, 409, 429 or 5xx: SDKs repeat those by themselves.
 */
const STATUS_OF_CODE = {
  // the request itself
  invalid_request_error: 400,
  unsupported_parameter: 400,
  request_too_large: 413,
  // funds
  wallet_not_configured: 401,
  wallet_locked: 401,
  insufficient_balance: 402,
  budget_exceeded: 402,
  max_cost_exceeded: 402,
  // policy
  permission_required: 403,
  user_rejected: 403,
  prompt_timeout: 403,
  origin_blocked: 403,
  origin_cooldown: 403,
  insecure_origin: 403,
  opaque_origin: 403,
  frame_not_allowed: 403,
  payments_paused: 403,
  model_not_allowed: 403,
  too_many_requests: 403,
  // market
  model_not_found: 404,
  no_provider_available: 404,
  provider_unreachable: 503,
  upstream_failed_after_payment: 424,
  // life of the connection; inside a running stream they are an error frame, not a status
  stream_interrupted: 424,
  worker_lost: 424,
  slow_consumer: 424,
  navigation_aborted: 424,
  extension_reloaded: 503,
  request_aborted: 499,
  // wallet and mints, seen on our own screens
  invalid_token: 400,
  unknown_mint: 400,
  unsupported_unit: 400,
  token_already_spent: 400,
  mint_unreachable: 502,
  mint_rejected: 502,
  mint_misbehaved: 502,
  unsafe_address: 400,
  not_found: 404,
  not_empty: 400,
  invalid_invoice: 400,
  invoice_expired: 400,
  connected_wallet_failed: 502,
  signer_failed: 502,
  wrong_passphrase: 400,
  wrong_words: 400,
  invalid_backup: 400,
  // a defect of ours
  internal_error: 500,
} as const

export type ErrorCode = keyof typeof STATUS_OF_CODE

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(STATUS_OF_CODE, value)
}

/** What crosses a boundary: plain data. */
export interface ErrorFacts {
  readonly code: ErrorCode
  readonly message: string
  /** HTTP status and envelope type that go with the code: the script in pages has no table of its own. */
  readonly status: number
  readonly type: string
  readonly param?: string | null
}

export class RoutstrError extends Error {
  override readonly name = 'RoutstrError'
  readonly code: ErrorCode
  readonly param: string | null

  /** @param message one or two plain sentences; when money moved, where it is now. */
  constructor(code: ErrorCode, message: string, options: { cause?: unknown; param?: string } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.param = options.param ?? null
  }

  get status(): number {
    return statusOf(this.code)
  }
}

export function statusOf(code: ErrorCode): number {
  return STATUS_OF_CODE[code]
}

/** The `type` field of OpenAI's error envelope, by status. */
export function typeOf(code: ErrorCode): string {
  const status = statusOf(code)
  if (status === 401) return 'authentication_error'
  if (status === 402) return 'insufficient_quota'
  if (status === 403) return 'permission_error'
  if (status === 404) return 'not_found_error'
  return status < 500 && status !== 424 ? 'invalid_request_error' : 'api_error'
}

/** Anything thrown → what may leave the room. Unknown errors lose their text. */
export function errorFacts(error: unknown): ErrorFacts {
  if (error instanceof RoutstrError) return { code: error.code, message: error.message, status: error.status, type: typeOf(error.code), param: error.param }
  return {
    code: 'internal_error',
    message: 'Something went wrong inside the Routstr extension. No money was moved by this step.',
    status: 500,
    type: 'api_error',
  }
}
