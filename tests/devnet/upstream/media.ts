/** What is not text: pictures, sound, judgements, Anthropic's dialect. Small and always the same for the same request. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import { sendJson, sendText } from '../http.ts'
import { parseJson } from '../json.ts'
import { planAnswer } from './answers.ts'
import { tokenize } from './tokens.ts'

/** A picture of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const SOUND_BYTES = 70_000

const asked = v.looseObject({
  model: v.string(),
  input: v.optional(v.unknown()),
  stream: v.optional(v.boolean()),
  messages: v.optional(v.array(v.looseObject({ content: v.union([v.string(), v.array(v.looseObject({ text: v.optional(v.string()) }))]) }))),
})
type Asked = v.InferOutput<typeof asked>

/** Every byte there is, in an order that only this text has: any loss on the way shows. */
export function soundOf(text: string): Buffer {
  const seed = createHash('sha256').update(text).digest()
  return Buffer.from(Array.from({ length: SOUND_BYTES }, (_, index) => ((seed[index % 32] ?? 0) + index) % 256))
}

/** @returns whether the path was one of these */
export async function answerMedia(path: string, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<boolean> {
  if (path.startsWith('/audio/tr')) {
    await transcribe(request, body, response)
    return true
  }
  const parsed = v.safeParse(asked, parseJson(body.toString()))
  if (!parsed.success) return false
  const answer = ANSWERS[path]
  answer?.(parsed.output, response)
  return answer !== undefined
}

const ANSWERS: Readonly<Record<string, (body: Asked, response: ServerResponse) => void>> = {
  '/audio/speech'({ input }, response) {
    const sound = soundOf(String(input))
    response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': String(sound.length) })
    response.end(sound)
  },
  '/images/generations': (_, response) => sendJson(response, 200, { created: 1_760_000_000, data: [{ b64_json: PIXEL }] }),
  '/moderations': ({ model }, response) => sendJson(response, 200, { id: 'modr-1', model, results: [{ flagged: false, categories: {}, category_scores: {} }] }),
  '/messages/count_tokens': (body, response) => sendJson(response, 200, { input_tokens: tokenize(lastText(body)).length }),
  '/messages': anthropic,
}

function lastText({ messages }: Asked): string {
  const content = messages?.at(-1)?.content ?? ''
  return typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('')
}

function anthropic(body: Asked, response: ServerResponse): void {
  const { text } = planAnswer(lastText(body))
  const usage = { input_tokens: tokenize(lastText(body)).length, output_tokens: tokenize(text).length }
  const whole = { id: 'msg_1', type: 'message', role: 'assistant', model: body.model, stop_reason: 'end_turn' }
  if (body.stream !== true) return sendJson(response, 200, { ...whole, content: [{ type: 'text', text }], usage })
  const event = (type: string, value: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(event('message_start', { message: { ...whole, content: [], usage } }))
  for (const token of tokenize(text)) response.write(event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: token } }))
  response.write(event('message_delta', { delta: { stop_reason: 'end_turn' }, usage }))
  response.end(event('message_stop', {}))
}

/** Says what arrived, byte for byte: the file's length and its hash. */
async function transcribe(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': request.headers['content-type'] ?? '' } }).formData().catch(() => null)
  const file = form?.get('file')
  if (!(file instanceof File)) return sendJson(response, 400, { error: { message: 'no file', type: 'invalid_request_error', code: null } })
  const hash = createHash('sha256').update(Buffer.from(await file.arrayBuffer())).digest('hex')
  const text = `${file.name}, ${file.size} bytes, ${hash}`
  if (form?.get('response_format') === 'text') return sendText(response, 200, text, { 'content-type': 'text/plain; charset=utf-8' })
  sendJson(response, 200, { text })
}
