/** Errors as a page sees them: OpenAI's envelope in a `Response`, or an error named as the SDK names its own (`page-api.md` §7). */
import type { ErrorCode, ErrorFacts } from '../domain/errors.ts'
import { assign, CONTENT_TYPE, getHeader, NativeDOMException, NativeObject, NativeResponse, toJson } from './builtins.ts'

/** The SDK's class names, without their common end. */
const NAMES: { readonly [status: number]: string } = {
  400: 'BadRequest',
  401: 'Authentication',
  403: 'PermissionDenied',
  404: 'NotFound',
  409: 'Conflict',
  422: 'UnprocessableEntity',
  429: 'RateLimit',
}

/** Thrown by everything but `fetch`. `name` is the name of the SDK's subclass for the same case. */
export class RoutstrAPIError extends Error {
  declare readonly status: number | undefined
  declare readonly code: unknown
  declare readonly type: unknown
  declare readonly param: unknown
  /** The inner object of OpenAI's envelope, as it came. */
  declare readonly error: unknown
  declare readonly headers: Headers | undefined
  declare readonly requestID: string | null

  /**
   * @param status undefined: the error came inside a stream, or there was no answer at all
   * @param fallback the message when `error` has none
   */
  constructor(status: number | undefined, error: unknown, headers?: Headers, fallback?: string, name?: string) {
    const { message, code, type, param } = NativeObject(error)
    super(`${status ? `${status} ` : ''}${message ?? fallback}`)
    assign(this, {
      name: `${name ?? NAMES[status ?? 0] ?? ((status ?? 0) > 499 ? 'InternalServer' : 'API')}Error`,
      status,
      code,
      type,
      param,
      error,
      headers,
      requestID: headers ? getHeader(headers, 'x-request-id') : null,
    })
  }
}

/** A failure told by the background or the relay → an error. */
export const errorFromFacts = (facts: ErrorFacts): RoutstrAPIError =>
  new RoutstrAPIError(
    facts.status,
    errorBody(facts).error,
    undefined,
    '',
    facts.status === 424 || facts.code === 'extension_reloaded' ? 'APIConnection' : undefined,
  )

/** A refusal as a `Response` that no SDK repeats by itself. */
export const denial = (facts: ErrorFacts, requestId: string): Response =>
  new NativeResponse(toJson(errorBody(facts)), {
    status: facts.status,
    headers: { [CONTENT_TYPE]: 'application/json', 'x-request-id': requestId, 'x-should-retry': 'false' },
  })

/** `{"error":{"message","type","code","param"}}` */
export const errorBody = ({ code, message, type, param = null }: ErrorFacts): { readonly error: object } => ({ error: { message, type, code, param } })

/** Failures the page finds itself. @param status by default that of a broken connection */
export const facts = (code: ErrorCode, message: string, status = 424): ErrorFacts => ({
  code,
  message,
  status,
  type: status < 424 ? 'invalid_request_error' : 'api_error',
})

export const abortError = (): DOMException => new NativeDOMException('The request was aborted.', 'AbortError')
