/**
 * Accounts at a node, `/v1/balance/*` (`routstr-node.md` §2.6, §2.7 B). Every call is told apart by what may have happened
 * to the money: `ok`, `refused` (the node said no), `unreachable` (nothing is known), `unreadable` (it answered nonsense).
 */
import * as v from 'valibot'
import { sha256Hex } from '../domain/sha256.ts'
import { fromSat, isMsat, msat, type Msat } from '../domain/msat.ts'
import { parseJson, readText } from './foreign.ts'
import { parseNodeError, type NodeError } from './node-errors.ts'

export type NodeResult<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly nodeRequestId: string | null }
  | { readonly kind: 'refused'; readonly error: NodeError; readonly nodeRequestId: string | null }
  | { readonly kind: 'unreachable'; readonly message: string }
  | { readonly kind: 'unreadable'; readonly message: string }

export interface AccountApi {
  /**
   * POST /v1/balance/create. Idempotent: the same token gives the same account (§2.6). A node that does not know the call
   * (404) is funded by GET /v1/balance/info with the token as Bearer, never by the GET form that logs the token (§10.1).
   */
  create(url: string, token: string, signal?: AbortSignal): Promise<NodeResult<{ key: string; balanceMsat: Msat }>>
  /** GET /v1/balance/info with the key: redeems nothing. `balanceMsat` is what can be spent, reservations subtracted. */
  read(url: string, key: string, signal?: AbortSignal): Promise<NodeResult<{ balanceMsat: Msat; reservedMsat: Msat; totalSpentMsat: Msat }>>
  /** POST /v1/balance/refund: empties the account; repeatable, the same token comes again. Never creates or redeems. */
  refund(url: string, key: string, signal?: AbortSignal): Promise<NodeResult<{ token: string; amountMsat: Msat | null }>>
}

/** For every call that carries money or a key (design §5.10). */
export const PAID_FETCH: RequestInit = { redirect: 'error', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' }

const MAX_ANSWER_BYTES = 1024 * 1024
/** Longer than a node's own mint time-out of 30 s. */
const TIMEOUT_MS = 45_000

/** `sk-` + sha256hex(token): the account's key, known before anything is sent (§1.3). */
export async function accountKey(token: string): Promise<string> {
  return `sk-${await sha256Hex(token)}`
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

// msat; a balance below zero (reservations above it) is nothing to spend
const balance = v.pipe(
  v.number(),
  v.safeInteger(),
  v.transform((value) => msat(Math.max(0, value))),
)
const createdSchema = v.object({ api_key: v.pipe(v.string(), v.maxLength(128), v.startsWith('sk-')), balance })
const accountSchema = v.object({ balance, reserved: v.optional(balance, 0), total_spent: v.optional(balance, 0) })
const amountText = v.fallback(v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.safeInteger(), v.minValue(0)), -1)
const refundSchema = v.object({ token: v.pipe(v.string(), v.startsWith('cashu'), v.maxLength(500_000)), sats: amountText, msats: amountText })

/** @param world.timeoutMs per call, 45 s if not given; running out of it proves nothing about the money */
export function createAccountApi(world: { fetch: typeof fetch; timeoutMs?: number }): AccountApi {
  // called without an owner, as browsers demand of their own fetch
  const { fetch, timeoutMs = TIMEOUT_MS } = world

  async function call<S extends v.GenericSchema, T>(
    url: string,
    init: RequestInit,
    signal: AbortSignal | undefined,
    schema: S,
    value: (answer: v.InferOutput<S>) => T,
  ): Promise<NodeResult<T>> {
    const patience = AbortSignal.timeout(timeoutMs)
    let response: Response
    let body: string
    try {
      response = await fetch(url, { ...PAID_FETCH, ...init, signal: signal === undefined ? patience : AbortSignal.any([signal, patience]) })
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

  const bearer = (secret: string): RequestInit => ({ headers: { authorization: `Bearer ${secret}` } })
  const created = (answer: v.InferOutput<typeof createdSchema>) => ({ key: answer.api_key, balanceMsat: answer.balance })

  return {
    async create(url, token, signal) {
      const body = JSON.stringify({ initial_balance_token: token })
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
      const result = await call(endpoint(url, '/balance/create'), init, signal, createdSchema, created)
      if (result.kind !== 'refused' || result.error.status !== 404) return result
      return call(endpoint(url, '/balance/info'), bearer(token), signal, createdSchema, created)
    },
    read: (url, key, signal) =>
      call(endpoint(url, '/balance/info'), bearer(key), signal, accountSchema, (answer) => ({
        balanceMsat: answer.balance,
        reservedMsat: msat(answer.reserved),
        totalSpentMsat: msat(answer.total_spent),
      })),
    refund: (url, key, signal) =>
      call(endpoint(url, '/balance/refund'), { method: 'POST', ...bearer(key) }, signal, refundSchema, (answer) => ({
        token: answer.token,
        amountMsat: refundAmount(answer.sats, answer.msats),
      })),
  }
}

/** `"sats":"66"` or `"msats":"66000"` on the wire (§2.7); −1 stands for absent. */
function refundAmount(sats: number, msats: number): Msat | null {
  if (msats >= 0 && isMsat(msats)) return msats
  return sats >= 0 && isMsat(sats * 1000) ? fromSat(sats) : null
}
