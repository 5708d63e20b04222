/** Accounts at a node, `/v1/balance/*` (`routstr-node.md` §2.6, §2.7 B). */
import * as v from 'valibot'
import { sha256Hex } from '../domain/sha256.ts'
import { fromSat, isMsat, msat, type Msat } from '../domain/msat.ts'
import { createNodeCall, endpoint, type NodeResult } from './node-call.ts'

export interface AccountApi {
  /**
   * POST /v1/balance/create. Idempotent: the same token gives the same account (§2.6). A node that does not know the call
   * (404) is funded by GET /v1/balance/info with the token as Bearer, never by the GET form that logs the token (§10.1).
   * @param balanceLimitMsat the node charges no more than this in all; null: no such lock. Nodes that do not know it ignore it
   */
  create(url: string, token: string, balanceLimitMsat?: Msat | null, signal?: AbortSignal): Promise<NodeResult<{ key: string; balanceMsat: Msat }>>
  /** GET /v1/balance/info with the key: redeems nothing. `balanceMsat` is what can be spent, reservations subtracted. */
  read(url: string, key: string, signal?: AbortSignal): Promise<NodeResult<{ balanceMsat: Msat; reservedMsat: Msat; totalSpentMsat: Msat }>>
  /** POST /v1/balance/refund: empties the account; repeatable, the same token comes again. Never creates or redeems. */
  refund(url: string, key: string, signal?: AbortSignal): Promise<NodeResult<{ token: string; amountMsat: Msat | null }>>
  /** POST /v1/balance/refund with the token that paid a request by `X-Cashu` (§2.7 A): its change; 404, 425, 410 are `refused`. Repeatable. */
  refundToken(url: string, token: string, signal?: AbortSignal): Promise<NodeResult<{ token: string; amountMsat: Msat | null }>>
}

/** `sk-` + sha256hex(token): the account's key, known before anything is sent (§1.3). */
export async function accountKey(token: string): Promise<string> {
  return `sk-${await sha256Hex(token)}`
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

/** @param world.timeoutMs see `createNodeCall` */
export function createAccountApi(world: { readonly fetch: typeof fetch; readonly timeoutMs?: number }): AccountApi {
  const call = createNodeCall(world)

  const bearer = (secret: string, signal?: AbortSignal) => ({ headers: { authorization: `Bearer ${secret}` }, signal })
  const refunded = (answer: v.InferOutput<typeof refundSchema>) => ({ token: answer.token, amountMsat: refundAmount(answer.sats, answer.msats) })
  const created = (answer: v.InferOutput<typeof createdSchema>) => ({ key: answer.api_key, balanceMsat: answer.balance })

  return {
    async create(url, token, balanceLimitMsat = null, signal) {
      const body = JSON.stringify({ initial_balance_token: token, ...(balanceLimitMsat === null ? {} : { balance_limit: balanceLimitMsat }) })
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal }
      const result = await call(endpoint(url, '/balance/create'), init, createdSchema, created)
      if (result.kind !== 'refused' || result.error.status !== 404) return result
      return call(endpoint(url, '/balance/info'), bearer(token, signal), createdSchema, created)
    },
    read: (url, key, signal) =>
      call(endpoint(url, '/balance/info'), bearer(key, signal), accountSchema, (answer) => ({
        balanceMsat: answer.balance,
        reservedMsat: msat(answer.reserved),
        totalSpentMsat: msat(answer.total_spent),
      })),
    refund: (url, key, signal) => call(endpoint(url, '/balance/refund'), { method: 'POST', ...bearer(key, signal) }, refundSchema, refunded),
    refundToken: (url, token, signal) =>
      call(endpoint(url, '/balance/refund'), { method: 'POST', headers: { 'x-cashu': token }, signal }, refundSchema, refunded),
  }
}

/** `"sats":"66"` or `"msats":"66000"` on the wire (§2.7); −1 stands for absent. */
function refundAmount(sats: number, msats: number): Msat | null {
  if (msats >= 0 && isMsat(msats)) return msats
  return sats >= 0 && isMsat(sats * 1000) ? fromSat(sats) : null
}
