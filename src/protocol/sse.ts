/** Watches an event stream while it passes, and never alters it (`routstr-node.md` §7). */
import { createParser } from 'eventsource-parser'
import { isRecord, itemsOf, parseJson } from './foreign.ts'
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
    textCharacters += answerCharacters(event)
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
    get oversized() {
      return oversized
    },
  }
}

type Json = Readonly<Record<string, unknown>>

function isFinish(event: Json): boolean {
  return event.type === 'response.completed' || event.type === 'response.incomplete' || event.type === 'message_stop'
}

function isFailure(event: Json): boolean {
  return (event.error !== undefined && event.error !== null) || event.type === 'error' || event.type === 'response.failed'
}

function answerCharacters(event: Json): number {
  const choices = itemsOf(event.choices).reduce<number>((sum, choice) => sum + (isRecord(choice) ? length(choice.text) + deltaCharacters(choice.delta) : 0), 0)
  const isResponsesDelta = typeof event.type === 'string' && event.type.endsWith('.delta')
  return choices + (isResponsesDelta ? length(event.delta) : 0) + (event.type === 'content_block_delta' ? deltaCharacters(event.delta) : 0)
}

function deltaCharacters(delta: unknown): number {
  if (!isRecord(delta)) return 0
  const calls = itemsOf(delta.tool_calls).reduce<number>(
    (sum, call) => sum + (isRecord(call) && isRecord(call.function) ? length(call.function.arguments) : 0),
    0,
  )
  const reasoning = length(delta.reasoning_content) || length(delta.reasoning) || length(delta.thinking)
  return calls + reasoning + length(delta.content) + length(delta.text) + length(delta.partial_json) + length(delta.refusal)
}

function length(value: unknown): number {
  return typeof value === 'string' ? value.length : 0
}
