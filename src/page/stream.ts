/** A streamed answer as the SDK gives it: an async iterable of parsed chunks. A broken stream throws, it never just ends. */
import type { RoutstrStream } from './api.ts'
import {
  asyncIterator,
  controllers,
  decoders,
  encodeText,
  isArray,
  NativeReadableStream,
  NativeTextDecoder,
  parseJson,
  readers,
  responses,
  signals,
  sources,
  streams,
  string,
  toJson,
} from './builtins.ts'
import { errorFromFacts, facts, property, RoutstrAPIError } from './errors.ts'
import { createEventParser } from './event-parser.ts'

/**
 * @param response an event stream, its body unread
 * @param controller aborts the request behind it
 * @param signal tells of an abort, of the controller or the caller: the iteration then just ends, as in the SDK
 */
export function createStream<Chunk>(response: Response, controller: AbortController, signal: AbortSignal): RoutstrStream<Chunk> {
  let taken = false
  const abort = () => controllers.abort(controller)

  async function* iterate(): AsyncGenerator<Chunk, undefined> {
    if (taken) throw new TypeError('A stream can be read once.')
    taken = true
    const reader = streams.getReader(responses.body(response))
    const decoder = new NativeTextDecoder()
    let chunks: Chunk[] = []
    /** The answer said that it is complete: `[DONE]`, a finish reason, or the last event of the Responses API. */
    let complete = false
    let done = false
    const parse = createEventParser((data, event) => {
      if (data === '[DONE]') done = complete = true
      if (done) return
      const chunk: Chunk = parseJson(data)
      const error = property(chunk, 'error')
      if (event === 'error' || error) throw new RoutstrAPIError(undefined, error || chunk, responses.headers(response), data)
      if (isLast(chunk)) complete = true
      chunks[chunks.length] = chunk
    })
    try {
      while (!done) {
        let broken: unknown
        try {
          const piece = await readers.read(reader)
          done = piece.done
          // A last event may lack its blank line.
          parse(done ? '\n\n' : decoders.decode(decoder, piece.value, { stream: true }))
        } catch (error) {
          broken = error
        }
        for (let i = 0; i < chunks.length; i++) {
          const chunk = chunks[i]
          if (chunk !== undefined) yield chunk
        }
        chunks = []
        if (broken) throw broken
      }
      if (!complete) throw new SyntaxError()
    } catch (error) {
      done = false
      if (signals.aborted(signal)) return
      throw error instanceof SyntaxError ? errorFromFacts(facts('stream_interrupted', 'The answer is truncated.', 424)) : error
    } finally {
      if (!done) abort()
    }
  }

  return {
    controller,
    [asyncIterator]: iterate,
    toReadableStream() {
      const iterator = iterate()
      return new NativeReadableStream<Uint8Array>({
        async pull(lines) {
          const { done, value } = await iterator.next()
          if (done) sources.close(lines)
          else sources.enqueue(lines, encodeText(`${toJson(value)}\n`))
        },
        cancel: abort,
      })
    },
  }
}

/** Whether a chunk is the one that says why the answer ended. */
function isLast(chunk: unknown): boolean {
  if (string.indexOf(' response.completed response.incomplete response.failed ', ` ${property(chunk, 'type')} `) >= 0) return true
  const choices = property(chunk, 'choices')
  if (isArray(choices)) for (let i = 0; i < choices.length; i++) if (property(choices[i], 'finish_reason')) return true
  return false
}
