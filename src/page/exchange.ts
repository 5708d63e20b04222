/**
 * One request over the transport: from the first frame to the last byte of the answer, with everything that can come between.
 * Chunks go out as they come; credit goes back when they were read; a failure is delivered after everything that came before it,
 * and never looks like a clean end (`page-api.md` §12).
 */
import { BODY_FRAME_CHARACTERS } from '../messaging/page-constants.ts'
import type { ErrorFacts } from '../domain/errors.ts'
import {
  bytesOf,
  encodeText,
  headers,
  NativePromise,
  NativeReadableStream,
  NativeResponse,
  randomHex,
  responses,
  signals,
  sources,
  startsWith,
  string,
  target,
  toJson,
} from './builtins.ts'
import { abortError, denial, errorBody, errorFromFacts, facts } from './errors.ts'
import type { AnswerFrame } from './frames.ts'
import type { PreparedRequest } from './request.ts'
import type { Operation, Transport } from './transport.ts'

/** Read units that are given back at once; less would cost a frame per token. The background keeps 7/8 of its window meanwhile. */
const CREDIT_STEP = 8 * 1024

/**
 * Resolves when the head is known; a refusal is a `Response` too.
 * Rejects only for an abort: with the reason of `signal`, or an `AbortError` when the background says so.
 */
export function exchange({ post, open, close }: Transport, request: PreparedRequest, signal: AbortSignal | null): Promise<Response> {
  return new NativePromise((resolve, reject) => {
    const id = randomHex()
    /** The body of the answer; null before the head. */
    let body: ReadableStreamDefaultController | null = null
    let isEventStream = false
    /** Whether the text so far ends where an event ends. */
    let atBoundary = true
    /** A reader waits and nothing is queued. */
    let waiting = false
    let unread = 0
    /** What the reader gets once it has read the rest. */
    let failure: unknown
    const operation: Operation = { again: () => send(post, id, request), repeats: 0, receive, fail }

    function receive(frame: AnswerFrame): void {
      if (frame.t === 'fail') fail(frame.error)
      else if (frame.t === 'end') end()
      else if (frame.t === 'head') begin(frame)
      else if (frame.t === 'bytes') push(bytesOf(frame.base64))
      else if (frame.t === 'data') {
        atBoundary = string.slice(frame.text, -2) === '\n\n' || string.slice(frame.text, -4) === '\r\n\r\n'
        push(encodeText(frame.text), frame.text.length)
      }
    }

    function begin(frame: Extract<AnswerFrame, { t: 'head' }>): void {
      let source: ReadableStreamDefaultController | null = null
      // No queue of our own: `pull` then means that everything sent so far was read.
      const stream = new NativeReadableStream(
        {
          start(controller) {
            source = controller
          },
          pull(controller) {
            waiting = true
            if (failure) sources.error(controller, failure)
            else if (unread >= CREDIT_STEP) {
              post({ t: 'credit', id, units: unread })
              unread = 0
            }
          },
          cancel: giveUp,
        },
        { highWaterMark: 0 },
      )
      const { status } = frame
      // Statuses whose Response must not have a body (Fetch §2.2.3).
      const response = new NativeResponse(status === 204 || status === 205 || status === 304 ? null : stream, { status })
      const answered = responses.headers(response)
      for (let i = 0; i < frame.headers.length; i++) {
        const pair = frame.headers[i]
        if (pair) headers.append(answered, pair[0], pair[1])
      }
      isEventStream = startsWith(string.toLowerCase(headers.get(answered, 'content-type') ?? ''), 'text/event-stream')
      operation.again = null
      body = source
      resolve(response)
    }

    function push(bytes: Uint8Array, units = bytes.length): void {
      unread += units
      if (!units || !body) return
      waiting = false
      sources.enqueue(body, bytes)
    }

    function end(): void {
      if (!body) return fail(facts('stream_interrupted', 'There was no answer.', 424))
      release()
      sources.close(body)
    }

    function fail(error: ErrorFacts): void {
      release()
      if (error.code === 'request_aborted') abort(abortError())
      else if (body) {
        // An event stream first says so in an event of its own: SDKs read the code from there.
        if (isEventStream) push(encodeText(`${atBoundary ? '' : '\n\n'}data: ${toJson(errorBody(error))}\n\n`))
        failure = errorFromFacts(error)
        if (waiting) sources.error(body, failure)
      } else resolve(denial(error, id))
    }

    function abort(reason: unknown): void {
      if (body) sources.error(body, reason)
      else reject(reason)
    }

    /** Nothing of this request stays behind (G14). */
    function release(): void {
      close(id)
      if (signal) target.removeEventListener(signal, 'abort', onAbort)
    }

    function giveUp(): void {
      release()
      post({ t: 'abort', id })
    }

    function onAbort(): void {
      giveUp()
      abort(signals.reason(signal) ?? abortError())
    }

    if (signal) target.addEventListener(signal, 'abort', onAbort)
    open(id, operation)
    send(post, id, request)
  })
}

/** The request frame and, when the body is long, the rest of it. A piece may end between the halves of a character: they are joined again. */
function send(post: Transport['post'], id: string, { body, ...request }: PreparedRequest): void {
  let rest = body ?? ''
  const next = () => {
    const text = string.slice(rest, 0, BODY_FRAME_CHARACTERS)
    rest = string.slice(rest, BODY_FRAME_CHARACTERS)
    return text
  }
  const first = next()
  post({ t: 'request', id, ...request, body: body && first, more: !!rest })
  while (rest) post({ t: 'body', id, text: next(), more: !!rest })
}
