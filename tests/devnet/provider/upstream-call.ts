/** One call to the AI behind the node, with fail-over between upstreams, and the faults that look like the upstream's. */
import { wait } from '../http.ts'
import type { Model } from './models.ts'
import type { Exchange, Node } from './node.ts'

/** the upstream could not be reached */
export class UpstreamDead extends Error {}

export interface UpstreamAnswer {
  status: number
  headers: Headers
  body: ReadableStream<Uint8Array>
}

const RATE_LIMIT_TEXT =
  'Rate limit reached for gpt-stub in organization org-abcdefghij on tokens per min (TPM): Limit 10, Used 10, Requested 5. Please try again in 2ms.'

export async function callUpstream(node: Node, exchange: Exchange, model: Model, body: Record<string, unknown>, signal: AbortSignal): Promise<UpstreamAnswer> {
  const { faults } = node
  const slow = faults.take('slow-first-byte')
  if (slow) await wait(slow.value ?? 500, signal)
  if (faults.take('silence', exchange.path)) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new UpstreamDead('silence'))))
  if (faults.take('upstream-dead')) throw new UpstreamDead('RemoteProtocolError')
  if (faults.take('upstream-500')) return canned(500, { error: { message: 'boom', type: 'server_error', code: 'x' } })
  if (faults.take('upstream-400')) return canned(400, { error: { message: 'unsupported value', type: 'invalid_request_error', param: 'temperature', code: 'unsupported_value' } })
  if (faults.take('upstream-429')) return canned(429, { error: { message: RATE_LIMIT_TEXT, type: 'rate_limit', code: 'rate_limit_exceeded' } })
  if (faults.take('never-ending')) return endless(model, signal)
  const answer = await firstThatAnswers(node, exchange, model, body, signal)
  if (faults.take('no-usage')) return { ...answer, body: answer.body.pipeThrough(withoutUsage()) }
  if (faults.take('midstream-error')) return { ...answer, body: answer.body.pipeThrough(endingEarly('error')) }
  if (faults.take('midstream-cut')) return { ...answer, body: answer.body.pipeThrough(endingEarly('cut')) }
  return answer
}

async function firstThatAnswers(node: Node, exchange: Exchange, model: Model, body: Record<string, unknown>, signal: AbortSignal): Promise<UpstreamAnswer> {
  try {
    return await node.upstreams.ask((upstream) => forward(upstream, exchange, model, body, signal), signal)
  } catch (error) {
    if (signal.aborted) throw error
    throw new UpstreamDead(error instanceof Error ? error.name : 'ConnectError')
  }
}

async function forward(upstream: { url: string; key: string }, exchange: Exchange, model: Model, body: Record<string, unknown>, signal: AbortSignal): Promise<UpstreamAnswer> {
  const path = exchange.path.replace(/^\/(v1\/)?/, '/v1/')
  const asked: Record<string, unknown> = { ...body, model: model.spec.modelAtUpstream ?? model.spec.upstreamId }
  if (body.stream === true && body.messages !== undefined) asked.stream_options = { include_usage: true } // base.py:617-627
  const type = exchange.request.headers['content-type'] ?? ''
  const isForm = type.startsWith('multipart/')
  const response = await fetch(upstream.url + path, {
    method: 'POST',
    headers: { 'content-type': isForm ? type : 'application/json', authorization: `Bearer ${upstream.key}` },
    body: isForm ? new Uint8Array(exchange.bytes) : JSON.stringify(asked),
    signal,
  })
  return { status: response.status, headers: response.headers, body: response.body ?? new Blob([]).stream() }
}

function canned(status: number, value: object): UpstreamAnswer {
  return { status, headers: new Headers({ 'content-type': 'application/json; charset=utf-8' }), body: new Blob([JSON.stringify(value)]).stream() }
}

function endless(model: Model, signal: AbortSignal): UpstreamAnswer {
  const chunk = { id: 'chatcmpl-endless', object: 'chat.completion.chunk', created: 0, model: model.answersAs, choices: [{ index: 0, delta: { content: 'and so on ' }, finish_reason: null }] }
  const bytes = new TextEncoder().encode(`data: ${JSON.stringify(chunk)}\n\n`)
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await wait(5, signal)
      if (signal.aborted) controller.error(new Error('left'))
      else controller.enqueue(bytes)
    },
  })
  return { status: 200, headers: new Headers({ 'content-type': 'text/event-stream; charset=utf-8' }), body }
}

/** Works on whole lines, so that an event is never torn. */
function lineTransform(onLine: (line: string, emit: (text: string) => void, controller: TransformStreamDefaultController<Uint8Array>) => void | Promise<void>): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let rest = ''
  return new TransformStream({
    async transform(bytes, controller) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) await onLine(`${line}\n`, (text) => controller.enqueue(encoder.encode(text)), controller)
    },
    flush(controller) {
      if (rest !== '') return onLine(rest, (text) => controller.enqueue(encoder.encode(text)), controller)
    },
  })
}

const withoutUsage = (): TransformStream<Uint8Array, Uint8Array> =>
  lineTransform((line, emit) => {
    if (/"choices":\s*\[\]/.test(line)) return
    emit(line.replace(/,"usage":\{[^{}]*\}/, ''))
  })

/** Also for a reader who is busy. */
const CUT_AFTER_MS = 1_000

/** After three content chunks: an error event and the end, or a broken connection. */
function endingEarly(how: 'error' | 'cut'): TransformStream<Uint8Array, Uint8Array> {
  let events = 0
  let ended = false
  return lineTransform((line, emit, controller) => {
    if (ended) return undefined
    if (line.startsWith('data:')) events += 1
    if (events <= 3) return emit(line)
    ended = true
    // what was said is on its way: a reset would take it along
    if (how === 'cut') return wait(CUT_AFTER_MS).then(() => controller.error(new Error('upstream cut')))
    emit('data: {"error":{"message":"mid-stream boom","type":"server_error","code":500}}\n\n')
    controller.terminate()
  })
}
