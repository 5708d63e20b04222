/** Live streams on an account: the usage chunk is held back and becomes the cost trailer (routstr-node.md §7.1, §7.2). */
import { floorMsatToSat, type Reservation } from './accounts.ts'
import { balanceAfter, charge } from './bearer.ts'
import { cut } from '../http.ts'
import { noCost, usageCost } from './cost.ts'
import type { Inference } from './inference.ts'
import type { Node } from './node.ts'
import { asObject, dataOf, type JsonObject, linesOf, parseObject, write } from './sse.ts'
import type { UpstreamAnswer } from './upstream-call.ts'

/**
 * Runs `copy` until the upstream ends. The client leaving releases the reservation; the upstream breaking leaves it stuck until the
 * sweep, as on a real node (§3.5).
 */
async function relay(node: Node, { exchange }: Inference, reservation: Reservation, answer: UpstreamAnswer, signal: AbortSignal, copy: () => Promise<void>): Promise<boolean> {
  const { response } = exchange
  const cache = answer.headers.get('cache-control')
  response.writeHead(200, {
    'content-type': answer.headers.get('content-type') ?? 'text/event-stream',
    ...(cache === null ? {} : { 'cache-control': cache }),
  })
  response.flushHeaders()
  try {
    await copy()
  } catch {
    if (signal.aborted) node.accounts.release(reservation)
    cut(response)
    return false
  }
  if (!signal.aborted) return true
  node.accounts.release(reservation)
  return false
}

const event = (value: JsonObject): string => `data: ${JSON.stringify(value)}\n\n`

export async function streamChat(node: Node, inference: Inference, reservation: Reservation, answer: UpstreamAnswer, signal: AbortSignal): Promise<void> {
  const { response } = inference.exchange
  const stamp = { provider: 'generic', model: inference.model.answersAs }
  let held: JsonObject | undefined
  let sawDone = false
  const whole = await relay(node, inference, reservation, answer, signal, async () => {
    for await (const line of linesOf(answer.body)) {
      const data = dataOf(line)
      if (data === undefined) continue // comments are dropped
      const chunk = parseObject(data)
      if (!chunk) {
        sawDone ||= data === '[DONE]'
        continue
      }
      if (asObject(chunk.usage)) held = chunk
      if (Array.isArray(chunk.choices) && chunk.choices.length === 0 && chunk === held) continue
      const { usage: _held, ...passed } = chunk
      await write(response, event(chunk.error === undefined ? { id: node.sharedId, ...passed, ...stamp } : { ...passed, ...stamp, id: node.sharedId }))
    }
  })
  if (!whole) return
  const { cost } = charge(node, inference, reservation, held?.usage)
  const after = balanceAfter(reservation, cost)
  if (node.faults.take('drop-chat-response')) return cut(response)
  const usage = asObject(held?.usage) ?? { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
  const trailer = {
    ...(held ?? { id: node.sharedId, object: 'chat.completion.chunk' }),
    ...stamp,
    choices: [],
    usage: { ...usage, cost: usageCost(cost), cost_sats: floorMsatToSat(cost.total_msats), remaining_balance_msats: after.remaining_balance_msats },
    metadata: { routstr: { cost, ...after } },
    cost: { ...cost, ...after },
  }
  await write(response, event(trailer))
  response.end(sawDone ? 'data: [DONE]\n\n' : '')
}

/** The last event loses its `event:` line, and the settlement finds no top-level usage: charged 0 (§7.2). */
export async function streamResponses(node: Node, inference: Inference, reservation: Reservation, answer: UpstreamAnswer, signal: AbortSignal): Promise<void> {
  const { response } = inference.exchange
  const stamp = { provider: 'generic', model: inference.model.answersAs }
  let eventLine = ''
  let completed: JsonObject | undefined
  const whole = await relay(node, inference, reservation, answer, signal, async () => {
    for await (const line of linesOf(answer.body)) {
      if (line.startsWith('event:')) eventLine = `${line}\n`
      const data = dataOf(line)
      const value = data === undefined ? undefined : parseObject(data)
      if (!value) continue
      if (value.type === 'response.completed') completed = value
      else await write(response, `${eventLine}${event({ ...value, ...stamp })}`)
      eventLine = ''
    }
  })
  if (!whole) return
  const cost = noCost()
  node.accounts.settle(reservation, 0)
  const after = balanceAfter(reservation, cost)
  if (node.faults.take('drop-chat-response')) return cut(response)
  if (completed) {
    const inner = asObject(completed.response) ?? {}
    const usage = { ...asObject(inner.usage), cost: 0, cost_sats: 0, remaining_balance_msats: after.remaining_balance_msats }
    const told = { metadata: { routstr: { cost, ...after } }, cost: { ...cost, ...after } }
    await write(response, event({ ...completed, response: { ...inner, usage }, ...stamp, ...told }))
  }
  response.end()
}
