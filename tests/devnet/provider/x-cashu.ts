/**
 * `X-Cashu`: the token is redeemed before the upstream is asked, the answer is buffered, the change is in the response header
 * (routstr-node.md §3.2, §7.4). The code paths that keep the whole token (§9.1) are imitated, not repaired.
 */
import { cut, sendText } from '../http.ts'
import { type Cost, costHeaders, costOf, usageCost } from './cost.ts'
import { detailAnswer, errorAnswer, NodeAnswer, REDEEM_FAILURES, RedeemError, tokenTooSmall } from './envelopes.ts'
import { floorMsatToSat } from './accounts.ts'
import type { Inference } from './inference.ts'
import { addRow, type Node } from './node.ts'
import { readToken } from './purse.ts'
import { asObject, dataOf, type JsonObject, parseObject, textOf } from './sse.ts'
import { callUpstream, type UpstreamAnswer } from './upstream-call.ts'

export async function xCashuInference(node: Node, inference: Inference, token: string): Promise<void> {
  const faceSat = faceOf(token)
  // The face value is compared before anything is redeemed: a free price quote (§4.3).
  if (faceSat * 1000 < inference.requiredMsat) throw tokenTooSmall(inference.requiredMsat, inference.model.entry.id)
  const creditedSat = await redeem(node, inference, token)
  let answer: UpstreamAnswer
  let text: string
  try {
    // No signal of the client: it may leave, the answer is fetched and charged all the same.
    answer = await callUpstream(node, inference.exchange, inference.model, inference.body, node.stopping)
    text = await textOf(answer.body)
  } catch {
    throw unexpected() // trap 1
  }
  if (answer.status !== 200) return refundFailure(node, inference, creditedSat, answer.status)
  return answerWithChange(node, inference, { token, creditedSat, answer, text })
}

function faceOf(token: string): number {
  try {
    return readToken(token).faceSat
  } catch {
    throw detailAnswer(401, 'Invalid authentication token format')
  }
}

/** Envelope C; a token that is believed unspent is echoed in the header (§5.3). */
async function redeem(node: Node, { exchange }: Inference, token: string): Promise<number> {
  const fail = (reason: RedeemError['reason']): NodeAnswer => {
    const { status, message, type, code, echo } = REDEEM_FAILURES[reason]
    return errorAnswer(status, { message, type, code }, echo ? { 'x-cashu': token } : {})
  }
  let creditedSat: number
  try {
    creditedSat = (await node.purse.redeem(token)).creditedSat
  } catch (error) {
    throw error instanceof RedeemError ? fail(error.reason) : error
  }
  if (node.faults.take('token-consumed')) throw fail('consumed')
  addRow(node, { type: 'in', source: 'x-cashu', amount: creditedSat, token, requestId: exchange.requestId })
  node.accounts.note({ credited: creditedSat * 1000, earned: creditedSat * 1000 })
  return creditedSat
}

const unexpected = (): NodeAnswer => errorAnswer(500, { message: 'An unexpected server error occurred', type: 'internal_error', code: 500 })

/** The row is written after the token is made and before the answer leaves (§3.2 step 5). */
async function makeChange(node: Node, { exchange }: Inference, sat: number): Promise<string | undefined> {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      const change = await node.purse.pay(sat)
      node.accounts.note({ earned: -sat * 1000 })
      addRow(node, { type: 'out', source: 'x-cashu', amount: sat, token: change, requestId: exchange.requestId })
      return change
    } catch {
      // three tries in all (base.py:3595-3642)
    }
  }
  return undefined
}

async function refundFailure(node: Node, inference: Inference, creditedSat: number, status: number): Promise<void> {
  const change = await makeChange(node, inference, creditedSat)
  if (change === undefined) throw unexpected() // trap 6b
  const error = { message: 'Error forwarding request to upstream', type: 'upstream_error', code: status, refund_token: change }
  throw new NodeAnswer(status, () => ({ error }), { 'x-cashu': change })
}

interface Paid {
  token: string
  creditedSat: number
  answer: UpstreamAnswer
  text: string
}

async function answerWithChange(node: Node, inference: Inference, paid: Paid): Promise<void> {
  const { response } = inference.exchange
  const { text, answer } = paid
  const contentType = answer.headers.get('content-type') ?? 'application/json'
  const raw = (body: string): void => sendText(response, 200, body, { 'content-type': contentType })
  const looksLikeStream = inference.stream || text.includes('data:') // trap 2: base.py:4035
  if (inference.kind === 'other') return raw(text) // trap 5
  if (inference.kind === 'responses' && inference.stream) return raw(`${text.trimEnd()}\\n`) // trap 4: it splits on the two characters
  const usage = looksLikeStream ? usageInStream(text) : parseObject(text)?.usage
  if (!inference.entry.sats_pricing) return raw(text) // trap 7
  if (looksLikeStream && asObject(usage) === undefined) return raw(inference.stream ? text : `${text}\n`) // traps 2 and 3
  const overcharge = node.faults.take('overcharge')
  const rules = { satUsd: node.settings.satUsd, providerFee: node.settings.providerFee, overcharge: overcharge ? (overcharge.value ?? 3) : 1 }
  const cost = costOf(usage, inference.entry, inference.requiredMsat, rules)
  const changeSat = paid.creditedSat - Math.ceil(cost.total_msats / 1000)
  const change = changeSat > 0 ? await makeChange(node, inference, changeSat) : undefined
  if (changeSat > 0 && change === undefined) return raw(text) // trap 6
  if (node.faults.take('drop-chat-response')) return cut(response)
  const given = change !== undefined && node.faults.take('echo-as-change') ? paid.token : change
  const headers = {
    'content-type': contentType,
    ...(given === undefined ? {} : { 'x-cashu': given }),
    ...(node.settings.oldNode ? {} : costHeaders(cost)),
  }
  if (inference.stream) return replay(inference, text, cost, headers)
  const body = JSON.stringify(withCost(parseObject(text) ?? {}, cost))
  if (node.faults.take('stale-content-length')) return breakBody(inference, text, headers)
  sendText(response, 200, body, headers)
}

function usageInStream(text: string): unknown {
  const chunks = text
    .split('\n')
    .map((line) => parseObject(dataOf(line) ?? ''))
    .filter((chunk) => chunk !== undefined)
  if (chunks.some((chunk) => chunk.error !== undefined)) return undefined // an error inside the stream keeps the token
  return chunks.findLast((chunk) => asObject(chunk.usage))?.usage
}

/** §6.3: only `provider`, `usage.cost` and `usage.cost_sats`; the upstream's model string stays. */
function withCost(value: JsonObject, cost: Cost): JsonObject {
  const usage = asObject(value.usage)
  const told = usage ? { usage: { ...usage, cost: usageCost(cost), cost_sats: floorMsatToSat(cost.total_msats) } } : {}
  return { ...value, ...told, provider: 'generic' }
}

/** Everything at once; the body ends with one newline after `[DONE]` (§7.4). */
function replay({ exchange }: Inference, text: string, cost: Cost, headers: Record<string, string>): void {
  const events = text.split('\n').flatMap((line) => {
    const data = dataOf(line)
    if (data === undefined) return []
    const chunk = parseObject(data)
    return [chunk ? `data: ${JSON.stringify(withCost(chunk, cost))}` : `data: ${data}`]
  })
  exchange.response.writeHead(200, headers)
  exchange.response.end(`${events.join('\n\n')}\n`)
}

/** Trap 11: the upstream's length on a longer body: the headers arrive, the body breaks. */
function breakBody({ exchange }: Inference, text: string, headers: Record<string, string>): void {
  const { response } = exchange
  response.writeHead(200, { ...headers, 'content-length': String(Buffer.byteLength(text)) })
  response.flushHeaders()
  setTimeout(() => cut(response), 20)
}

