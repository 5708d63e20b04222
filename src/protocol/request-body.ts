/**
 * A page's request as the node will read it: which model, how much it may cost, what to show the user. The text itself
 * stays the page's own (design §5.8); only single top-level fields can be replaced.
 */
import type { RequestSummary } from '../domain/approval.ts'
import { RoutstrError } from '../domain/errors.ts'
import { isRecord, wholeNumber } from './foreign.ts'
import { type Form, readForm } from './form-body.ts'
import { spliceFields, topLevelFields, type TopLevelField, withoutFields } from './json-splice.ts'
import { readModels } from './model-list.ts'
import { inputCharacters, promptTokens, summarize } from './prompt.ts'
import { BYTES_PER_TOKEN, hasMedia, inputTokensAtMost, outputsAsked, utf8Bytes } from './upper-bound.ts'

export const MAX_BODY_BYTES = 20 * 1024 * 1024
const MAX_MODEL_CHARACTERS = 256
/** No request needs more; what walks through a body need not fear for the stack. */
const MOST_LEVELS = 200

export interface InferenceRequest {
  /** Below `/v1`, without a query: `/chat/completions`. */
  readonly path: string
  readonly model: string
  readonly stream: boolean
  /** Top-level `max_tokens` only: the one limit the node reads when it sizes the payment (§1.5). */
  readonly maxTokens: number | null
  /** `max_tokens ?? max_completion_tokens ?? max_output_tokens`, for estimates. */
  readonly outputLimit: number | null
  /** `messages` is a list with at least one entry. */
  readonly hasMessages: boolean
  /** The node's own count (§4.1); 0 without messages. */
  readonly promptTokens: number
  /** Characters of `input` or `prompt`, which the node does not count. */
  readonly inputCharacters: number
  /** What the whole body can come to, tools included: an upper bound, not the node's count. */
  readonly inputTokensAtMost: number
  /** There are pictures, sounds or files in it, which every upstream counts in its own way. */
  readonly hasMedia: boolean
  /** Answers asked for (`n`, `best_of`, several prompts); each is billed. */
  readonly outputs: number
  /** An answer in JSON is asked for. */
  readonly wantsJson: boolean
  /** Other models the page would take instead, in its order: the body's `models`, as OpenRouter has it. No provider sees that field. */
  readonly alternatives: readonly string[]
  readonly summary: RequestSummary
  /** The page's own body with only these top-level fields replaced or inserted; without changes the identical one. */
  body(changes: BodyChanges): string | Uint8Array<ArrayBuffer>
}

export interface BodyChanges {
  readonly model?: string
  readonly maxTokens?: number
}

/**
 * @param path below `/v1`, no query
 * @param bytes the body as the page wrote it; null: the request had none
 * @param contentType forms are read as forms, everything else as JSON
 * @throws RoutstrError `invalid_request_error` with what is wrong and `param`; `request_too_large` above 20 MB.
 * The same checks the node makes first (`routstr-node.md` §2.1, proxy.py:852-893), so that nothing is paid for them.
 */
export function parseInferenceRequest(path: string, bytes: Uint8Array<ArrayBuffer> | null, contentType = ''): InferenceRequest {
  if (bytes !== null && bytes.length > MAX_BODY_BYTES) throw new RoutstrError('request_too_large', 'The request body is larger than 20 MB.')
  const form = bytes === null ? null : readForm(bytes, contentType)
  return bytes !== null && form !== null ? formRequest(path, bytes, form) : jsonRequest(path, textOf(bytes))
}

/** A form can not be sized by what the node looks at: its worst case is the model's whole `max_cost` (§4.1). */
function formRequest(path: string, bytes: Uint8Array<ArrayBuffer>, form: Form): InferenceRequest {
  const model = readModel(form.get('model'))
  const stream = form.get('stream') === 'true'
  return {
    path,
    model,
    stream,
    maxTokens: null,
    outputLimit: 0,
    hasMessages: false,
    hasMedia: true,
    promptTokens: 0,
    inputCharacters: 0,
    inputTokensAtMost: 0,
    outputs: 1,
    wantsJson: false,
    alternatives: [],
    summary: summarize(path, model, { stream, prompt: form.get('prompt') }, null),
    body: ({ model: other = model }) => (other === model ? bytes : form.withValue('model', other)),
  }
}

function textOf(bytes: Uint8Array | null): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes ?? new Uint8Array())
  } catch {
    throw invalid('The request body is neither a form nor text in UTF-8.')
  }
}

function jsonRequest(path: string, written: string): InferenceRequest {
  if (written.trim() === '') throw invalid('This endpoint needs a JSON body with at least a "model".')
  if (depthOf(written) > MOST_LEVELS) throw invalid('The request body is nested too deeply.')
  const { models, ...body } = parseObject(written)
  const listed = readModels(models)
  // an upstream that knows the list would choose by itself, at a price nobody here has seen
  const text = withoutFields(written, 'models')
  const fields = topLevelFields(text)
  const model = readModel(body.model ?? listed[0])
  /** Otherwise only the list says it, and the provider has to be told. */
  const isNamed = body.model === model
  const maxTokens = readMaxTokens(text, fields)
  const outputLimit = maxTokens ?? wholeNumber(body.max_completion_tokens) ?? wholeNumber(body.max_output_tokens)
  const messages = Array.isArray(body.messages) ? body.messages : []
  return {
    path,
    model,
    stream: body.stream === true,
    maxTokens,
    outputLimit,
    hasMessages: messages.length > 0,
    promptTokens: promptTokens(messages),
    inputCharacters: inputCharacters(body),
    inputTokensAtMost: inputTokensAtMost(body),
    hasMedia: hasMedia(body),
    outputs: outputsAsked(body),
    wantsJson: wantsJson(body),
    alternatives: listed.filter((other) => other !== model),
    summary: summarize(path, model, body, outputLimit),
    body: (changes) => spliceFields(text, fields, isNamed ? newValues(changes, model, maxTokens) : newValues({ model, ...changes }, '', maxTokens)),
  }
}

/** The same request to another model. */
export function asModel(request: InferenceRequest, model: string): InferenceRequest {
  if (model === request.model) return request
  // the name is part of what is billed
  const longer = Math.ceil(Math.max(0, utf8Bytes(model) - utf8Bytes(request.model)) / BYTES_PER_TOKEN)
  return { ...request, model, alternatives: [], inputTokensAtMost: request.inputTokensAtMost + longer, summary: { ...request.summary, model }, body: (changes) => request.body({ ...changes, model: changes.model ?? model }) }
}

/** `response_format` of chat, `text.format` of responses. */
function wantsJson(body: Readonly<Record<string, unknown>>): boolean {
  const formats = [body.response_format, isRecord(body.text) ? body.text.format : undefined]
  return formats.some((format) => isRecord(format) && typeof format.type === 'string' && format.type.startsWith('json'))
}

function newValues(changes: BodyChanges, model: string, maxTokens: number | null): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  if (changes.model !== undefined && changes.model !== model) values.set('model', JSON.stringify(changes.model))
  if (changes.maxTokens !== undefined && changes.maxTokens !== maxTokens) values.set('max_tokens', JSON.stringify(changes.maxTokens))
  return values
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid('The request body is not valid JSON.')
  }
  if (!isRecord(value)) throw invalid('The request body must be a JSON object.')
  return value
}

function readModel(value: unknown): string {
  if (value === undefined || value === null) throw invalid('The request names no "model".', 'model')
  if (typeof value !== 'string' || value.trim() === '') throw invalid('"model" must be a non-empty string.', 'model')
  if (value.length > MAX_MODEL_CHARACTERS) throw invalid(`"model" is longer than ${MAX_MODEL_CHARACTERS} characters.`, 'model')
  return value
}

/**
 * The node refuses `10.0` and `"10"` (Python's int), so the written text is looked at, not the parsed number. An explicit
 * `null` counts as absent: our cap replaces it, and without the cap the node's own 400 tells the page.
 */
function readMaxTokens(text: string, fields: readonly TopLevelField[]): number | null {
  const field = fields.findLast((candidate) => candidate.key === 'max_tokens')
  if (field === undefined) return null
  const written = text.slice(field.valueStart, field.valueEnd)
  if (written === 'null') return null
  const value = /^\d+$/.test(written) ? wholeNumber(Number(written)) : null
  if (value === null) throw invalid('"max_tokens" must be a whole number, 0 or more.', 'max_tokens')
  return value
}

/** Brackets open at once at most, outside of strings. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let index = 0; index < text.length && deepest <= MOST_LEVELS; index++) {
    const character = text[index]
    if (inString) {
      if (character === '\\') index++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth)
    else if (character === ']' || character === '}') depth--
  }
  return deepest
}

function invalid(message: string, param?: string): RoutstrError {
  return new RoutstrError('invalid_request_error', message, param === undefined ? {} : { param })
}
