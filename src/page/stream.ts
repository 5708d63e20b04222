/**
 * A streamed answer as the SDK gives it: an async iterable of parsed chunks. A broken stream throws, it never just ends.
 * The server-sent events are read by lines of our own instead of eventsource-parser: that one uses the page's `Array` and `String`
 * methods while it runs (T8). Lines end in LF or CRLF; nobody sends bare CR.
 */
import type { RoutstrStream } from './api.ts'
import {
  abortController,
  asyncIterator,
  closeStream,
  decode,
  encodeText,
  enqueue,
  getReader,
  indexOf,
  isAborted,
  NativeReadableStream,
  NativeTextDecoder,
  parseJson,
  property,
  read as readPiece,
  responseBody,
  responseHeaders,
  slice,
  toJson,
} from './builtins.ts'
import { errorFromFacts, facts, RoutstrAPIError } from './errors.ts'

/** Of the Responses API and of Anthropic's, of speech, transcription and images. */
const LAST_EVENTS =
  ' response.completed response.incomplete response.failed message_stop speech.audio.done transcript.text.done image_generation.completed '

/**
 * @param response an event stream, its body unread
 * @param controller aborts the request behind it
 * @param signal tells of an abort, of the controller or the caller: the iteration then just ends, as in the SDK
 */
export const createStream = <Chunk>(response: Response, controller: AbortController, signal: AbortSignal): RoutstrStream<Chunk> => {
  const abort = () => abortController(controller)

  async function* iterate(): AsyncGenerator<Chunk, undefined> {
    // A second reader is refused here, with a TypeError.
    const reader = getReader(responseBody(response))
    const decoder = new NativeTextDecoder()
    let rest = ''
    /** Where an end of line is looked for next. */
    let from = 0
    let data = ''
    /** The answer said that it is complete: `[DONE]`, a finish reason, or the last event of its API. */
    let complete = false
    let ended = false
    let done = false
    try {
      while (!done) {
        const end = indexOf(rest, '\n', from)
        if (end < 0) {
          if (ended) break
          const piece = await readPiece(reader)
          ended = piece.done
          from = rest.length
          // A last event may lack its blank line.
          rest += ended ? '\n\n' : decode(decoder, piece.value, { stream: true })
          continue
        }
        const line = slice(rest, 0, rest[end - 1] === '\r' ? end - 1 : end)
        rest = slice(rest, end + 1)
        from = 0
        if (line) {
          const colon = indexOf(`${line}:`, ':')
          if (slice(line, 0, colon) === 'data') data += `${data && '\n'}${slice(line, colon + (line[colon + 1] === ' ' ? 2 : 1))}`
          continue
        }
        if (data === '[DONE]') done = complete = true
        else if (data) {
          const chunk: Chunk = parseJson(data)
          const error = property(chunk, 'error')
          if (error || property(chunk, 'type') === 'error') throw new RoutstrAPIError(undefined, error || chunk, responseHeaders(response), data)
          complete ||= isLast(chunk)
          yield chunk
        }
        data = ''
      }
      if (!complete) throw new SyntaxError()
      done = true
    } catch (error) {
      if (isAborted(signal)) return
      throw error instanceof SyntaxError ? errorFromFacts(facts('stream_interrupted', 'The answer is truncated.')) : error
    } finally {
      if (!done) abort()
    }
  }

  const streamOf = (read: () => AsyncGenerator<Chunk, undefined>): RoutstrStream<Chunk> => ({
      controller,
      [asyncIterator]: read,
      tee() {
        const source = iterate()
        const first: Link<Chunk> = {}
        const branch = () =>
          streamOf(async function* (): AsyncGenerator<Chunk, undefined> {
            for (let link = first; ; link = link.next ??= {}) {
              link.read ??= source.next()
              const read = await link.read
              if (read.done) return
              yield read.value
            }
          })
        return [branch(), branch()]
      },
      toReadableStream() {
        const iterator = read()
        return new NativeReadableStream<Uint8Array>({
          async pull(lines) {
            const { done, value } = await iterator.next()
            if (done) closeStream(lines)
            else enqueue(lines, encodeText(`${toJson(value)}\n`))
          },
          cancel: abort,
        })
      },
  })

  return streamOf(iterate)
}

/** Chunks that one of two readers has asked for. */
interface Link<Chunk> {
  read?: Promise<IteratorResult<Chunk, undefined>>
  next?: Link<Chunk>
}

/** Whether a chunk is the one that says why the answer ended. */
const isLast = (chunk: unknown): boolean =>
  indexOf(LAST_EVENTS, ` ${property(chunk, 'type')} `) >= 0 || !!property(property(property(chunk, 'choices'), '0'), 'finish_reason')
