/** Paying from an account (routstr-node.md §3.5): reserve, ask the upstream, charge exactly, release. */
import { availableOf, floorMsatToSat, payerOf, type Reservation } from './accounts.ts'
import { streamChat, streamResponses } from './bearer-stream.ts'
import { cut, sendBytes, sendText } from '../http.ts'
import { type Cost, costHeaders, costOf, usageCost } from './cost.ts'
import { authenticate } from './credentials.ts'
import { errorAnswer, NodeAnswer, tooPoor } from './envelopes.ts'
import type { Inference } from './inference.ts'
import type { Node } from './node.ts'
import { asObject, type JsonObject, parseObject, textOf } from './sse.ts'
import { callUpstream, type UpstreamAnswer, UpstreamDead } from './upstream-call.ts'

export async function bearerInference(node: Node, inference: Inference, secret: string): Promise<void> {
  const { exchange, requiredMsat } = inference
  const { account, fresh } = await authenticate(node, secret, exchange.requestId)
  if (!fresh && availableOf(account) < requiredMsat) throw tooPoor(requiredMsat, availableOf(account))
  const reservation = node.accounts.reserve(account, Math.max(requiredMsat, node.settings.minimumRequestMsat))
  const left = new AbortController()
  // A stream that is left is charged 0 and released at once; a non-streaming request completes and is charged.
  if (inference.stream) exchange.response.on('close', () => left.abort())
  const signal = AbortSignal.any([left.signal, node.stopping])
  const answer = await ask(node, inference, reservation, signal)
  if (!answer) return
  if (inference.kind === 'other') return passThrough(node, inference, reservation, answer)
  if (inference.stream && inference.kind === 'chat') return streamChat(node, inference, reservation, answer, signal)
  if (inference.stream && inference.kind === 'responses') return streamResponses(node, inference, reservation, answer, signal)
  return answerWhole(node, inference, reservation, answer)
}

/** The upstream's 200, or an envelope with the reservation released; undefined when the client has left. */
async function ask(node: Node, inference: Inference, reservation: Reservation, signal: AbortSignal): Promise<UpstreamAnswer | undefined> {
  let answer: UpstreamAnswer
  try {
    answer = await callUpstream(node, inference.exchange, inference.model, inference.body, signal)
  } catch (error) {
    node.accounts.release(reservation)
    if (signal.aborted) {
      inference.exchange.response.destroy()
      return undefined
    }
    const reason = error instanceof UpstreamDead ? error.message : 'ConnectError'
    throw errorAnswer(502, { message: `Error connecting to upstream service: ${reason}`, type: 'upstream_error', code: 502 })
  }
  if (answer.status !== 200) {
    node.accounts.release(reservation)
    throw await upstreamFailure(inference, answer)
  }
  if (!inference.entry.sats_pricing) {
    node.accounts.release(reservation)
    await answer.body.cancel()
    throw errorAnswer(500, { message: 'Error processing upstream response: no price available', type: 'upstream_error', code: 500 })
  }
  return answer
}

const RATE_LIMIT = /on (.+?): Limit (\d+), Used (\d+), Requested (\d+).*?try again in ([\d.]+)(ms|s)/

/** §5.4: rate limits get a code of their own, ≥ 500 is quoted, other 4xx pass untouched. */
async function upstreamFailure(inference: Inference, answer: UpstreamAnswer): Promise<NodeAnswer> {
  const text = await textOf(answer.body)
  const { status } = answer
  const parsed = parseObject(text)
  if (status === 429) return rateLimited(inference, asObject(parsed?.error))
  if (status >= 500) {
    const message = `Upstream generic returned ${status} for model ${inference.model.answersAs}: ${text.slice(0, 200)}`
    return errorAnswer(status, { message, type: 'upstream_error', code: status })
  }
  if (parsed) return new NodeAnswer(status, () => parsed)
  const preview = { upstream_status: status, upstream_content_type: answer.headers.get('content-type'), upstream_body_preview: text.slice(0, 200) }
  return new NodeAnswer(status, () => ({ error: { message: 'Upstream returned an error', type: 'upstream_error', code: status, ...preview } }))
}

function rateLimited(inference: Inference, error: JsonObject | undefined): NodeAnswer {
  const said = typeof error?.message === 'string' ? error.message : 'Rate limit reached'
  const message = said.replace(/org-\w+/g, 'org-[REDACTED]')
  const [, metric, limit, used, requested, delay, unit] = RATE_LIMIT.exec(message) ?? []
  const seconds = delay === undefined ? undefined : Number(delay) / (unit === 'ms' ? 1000 : 1)
  const named = /reached for (\S+)/.exec(message)?.[1] ?? inference.model.entry.id
  const numbers = metric === undefined ? {} : { metric, limit: Number(limit), used: Number(used), requested: Number(requested), retry_after_seconds: seconds }
  const details = { code: 'UPSTREAM_RATE_LIMIT', message, model: named, ...numbers }
  const type = typeof error?.type === 'string' ? error.type : 'rate_limit'
  return new NodeAnswer(429, () => ({ error: { message, type, code: 'UPSTREAM_RATE_LIMIT', details } }), {
    'retry-after': String(Math.max(1, Math.ceil(seconds ?? 1))),
  })
}

async function passThrough(node: Node, { exchange }: Inference, reservation: Reservation, answer: UpstreamAnswer): Promise<void> {
  const bytes = Buffer.from(await new Response(answer.body).arrayBuffer())
  node.accounts.settle(reservation, 0)
  if (node.faults.take('drop-chat-response')) return cut(exchange.response)
  sendBytes(exchange.response, 200, bytes, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
}

/** Computes, charges and tells; shared by whole answers and streams. */
export function charge(node: Node, inference: Inference, reservation: Reservation, usage: unknown): { cost: Cost; told: JsonObject } {
  const overcharge = node.faults.take('overcharge')
  const rules = { satUsd: node.settings.satUsd, providerFee: node.settings.providerFee, overcharge: overcharge ? (overcharge.value ?? 3) : 1 }
  const cost = costOf(usage, inference.entry, inference.requiredMsat, rules)
  node.accounts.settle(reservation, cost.total_msats)
  return { cost, told: { ...cost, ...balanceAfter(reservation, cost) } }
}

export const balanceAfter = ({ account }: Reservation, cost: Cost): { sats_cost: number; remaining_balance_msats: number } => ({
  sats_cost: floorMsatToSat(cost.total_msats),
  // A child key shows its own row, which is 0 (§6.1).
  remaining_balance_msats: account.parent ? account.balanceMsat : payerOf(account).balanceMsat,
})

/** §6.2: cost in the usage, in the metadata and at the top, and in headers. */
async function answerWhole(node: Node, inference: Inference, reservation: Reservation, answer: UpstreamAnswer): Promise<void> {
  const { exchange, model } = inference
  const text = await textOf(answer.body).catch(() => undefined)
  const parsed = text === undefined ? undefined : parseObject(text)
  if (!parsed) {
    node.accounts.release(reservation)
    throw errorAnswer(502, { message: 'Error connecting to upstream service: invalid answer', type: 'upstream_error', code: 502 })
  }
  const { cost, told } = charge(node, inference, reservation, parsed.usage)
  const usage = asObject(parsed.usage)
  const remaining = balanceAfter(reservation, cost).remaining_balance_msats
  const extra = usage && 'input_tokens' in usage ? { cache_read_input_tokens: 0, cache_creation_input_tokens: 0 } : {}
  const body = {
    ...parsed,
    id: parsed.id ?? `chatcmpl-${exchange.requestId}`,
    model: model.answersAs,
    ...(usage ? { usage: { ...extra, ...usage, cost: usageCost(cost), cost_sats: floorMsatToSat(cost.total_msats), remaining_balance_msats: remaining } } : {}),
    provider: 'generic',
    metadata: { ...asObject(parsed.metadata), routstr: { cost: told } },
    cost: told,
  }
  if (node.faults.take('drop-chat-response')) return cut(exchange.response)
  const headers = node.settings.oldNode ? {} : costHeaders(cost)
  sendText(exchange.response, 200, JSON.stringify(body), { 'content-type': 'application/json; charset=utf-8', ...headers })
}
