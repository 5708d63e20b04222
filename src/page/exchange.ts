/**
 * One request over the transport: from its body to the last byte of the answer, with everything that can come between.
 * Chunks go out as they come; credit goes back when they were read; a failure is delivered after everything that came before it,
 * and never looks like a clean end (`page-api.md` §12).
 */
import { MAX_BODY_BYTES, REQUEST_PIECE_BYTES } from '../messaging/page-constants.ts'
import type { RequestHead } from '../messaging/page-contract.ts'
import type { ErrorFacts } from '../domain/errors.ts'
import {
  abortReason,
  addEventListener,
  appendHeader,
  base64Of,
  breakStream,
  bytesOf,
  cancel,
  closeStream,
  CONTENT_TYPE,
  encodeText,
  enqueue,
  getReader,
  header,
  NativePromise,
  NativeReadableStream,
  NativeResponse,
  randomHex,
  read,
  removeEventListener,
  responseHeaders,
  startsWith,
  settle,
  toJson,
} from './builtins.ts'
import { abortError, denial, errorBody, errorFromFacts, facts } from './errors.ts'
import type { AnswerFrame } from './frames.ts'
import type { Operation, Transport } from './transport.ts'

/** Read units that are given back at once; less would cost a frame per token. The background keeps 7/8 of its window meanwhile. */
const CREDIT_STEP = 8 * 1024

/**
 * Resolves when the head is known; a refusal is a `Response` too.
 * Rejects only for an abort (with the reason of `signal`, or an `AbortError` when the background says so), and when `upload`, the
 * body of the request, breaks or gives anything but bytes.
 */
export const exchange = ({ post, open, close }: Transport, head: RequestHead, upload: ReadableStream | null, signal: AbortSignal | null): Promise<Response> =>
  new NativePromise((resolve, reject) => {
    const id = randomHex()
    /** The body of the request, in base64, each piece for itself. */
    const pieces: string[] = []
    /** The body of the answer; null before the head. */
    let body: ReadableStreamDefaultController | null = null
    let isEventStream = false
    /** A reader waits and nothing is queued. */
    let waiting = false
    let over = false
    let unread = 0
    /** What the reader gets once it has read the rest. */
    let failure: unknown

    const begin = async (): Promise<void> => {
      const reader = upload && getReader(upload)
      let left = MAX_BODY_BYTES
      while (reader) {
        const { done, value } = await read(reader)
        if (done) break
        left -= value.length
        if (left < 0) fail(facts('request_too_large', 'The request is over 20 MB. Nothing was sent.', 413))
        if (over) return void cancel(reader)
        // At least once: what has no length is no piece of a body, and shall not get lost quietly.
        for (let at = 0; !at || at < value.length; at += REQUEST_PIECE_BYTES) pieces[pieces.length] = base64Of(value, at, at + REQUEST_PIECE_BYTES)
      }
      if (!over) send()
    }

    const send = (): void => {
      operation.again = send
      post({ t: 'request', id, ...head, body: pieces[0] ?? null, more: pieces.length > 1 })
      for (let i = 1; i < pieces.length; i++) post({ t: 'body', id, text: pieces[i] ?? '', more: i < pieces.length - 1 })
    }

    const receive = (frame: AnswerFrame): void => {
      if (frame.t === 'fail') fail(frame.error)
      else if (frame.t === 'end') end()
      else if (frame.t === 'head') answer(frame)
      else if (frame.t === 'bytes') push(bytesOf(frame.base64))
      else if (frame.t === 'data') push(encodeText(frame.text), frame.text.length)
    }

    const answer = (frame: Extract<AnswerFrame, { t: 'head' }>): void => {
      let source: ReadableStreamDefaultController | null = null
      // No queue of our own: `pull` then means that everything sent so far was read.
      const stream = new NativeReadableStream(
        {
          start(controller) {
            source = controller
          },
          pull(controller) {
            waiting = true
            if (failure) breakStream(controller, failure)
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
      const answered = responseHeaders(response)
      for (let i = 0; i < frame.headers.length; i++) {
        const pair = frame.headers[i]
        if (pair) appendHeader(answered, pair[0], pair[1])
      }
      isEventStream = startsWith(header(response, CONTENT_TYPE), 'text/event-stream')
      operation.again = null
      body = source
      resolve(response)
    }

    const push = (bytes: Uint8Array, units = bytes.length): void => {
      unread += units
      if (!units || !body) return
      waiting = false
      enqueue(body, bytes)
    }

    const end = (): void => {
      // An end without a head throws, and counts as damaged.
      closeStream(body)
      release()
    }

    const fail = (error: ErrorFacts): void => {
      release()
      if (error.code === 'request_aborted') abort(abortError())
      else if (body) {
        // An event stream first says so in an event of its own, wherever it broke: SDKs read the code from there.
        if (isEventStream) push(encodeText(`\n\ndata: ${toJson(errorBody(error))}\n\n`))
        failure = errorFromFacts(error)
        if (waiting) breakStream(body, failure)
      } else resolve(denial(error, id))
    }

    const abort = (reason: unknown): void => {
      if (body) breakStream(body, reason)
      else reject(reason)
    }

    /** Nothing of this request stays behind (G14). */
    const release = (): void => {
      over = true
      close(id)
      if (signal) removeEventListener(signal, 'abort', onAbort)
    }

    const giveUp = (): void => {
      release()
      // What was never sent needs no abort, and wakes nobody.
      if (body || operation.again) post({ t: 'abort', id })
    }

    const onAbort = (): void => {
      giveUp()
      abort(abortReason(signal) ?? abortError())
    }

    const operation: Operation = { again: null, repeats: 0, receive, fail }
    if (signal) addEventListener(signal, 'abort', onAbort)
    open(id, operation)
    settle(begin(), undefined, (error: unknown) => {
      release()
      reject(error)
    })
  })
