/**
 * The answer on its way to the page: bytes pass unchanged, we only watch (design §5.8). The provider is read exactly as
 * fast as the page reads. Ends cleanly only when it is complete (`page-api.md` §12).
 */
import { RoutstrError } from '../domain/errors.ts'
import { inBackground } from '../domain/in-background.ts'
import { parseJson } from '../protocol/foreign.ts'
import { createStreamObserver, wholeAnswerBytes } from '../protocol/sse.ts'
import { type ChargeFacts, readCharge } from '../protocol/usage.ts'
import { interrupted, limitedReader } from './idle-limit.ts'

export interface AnswerEnd {
  readonly state: 'completed' | 'aborted' | 'interrupted' | 'failed'
  readonly charge: ChargeFacts | null
  /** What it wrote, in UTF-8; null: no text whose length we know. */
  readonly answerBytes: number | null
}

export interface AnswerSource {
  readonly reader: ReadableStreamDefaultReader<Uint8Array> | null
  readonly first: Uint8Array | null
  readonly isEventStream: boolean
  /** Closes the connection to the provider. */
  readonly abort: () => void
  readonly signal: AbortSignal
  /** Silence in the middle, ms. */
  readonly idleMs: number
  readonly onProgress: (characters: number) => void
  /** Called exactly once, before the page learns that it is over. */
  readonly onEnd: (end: AnswerEnd) => Promise<void>
}

/** T23: no answer is larger, no silent stream is kept. */
const MOST_BYTES = 32 * 1024 * 1024
/** How long a connection may stay open after the last word, in all. */
const TRAILING_MS = 1_000

export function watchAnswer(source: AnswerSource): ReadableStream<Uint8Array> {
  const watch = source.isEventStream ? watchEvents() : watchWhole()
  const reader = source.reader === null ? null : limitedReader(source.reader, source.signal)
  let pending = source.first
  let size = 0
  let ended = false
  /** When the answer said its last word; only what belongs to it, a line end, may follow. */
  let lastWordAt: number | null = null
  let forgetStop = (): void => undefined

  async function end(state: AnswerEnd['state']): Promise<void> {
    if (ended) return
    ended = true
    forgetStop()
    if (state !== 'completed') source.abort()
    await source.onEnd({ state, charge: watch.charge(), answerBytes: watch.answerBytes() })
  }

  async function next(): Promise<ReadableStreamReadResult<Uint8Array>> {
    if (pending !== null) {
      const value = pending
      pending = null
      return { done: false, value }
    }
    return reader === null ? { done: true, value: undefined } : reader.read(lastWordAt === null ? source.idleMs : Math.max(0, lastWordAt + TRAILING_MS - performance.now()))
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // at once, whether the page reads or not
        const stop = (): void => {
          source.abort()
          inBackground(end('aborted').then(() => controller.error(source.signal.reason)))
        }
        if (source.signal.aborted) stop()
        else source.signal.addEventListener('abort', stop, { once: true })
        forgetStop = () => source.signal.removeEventListener('abort', stop)
      },
      async pull(controller) {
        try {
          source.signal.throwIfAborted()
          const { done, value } = await next()
          if (lastWordAt !== null && (done || !isLineEnd(value))) {
            source.abort()
            reader?.letGo()
            return controller.close()
          }
          if (done) {
            const complete = watch.finish(true)
            await end(complete ? 'completed' : watch.failed() ? 'failed' : 'interrupted')
            if (complete || watch.failed()) return controller.close()
            return controller.error(interrupted('The provider ended the stream in the middle'))
          }
          size += value.byteLength
          if (size > MOST_BYTES)
            throw new RoutstrError(
              'stream_interrupted',
              'The answer is larger than 32 MB and was cut. What it cost is read from the account; the rest comes back.',
            )
          source.onProgress(watch.push(value))
          const lastWord = watch.done() && lastWordAt === null ? lastWordIn(value) : 0
          // a short answer comes in one piece with its end: its text waits for nothing
          if (lastWord > 0) controller.enqueue(value.subarray(0, lastWord))
          // the books are closed before the page can see that it is over
          if (watch.done()) await end('completed')
          if (watch.done()) lastWordAt ??= performance.now()
          controller.enqueue(value.subarray(lastWord))
        } catch (error) {
          reader?.letGo()
          if (lastWordAt !== null) {
            source.abort()
            return controller.close()
          }
          const aborted = source.signal.aborted
          if (!aborted && watch.finish(false)) {
            // the text is whole, only the provider's last word about the cost is missing: the account will tell
            await end('completed')
            return controller.close()
          }
          await end(aborted ? 'aborted' : 'interrupted')
          controller.error(
            aborted
              ? source.signal.reason
              : error instanceof RoutstrError
                ? error
                : interrupted('The connection to the provider broke in the middle of the answer'),
          )
        }
      },
      async cancel() {
        source.abort()
        reader?.letGo()
        await end('aborted')
      },
    },
    { highWaterMark: 0 },
  )
}

/** Where the line that ends a stream of OpenAI's kind begins; 0: not in this piece, or with it. One character of this encoding is one byte. */
function lastWordIn(bytes: Uint8Array): number {
  const found = /(^|\n)data: ?\[DONE\]/.exec(new TextDecoder('latin1').decode(bytes))
  return found === null ? 0 : found.index + (found[1] ?? '').length
}

/** What is left of the last event when its end comes in a piece of its own. */
function isLineEnd(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x0a || byte === 0x0d)
}

interface Watch {
  /** @returns characters of answer text so far */
  push(bytes: Uint8Array): number
  /** The body is over. @param clean the connection ended properly @returns whether the answer is complete */
  finish(clean: boolean): boolean
  failed(): boolean
  /** Nothing of interest can follow. */
  done(): boolean
  charge(): ChargeFacts | null
  answerBytes(): number | null
}

function watchEvents(): Watch {
  const observer = createStreamObserver()
  const decoder = new TextDecoder()
  return {
    push(bytes) {
      observer.push(decoder.decode(bytes, { stream: true }))
      return observer.textCharacters
    },
    finish() {
      observer.push(decoder.decode())
      observer.end()
      return observer.done || (observer.finished && !observer.failed)
    },
    failed: () => observer.failed,
    done: () => observer.done,
    charge: () => observer.charge,
    answerBytes: () => (observer.oversized ? null : observer.textBytes),
  }
}

/** A body that comes whole: kept beside, to read its usage at the end. */
function watchWhole(): Watch {
  const decoder = new TextDecoder()
  let text = ''
  let charge: ChargeFacts | null = null
  let answerBytes: number | null = null
  return {
    push(bytes) {
      text += decoder.decode(bytes, { stream: true })
      return text.length
    },
    finish(clean) {
      const json = parseJson(text + decoder.decode(), MOST_BYTES)
      charge = readCharge(json)
      answerBytes = wholeAnswerBytes(json)
      return clean || json !== undefined
    },
    failed: () => false,
    done: () => false,
    charge: () => charge,
    answerBytes: () => answerBytes,
  }
}
