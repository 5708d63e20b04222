/** `routstr.fetch`: the primitive everything else is sugar over (`page-api.md` §3). The background judges; here only what it can not see. */
import { BASE_URL } from '../messaging/page-constants.ts'
import type { RoutstrProvider } from './api.ts'
import {
  abortReason,
  CONTENT_TYPE,
  eachHeader,
  getHeader,
  header,
  hrefOf,
  isAborted,
  NativeHeaders,
  NativeResponse,
  NativeURL,
  requestBytes,
  requestHeaders,
  requestMethod,
  requestSignal,
  requestUrl,
  responseBody,
  setHeader,
  slice,
  startsWith,
} from './builtins.ts'
import { abortError } from './errors.ts'
import { exchange } from './exchange.ts'
import type { Transport } from './transport.ts'

const VERSION = '/v1'
const ORIGIN = slice(BASE_URL, 0, -VERSION.length)

/**
 * A `fetch` for addresses below `baseURL`; `init` wins over a given `Request`.
 * Resolves once headers are known. Rejects with `TypeError` for impossible arguments and with the signal's reason for an
 * abort; every refusal is a `Response` with OpenAI's error envelope.
 */
export const createFetch =
  (transport: Transport): RoutstrProvider['fetch'] =>
  async (input, init) => {
    const options = init ?? {}
    const given = isRequest(input) ? input : null
    const signal = options.signal ?? (given && requestSignal(given))
    throwIfAborted(signal)
    const path = pathOf(given ? requestUrl(given) : `${input}`)
    const method = `${options.method ?? (given ? requestMethod(given) : 'GET')}`
    const wanted = new NativeHeaders(options.headers ?? (given ? requestHeaders(given) : undefined))
    let body: BodyInit | null | undefined = options.body
    if (method === 'GET') {
      if (body) throw new TypeError('GET has no body.')
    } else if (given) body ??= await requestBytes(given)
    throwIfAborted(signal)
    // The native Response knows every kind of body, and the type that goes with it.
    const wrapped = new NativeResponse(body)
    const type = getHeader(wanted, CONTENT_TYPE) ?? header(wrapped, CONTENT_TYPE)
    if (type) setHeader(wanted, CONTENT_TYPE, type)
    if (options.prompt) setHeader(wanted, 'x-routstr-prompt', options.prompt)
    const list: [string, string][] = []
    eachHeader(wanted, (value, name) => {
      // What the contract has no room for is left out.
      if (value.length < 4097 && name.length < 129 && list.length < 64) list[list.length] = [name, value]
    })
    return await exchange(transport, { method, path, headers: list, encoding: 'base64' }, responseBody(wrapped), signal)
  }

const throwIfAborted = (signal: AbortSignal | null): void => {
  if (signal && isAborted(signal)) throw abortReason(signal) ?? abortError()
}

/** By its slots and not its prototype: a `Request` of another frame counts too. */
const isRequest = (value: unknown): value is Request => {
  try {
    return !!requestUrl(value)
  } catch {
    return false
  }
}

/**
 * `https://routstr.invalid/v1/models?x=1`, `/v1/models?x=1`, `/models?x=1`, `models?x=1` → `/models?x=1`: addresses of `baseURL`, and
 * nothing else on the web (`page-api.md` §3.9).
 * @throws TypeError for every other origin
 */
const pathOf = (address: string): string => {
  const href = hrefOf(new NativeURL(address, ORIGIN))
  const path = slice(href, ORIGIN.length)
  // The prefix, not `origin`: a blob: address has an origin too.
  if (!startsWith(href, `${ORIGIN}/`) || path.length > 4096) throw new TypeError(`Not below ${BASE_URL}`)
  return startsWith(path, `${VERSION}/`) ? slice(path, VERSION.length) : path
}
