/**
 * The built-in upstream: an OpenAI-compatible server with canned answers, real streaming at a set speed and honest usage counts.
 * With `external` it is a mere pointer to somebody's real server, and the providers talk to that one.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import { cut, openCors, readBytes, sendJson, serve, wait } from '../http.ts'
import { type Plan, planAnswer } from './answers.ts'
import { answerMedia } from './media.ts'
import { promptTokenCount, tokenize } from './tokens.ts'
import { afterTool, type ToolCall, toolCallOf } from './tools.ts'
import { parseJson } from '../json.ts'

export interface DevnetUpstream {
  /** base URL without `/v1` */
  readonly url: string
  readonly key: string
  /** true when it stands for a real server */
  readonly external: boolean
  readonly requests: { path: string; model: string; stream: boolean; aborted: boolean }[]
  tokensPerSecond: number
  down: boolean
  /** the next `times` requests get this status, or no answer at all */
  fail(status: number | 'dead', times?: number): void
  stop(): Promise<void>
}

export interface UpstreamOptions {
  tokensPerSecond?: number
  external?: { url: string; key: string }
  port?: number
}

const content = v.union([
  v.string(),
  v.null(),
  v.array(v.looseObject({ type: v.string(), text: v.optional(v.string()) })),
])
const message = v.looseObject({ role: v.optional(v.string()), content: v.optional(content) })
const bodySchema = v.looseObject({
  model: v.string(),
  messages: v.optional(v.array(message)),
  prompt: v.optional(v.union([v.string(), v.array(v.string())])),
  input: v.optional(v.union([v.string(), v.array(v.union([v.string(), message]))])),
  stream: v.optional(v.nullable(v.boolean())),
  max_tokens: v.optional(v.nullable(v.number())),
  max_completion_tokens: v.optional(v.nullable(v.number())),
  max_output_tokens: v.optional(v.nullable(v.number())),
  stream_options: v.optional(v.nullable(v.looseObject({ include_usage: v.optional(v.boolean()) }))),
})
type Body = v.InferOutput<typeof bodySchema>

export async function createUpstream(options: UpstreamOptions = {}): Promise<DevnetUpstream> {
  const requests: DevnetUpstream['requests'] = []
  const failures: (number | 'dead')[] = []
  let tokensPerSecond = options.tokensPerSecond ?? 400
  const stopping = new AbortController()
  const host = await serve(handle, options.port)

  async function handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (openCors(request, response)) return
    const path = url.pathname.replace(/^\/v1/, '')
    if (request.method === 'GET' && path === '/models') {
      return sendJson(response, 200, { object: 'list', data: [{ id: 'owl-mini', object: 'model', created: 1_760_000_000, owned_by: 'devnet' }] })
    }
    const bytes = await readBytes(request)
    if (failures.length === 0 && (await answerMedia(path, request, bytes, response))) return
    const parsed = v.safeParse(bodySchema, parseJson(bytes.toString()))
    if (!parsed.success) return sendJson(response, 400, { error: { message: parsed.issues[0].message, type: 'invalid_request_error', code: null } })
    const body = parsed.output
    const entry = { path, model: body.model, stream: body.stream === true, aborted: false }
    requests.push(entry)
    const failure = failures.shift()
    if (failure === 'dead') return cut(response)
    if (failure !== undefined) return sendJson(response, failure, { error: { message: 'boom', type: 'server_error', code: 'x' } })
    const left = new AbortController()
    response.on('close', () => {
      entry.aborted = !response.writableFinished
      left.abort()
    })
    await reply(path, body, response, AbortSignal.any([left.signal, stopping.signal]))
  }

  async function reply(path: string, body: Body, response: ServerResponse, signal: AbortSignal): Promise<void> {
    if (path === '/embeddings') return sendJson(response, 200, embeddings(body))
    const answer = prepare(body)
    const { delayMs, status } = answer.plan
    await wait(delayMs, signal)
    if (status !== null) return sendJson(response, status, { error: { message: 'unsupported value', type: 'invalid_request_error', param: 'temperature', code: 'unsupported_value' } })
    const speed = answer.plan.slow ? 10 : tokensPerSecond
    if (path.startsWith('/responses')) return respond(response, body, answer, speed, signal)
    if (path !== '/chat/completions' && path !== '/completions') return sendJson(response, 404, { error: { message: 'not found', type: 'invalid_request_error', code: null } })
    if (body.stream === true) return streamChat(response, body, answer, speed, signal)
    await wait((answer.tokens.length * 1000) / speed, signal)
    const choice = path === '/completions' ? { text: answer.text } : { message: { role: 'assistant', ...(answer.call === null ? { content: answer.text } : { content: null, tool_calls: [answer.call] }) } }
    sendChunked(response, {
      id: answer.id,
      object: path === '/completions' ? 'text_completion' : 'chat.completion',
      created: answer.created,
      model: body.model,
      choices: [{ index: 0, ...choice, finish_reason: answer.finishReason }],
      usage: chatUsage(answer),
    })
  }

  return {
    url: options.external?.url.replace(/\/+$/, '').replace(/\/v1$/, '') ?? host.url,
    key: options.external?.key ?? 'devnet',
    external: options.external !== undefined,
    requests,
    get tokensPerSecond() {
      return tokensPerSecond
    },
    set tokensPerSecond(value: number) {
      tokensPerSecond = value
    },
    get down() {
      return host.down
    },
    set down(value: boolean) {
      host.down = value
    },
    fail(status, times = 1) {
      for (let count = 0; count < times; count += 1) failures.push(status)
    },
    async stop() {
      stopping.abort()
      await host.stop()
    },
  }
}

interface Answer {
  id: string
  created: number
  text: string
  tokens: string[]
  plan: Plan
  promptTokens: number
  completionTokens: number
  finishReason: 'stop' | 'length' | 'tool_calls'
  call: ToolCall | null
}

const textOf = (value: v.InferOutput<typeof content> | undefined): string =>
  typeof value === 'string' ? value : (value ?? []).map((part) => part.text ?? '').join('')

function textsOf(body: Body): { text: string }[] {
  if (body.messages) return body.messages.map((entry) => ({ text: textOf(entry.content) }))
  const input = body.input ?? body.prompt ?? ''
  const list = Array.isArray(input) ? input : [input]
  return list.map((entry) => ({ text: typeof entry === 'string' ? entry : textOf(entry.content) }))
}

function prepare(body: Body): Answer {
  const texts = textsOf(body)
  const plan = planAnswer(texts.at(-1)?.text ?? '')
  const limit = body.max_tokens ?? body.max_completion_tokens ?? body.max_output_tokens ?? Number.POSITIVE_INFINITY
  const call = toolCallOf(body)
  const all = call === null ? tokenize(afterTool(body) ?? plan.text) : []
  const tokens = all.slice(0, limit)
  return {
    id: `chatcmpl-${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 24)}`,
    created: Math.floor(Date.now() / 1000),
    text: tokens.join(''),
    tokens,
    plan,
    promptTokens: plan.usage?.prompt ?? promptTokenCount(texts),
    completionTokens: plan.usage?.completion ?? tokens.length,
    finishReason: call !== null ? 'tool_calls' : tokens.length < all.length ? 'length' : 'stop',
    call,
  }
}

const chatUsage = (answer: Answer): object => ({
  prompt_tokens: answer.promptTokens,
  completion_tokens: answer.completionTokens,
  total_tokens: answer.promptTokens + answer.completionTokens,
})

/** Token by token on a fixed timetable, so that the speed does not drift with timer granularity. Ends early on `signal`. */
async function drip(tokens: readonly string[], perSecond: number, signal: AbortSignal, write: (token: string) => void): Promise<void> {
  const start = performance.now()
  for (const [index, token] of tokens.entries()) {
    const early = start + (index * 1000) / perSecond - performance.now()
    if (early > 4) await wait(early, signal)
    if (signal.aborted) return
    write(token)
  }
}

async function streamChat(response: ServerResponse, body: Body, answer: Answer, perSecond: number, signal: AbortSignal): Promise<void> {
  const base = { id: answer.id, object: 'chat.completion.chunk', created: answer.created, model: body.model }
  const write = (value: object): void => void response.write(`data: ${JSON.stringify({ ...base, ...value })}\n\n`)
  const choice = (delta: object, finishReason: string | null): object => ({ choices: [{ index: 0, delta, finish_reason: finishReason }] })
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  write(choice({ role: 'assistant', content: '' }, null))
  if (answer.call !== null) {
    const { name, arguments: written } = answer.call.function
    write(choice({ tool_calls: [{ index: 0, ...answer.call, function: { name, arguments: '' } }] }, null))
    write(choice({ tool_calls: [{ index: 0, function: { arguments: written } }] }, null))
  }
  await drip(answer.tokens.slice(0, 3), perSecond, signal, (token) => write(choice({ content: token }, null)))
  if (answer.plan.ending === 'cut') return cut(response)
  if (answer.plan.ending === 'truncate') return void response.end()
  await wait(answer.plan.gapMs, signal)
  await drip(answer.tokens.slice(3), perSecond, signal, (token) => write(choice({ content: token }, null)))
  if (signal.aborted) return
  write(choice({}, answer.finishReason))
  if (body.stream_options?.include_usage) write({ choices: [], usage: chatUsage(answer) })
  response.end('data: [DONE]\n\n')
}

async function respond(response: ServerResponse, body: Body, answer: Answer, perSecond: number, signal: AbortSignal): Promise<void> {
  const id = answer.id.replace('chatcmpl', 'resp')
  const usage = { input_tokens: answer.promptTokens, output_tokens: answer.completionTokens, total_tokens: answer.promptTokens + answer.completionTokens }
  const output = [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: answer.text, annotations: [] }] }]
  const whole = { id, object: 'response', model: body.model, status: 'completed', output, usage }
  if (body.stream !== true) {
    await wait((answer.tokens.length * 1000) / perSecond, signal)
    return sendChunked(response, whole)
  }
  const write = (type: string, value: object): void => void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  write('response.created', { response: { ...whole, status: 'in_progress', output: [], usage: null } })
  write('response.output_item.added', { output_index: 0, item: { type: 'message', id: 'msg_1', role: 'assistant', status: 'in_progress', content: [] } })
  await drip(answer.tokens, perSecond, signal, (token) => write('response.output_text.delta', { item_id: 'msg_1', output_index: 0, content_index: 0, delta: token }))
  if (signal.aborted) return
  write('response.completed', { response: whole })
  response.end()
}

/** Chunked on purpose: a `Content-Length` would trigger the node's trap 11 (routstr-node.md §9.1). */
function sendChunked(response: ServerResponse, value: object): void {
  if (response.destroyed) return
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write(JSON.stringify(value))
  response.end()
}

/** Eight numbers from the text's hash: equal texts are equal, and that is all they are good for. */
function embeddings(body: Body): object {
  const texts = textsOf(body)
  const planned = planAnswer(texts[0]?.text ?? '').usage
  const count = planned?.prompt ?? texts.reduce((total, { text }) => total + tokenize(text).length, 0)
  const vector = (text: string): number[] => [...createHash('sha256').update(text).digest().subarray(0, 8)].map((byte) => byte / 128 - 1)
  return {
    object: 'list',
    model: body.model,
    data: texts.map(({ text }, index) => ({ object: 'embedding', index, embedding: vector(text) })),
    usage: { prompt_tokens: count, total_tokens: count },
  }
}
