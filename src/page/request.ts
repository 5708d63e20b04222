/** The arguments of `fetch` → what the background is asked, or the refusal that needs no background. */
import { BASE_URL, MAX_BODY_CHARACTERS } from '../messaging/page-constants.ts'
import type { ErrorFacts } from '../domain/errors.ts'
import type { RoutstrRequestInit } from './api.ts'
import { assign, decoders, headers, NativeRequest, NativeTextDecoder, NativeURL, requests, startsWith, string, urls } from './builtins.ts'
import { facts } from './errors.ts'

export interface PreparedRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: [string, string][]
  readonly body: string | null
  readonly prompt: 'auto' | 'none'
}

const VERSION = '/v1'
const ORIGIN = string.slice(BASE_URL, 0, -VERSION.length)
/** Headers that go on (`page-api.md` §3.10), besides `x-routstr-*`. */
const ALLOWED = ' content-type accept openai-beta idempotency-key '
const PROMPT_HEADER = 'x-routstr-prompt'
/** What a `Request` says by itself about a body that is a string. */
const UNSAID_TYPE = 'text/plain;charset=UTF-8'

/**
 * Reads address, method, headers and body as `fetch` would; `init` wins over `given`. The native `Request` does the work.
 * @throws TypeError for an address that is not ours and for impossible arguments
 */
export async function prepare(address: string, given: Request | null, init: RoutstrRequestInit): Promise<PreparedRequest | ErrorFacts> {
  const path = pathOf(address)
  // Signals are ours to watch: a Request would leave its own listener on them.
  const request = new NativeRequest(given ?? ORIGIN + path, assign({}, init, { signal: null }))
  const wanted = requests.headers(request)
  const method = requests.method(request)
  if (method !== 'GET' && method !== 'POST') return facts('invalid_request_error', 'Only GET and POST.')

  const isPost = method === 'POST'
  const type = headers.get(wanted, 'content-type') ?? UNSAID_TYPE
  let body: string | null = null
  try {
    if (isPost && !startsWith(type, 'multipart/')) {
      body = decoders.decode(new NativeTextDecoder('utf-8', { fatal: true }), await requests.arrayBuffer(request))
    }
  } catch {
    // not UTF-8
  }
  if (isPost && body === null) return facts('unsupported_parameter', 'The body must be text in UTF-8, like JSON. Nothing was sent.')
  if (body !== null && body.length > MAX_BODY_CHARACTERS) return facts('request_too_large', 'The request is over 20 MB. Nothing was sent.', 413)
  // This API speaks JSON: text of no declared type is that.
  if (isPost && type === UNSAID_TYPE) headers.set(wanted, 'content-type', 'application/json')

  const list: [string, string][] = []
  headers.forEach(wanted, (value, name) => {
    // What the contract has no room for is left out.
    if (name === PROMPT_HEADER || value.length > 4096 || name.length > 128 || list.length > 63) return
    if (startsWith(name, 'x-routstr-') || string.indexOf(ALLOWED, ` ${name} `) >= 0) list[list.length] = [name, value]
  })
  const prompt = init.prompt === 'none' || headers.get(wanted, PROMPT_HEADER) === 'none' ? 'none' : 'auto'
  return { method, path, headers: list, body, prompt }
}

/**
 * `https://routstr.invalid/v1/models?x=1`, `/v1/models?x=1`, `/models?x=1`, `models?x=1` → `/models?x=1`: addresses of `baseURL`, and
 * nothing else on the web (`page-api.md` §3.9).
 * @throws TypeError for every other origin
 */
export function pathOf(address: string): string {
  const href = urls.href(new NativeURL(address, ORIGIN))
  const hash = string.indexOf(href, '#')
  const path = string.slice(href, ORIGIN.length, hash < 0 ? undefined : hash)
  // The prefix, not `origin`: a blob: address has an origin too.
  if (!startsWith(href, `${ORIGIN}/`) || path.length > 4096) throw new TypeError(`routstr.fetch: not an address below ${BASE_URL}`)
  return startsWith(path, `${VERSION}/`) ? string.slice(path, VERSION.length) : path
}
