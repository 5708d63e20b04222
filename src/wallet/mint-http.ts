/**
 * How we speak to a mint: cashu-ts's request hook on an injected `fetch`, with the caps it lacks (body size) and the
 * options every paid call needs (no redirect, no cookies). Error contract of the hook: a mint's `{code, detail}` becomes
 * a `MintOperationError`; everything else says "outcome unknown".
 */
import { HttpResponseError, JSONInt, MintOperationError, NetworkError, RateLimitError, type RequestFn } from '@cashu/cashu-ts'
import * as v from 'valibot'
import { PAID_FETCH, readText } from '../domain/paid-fetch.ts'

const MOST_BYTES = 4 * 1024 * 1024
const TIMEOUT_MS = 20_000

const refusalSchema = v.object({ code: v.number(), detail: v.string() })

export function createMintRequest(fetch: typeof globalThis.fetch): RequestFn {
  return async ({ endpoint, requestBody, method }) => {
    const { status, text, retryAfter } = await exchange(fetch, endpoint, method ?? 'GET', requestBody)
    if (status === 429) throw new RateLimitError('429 Too Many Requests', retryAfter)
    const body = parse(text)
    if (status === 400) {
      const refusal = v.safeParse(refusalSchema, body)
      if (refusal.success) throw new MintOperationError(refusal.output.code, refusal.output.detail.slice(0, 300))
    }
    if (status < 200 || status > 299) throw new HttpResponseError(`bad response (HTTP ${status})`, status)
    if (body === undefined) throw new HttpResponseError('the mint sent something that is no JSON', status)
    // the hook's type promises any T; cashu-ts checks the shape of what we return itself
    return body as never
  }
}

async function exchange(
  fetch: typeof globalThis.fetch,
  endpoint: string,
  method: string,
  requestBody: unknown,
): Promise<{ status: number; text: string; retryAfter: number | undefined }> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const response = await fetch(endpoint, {
      method,
      ...(requestBody === undefined ? {} : { body: JSONInt.stringify(requestBody) ?? null, headers: { 'content-type': 'application/json' } }),
      ...PAID_FETCH,
      signal: timeout,
    })
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    return { status: response.status, text: await readText(response, MOST_BYTES), retryAfter: Number.isFinite(seconds) ? seconds * 1000 : undefined }
  } catch (error) {
    const what = error instanceof RangeError ? 'the mint sent more than an answer can be' : timeout.aborted ? 'the mint did not answer in time' : 'the mint could not be reached'
    throw new NetworkError(what, { cause: error })
  }
}

/** undefined when it is no JSON. */
function parse(text: string) {
  try {
    return JSONInt.parse(text)
  } catch {
    return undefined
  }
}
