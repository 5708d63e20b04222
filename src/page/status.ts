/**
 * Code → HTTP status and envelope type, for the codes that can reach a page. The whole table of `domain/errors.ts` would be a tenth
 * of the script that runs in every page; a test keeps the two equal.
 */
import { string } from './builtins.ts'

const CODES: { readonly [status: string]: string } = {
  400: ' invalid_request_error unsupported_parameter ',
  401: ' wallet_not_configured ',
  402: ' insufficient_balance budget_exceeded max_cost_exceeded ',
  404: ' model_not_found no_provider_available not_found ',
  413: ' request_too_large ',
  424: ' upstream_failed_after_payment stream_interrupted worker_lost slow_consumer navigation_aborted ',
  500: ' internal_error ',
  503: ' provider_unreachable extension_reloaded ',
}

/** Every other code is policy: 403, which no SDK repeats. */
export function statusOf(code: string): number {
  for (const status in CODES) if (string.indexOf(CODES[status], ` ${code} `) >= 0) return +status
  return 403
}

const TYPES: { readonly [status: number]: string } = {
  401: 'authentication_error',
  402: 'insufficient_quota',
  403: 'permission_error',
  404: 'not_found_error',
}

/** The `type` field of OpenAI's error envelope. */
export function typeOf(status: number): string {
  return TYPES[status] ?? (status < 424 ? 'invalid_request_error' : 'api_error')
}
