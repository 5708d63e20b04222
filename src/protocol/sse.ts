/** Watches an event stream while it passes, and never alters it (`routstr-node.md` §7). */
import { createParser } from 'eventsource-parser'
import { isRecord, itemsOf, parseJson } from './foreign.ts'
import { utf8Bytes } from './upper-bound.ts'
import { mergeCharge, readCharge, type ChargeFacts } from './usage.ts'

export interface StreamObserver {
  /** The next piece of text, split anywhere. (Characters split between bytes are the caller's `TextDecoder`'s matter.) */
  push(text: string): void
  /** The stream is over; an event without its closing blank line counts (§7.4). */
  end(): void
  /** From the node's trailer; null: not seen. */
  readonly charge: ChargeFacts | null
  /** `[DONE]` was seen. */
  readonly done: boolean
  /** The answer itself was completed: a finish reason, `response.completed` or `message_stop`. */
  readonly finished: boolean
  /** An error event was seen; a zero-cost trailer may follow, `[DONE]` does not (§7.1). */
  readonly failed: boolean
  /** Characters of the answer so far: text, reasoning, arguments of tool calls. */
  readonly textCharacters: number
  /** The same in UTF-8. */
  readonly textBytes: number
  /** A line or event was longer than 1 MB: nothing after it was looked at. */
  readonly oversized: boolean
}

const MAX_LINE_CHARACTERS = 1024 * 1024

export function createStreamObserver(): StreamObserver {
  let charge: ChargeFacts | null = null
  let done = false
  let finished = false
  let failed = false
  let textCharacters = 0
  let textBytes = 0
  let oversized = false

  /** Choices seen, and whether each is finished: with `n` above 1 the answer is whole when the last one is. */
  const choices = new Map<unknown, boolean>()

  function noteChoice(choice: unknown): void {
    if (!isRecord(choice)) return
    const index = choice.index ?? 0
    const isLast = typeof choice.finish_reason === 'string' && choice.finish_reason !== ''
    choices.set(index, isLast || choices.get(index) === true)
  }

  const parser = createParser({
    maxBufferSize: MAX_LINE_CHARACTERS,
    onEvent: ({ data }) => {
      if (data.length > MAX_LINE_CHARACTERS) oversized = true
      else observe(data)
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') oversized = true
    },
  })

  function observe(data: string): void {
    if (data.trim() === '[DONE]') {
      done = true
      return
    }
    const event = parseJson(data, MAX_LINE_CHARACTERS)
    if (!isRecord(event)) return
    charge = mergeCharge(charge, readCharge(event))
    finished ||= isFinish(event)
    for (const choice of itemsOf(event.choices)) noteChoice(choice)
    failed ||= isFailure(event)
    for (const text of answerTexts(event)) {
      textCharacters += text.length
      textBytes += utf8Bytes(text)
    }
  }

  const feed = (text: string): void => {
    if (!oversized) parser.feed(text)
  }

  return {
    push: feed,
    end: () => feed('\n\n'),
    get charge() {
      return charge
    },
    get done() {
      return done
    },
    get finished() {
      return finished || (choices.size > 0 && [...choices.values()].every((isLast) => isLast))
    },
    get failed() {
      return failed
    },
    get textCharacters() {
      return textCharacters
    },
    get textBytes() {
      return textBytes
    },
    get oversized() {
      return oversized
    },
  }
}

type Json = Readonly<Record<string, unknown>>

/** Of the Responses API, of Anthropic's, of speech, transcription and images. */
const LAST_EVENTS: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'message_stop',
  'speech.audio.done',
  'transcript.text.done',
  'image_generation.completed',
])

function isFinish(event: Json): boolean {
  return typeof event.type === 'string' && LAST_EVENTS.has(event.type)
}

function isFailure(event: Json): boolean {
  return (event.error !== undefined && event.error !== null) || event.type === 'error' || event.type === 'response.failed'
}

/** What is text in one event of a stream, of any of the three kinds of API. */
function answerTexts(event: Json): string[] {
  const choices = itemsOf(event.choices).flatMap((choice) => (isRecord(choice) ? [...texts(choice.text), ...partTexts(choice.delta)] : []))
  const isResponsesDelta = typeof event.type === 'string' && event.type.endsWith('.delta')
  return [...choices, ...(isResponsesDelta ? texts(event.delta) : []), ...(event.type === 'content_block_delta' ? partTexts(event.delta) : [])]
}

/** A delta, or a whole message. */
export function partTexts(part: unknown): string[] {
  if (!isRecord(part)) return []
  const calls = itemsOf(part.tool_calls).flatMap((call) => (isRecord(call) && isRecord(call.function) ? texts(call.function.arguments) : []))
  const legacyCall = isRecord(part.function_call) ? texts(part.function_call.arguments) : []
  const parts = itemsOf(part.content).flatMap((item) => (isRecord(item) ? texts(item.text) : []))
  const reasoning = [part.reasoning_content, part.reasoning, part.thinking].flatMap(texts)
  return [...calls, ...legacyCall, ...parts, ...reasoning.slice(0, 1), ...texts(part.content), ...texts(part.text), ...texts(part.partial_json), ...texts(part.refusal)]
}

function texts(value: unknown): string[] {
  return typeof value === 'string' && value !== '' ? [value] : []
}

/** The same of an answer that came whole, in bytes of UTF-8; null when it is not one of text. */
export function wholeAnswerBytes(json: unknown): number | null {
  if (!isRecord(json)) return null
  const choices = itemsOf(json.choices).flatMap((choice) => (isRecord(choice) ? [[...texts(choice.text), ...partTexts(choice.message)]] : []))
  const items = itemsOf(json.output).filter(isRecord)
  const output = items.map((item) => [...texts(item.arguments), ...[...itemsOf(item.content), ...itemsOf(item.summary)].flatMap(partTexts)])
  const all = [...choices, ...output]
  return all.length === 0 ? null : all.flat().reduce((sum, text) => sum + utf8Bytes(text), 0)
}
