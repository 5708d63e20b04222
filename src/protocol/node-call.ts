/** One call of a node's own endpoints, told apart by what may have happened to the money. */
import * as v from 'valibot'
import { PAID_FETCH, readText } from '../domain/paid-fetch.ts'
import { parseJson } from './foreign.ts'
import { type NodeError, parseNodeError } from './node-errors.ts'

/** `ok`, `refused` (the node said no), `unreachable` (nothing is known), `unreadable` (it answered nonsense). */
export type NodeResult<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly nodeRequestId: string | null }
  | { readonly kind: 'refused'; readonly error: NodeError; readonly nodeRequestId: string | null }
  | { readonly kind: 'unreachable'; readonly message: string }
  | { readonly kind: 'unreadable'; readonly message: string }

export type NodeCall = <S extends v.GenericSchema, T>(
  url: string,
  init: Omit<RequestInit, 'signal'> & { readonly signal?: AbortSignal | undefined },
  schema: S,
  value: (answer: v.InferOutput<S>) => T,
) => Promise<NodeResult<T>>

const MAX_ANSWER_BYTES = 1024 * 1024
/** Longer than a node's own mint time-out of 30 s. */
const TIMEOUT_MS = 45_000

/** @param world.timeoutMs per call, 45 s if not given; running out of it proves nothing about the money */
export function createNodeCall(world: { readonly fetch: typeof fetch; readonly timeoutMs?: number }): NodeCall {
  // called without an owner, as browsers demand of their own fetch
  const { fetch, timeoutMs = TIMEOUT_MS } = world

  return async (url, { signal, ...init }, schema, value) => {
    const patience = AbortSignal.timeout(timeoutMs)
    let response: Response
    let body: string
    try {
      response = await fetch(url, { ...PAID_FETCH, ...init, signal: signal == null ? patience : AbortSignal.any([signal, patience]) })
      body = await readText(response, MAX_ANSWER_BYTES)
    } catch (error) {
      if (error instanceof RangeError) return { kind: 'unreadable', message: 'The provider sent more than an answer can be.' }
      return {
        kind: 'unreachable',
        message: patience.aborted ? `The provider did not answer within ${timeoutMs / 1000} seconds.` : 'The connection to the provider failed.',
      }
    }
    const nodeRequestId = nodeRequestIdOf(response.headers)
    if (!response.ok) return { kind: 'refused', error: parseNodeError(response.status, body), nodeRequestId }
    const parsed = v.safeParse(schema, parseJson(body, MAX_ANSWER_BYTES))
    if (!parsed.success) return { kind: 'unreadable', message: 'The provider answered with something that is not an account.' }
    return { kind: 'ok', value: value(parsed.output), nodeRequestId }
  }
}

/** The address of one of the node's endpoints. @param path below `/v1`: `/models`. Announced addresses may end in `/v1`. */
export function endpoint(url: string, path: string): string {
  return `${url.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1${path}`
}

/** The node's own id of a request: its key to the money rows. */
export function nodeRequestIdOf(headers: Headers): string | null {
  const id = headers.get('x-routstr-request-id')
  return id !== null && /^[\w-]{1,64}$/.test(id) ? id : null
}

/** What a node refused, or why nothing is known, in words. */
export function saying(answer: Exclude<NodeResult<unknown>, { kind: 'ok' }>): string {
  return answer.kind === 'refused' ? `${answer.error.status} ${answer.error.message}` : answer.message
}
