/**
 * A page's request as the node will read it: which model, how much it may cost, what to show the user. The text itself
 * stays the page's own (design §5.8); only single top-level fields can be replaced.
 */
import type { RequestSummary } from '../domain/approval.ts'
import { RoutstrError } from '../domain/errors.ts'
import { isRecord, wholeNumber } from './foreign.ts'
import { spliceFields, topLevelFields, type TopLevelField } from './json-splice.ts'
import { inputCharacters, promptTokens, summarize } from './prompt.ts'
import { inputTokensAtMost, outputsAsked } from './upper-bound.ts'

export const MAX_BODY_CHARACTERS = 20 * 1024 * 1024
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
  /** Answers asked for (`n`, `best_of`, several prompts); each is billed. */
  readonly outputs: number
  readonly summary: RequestSummary
  /** The page's own text with only these top-level fields replaced or inserted; without changes the identical string. */
  body(changes: { model?: string; maxTokens?: number }): string
}

/**
 * @param path below `/v1`, no query
 * @param text the body as the page wrote it; null: the request had none
 * @throws RoutstrError `invalid_request_error` with what is wrong and `param`; `request_too_large` above 20 M characters.
 * The same checks the node makes first (`routstr-node.md` §2.1, proxy.py:852-893), so that nothing is paid for them.
 */
export function parseInferenceRequest(path: string, text: string | null): InferenceRequest {
  if (text === null || text.trim() === '') throw invalid('This endpoint needs a JSON body with at least a "model".')
  if (text.length > MAX_BODY_CHARACTERS) throw new RoutstrError('request_too_large', 'The request body is larger than 20 MB.')
  if (depthOf(text) > MOST_LEVELS) throw invalid('The request body is nested too deeply.')
  const body = parseObject(text)
  const fields = topLevelFields(text)
  const model = readModel(body.model)
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
    outputs: outputsAsked(body),
    summary: summarize(path, model, body, outputLimit),
    body: (changes) => spliceFields(text, fields, newValues(changes, model, maxTokens)),
  }
}

function newValues(changes: { model?: string; maxTokens?: number }, model: string, maxTokens: number | null): ReadonlyMap<string, string> {
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
