/**
 * The answer on its way to the page: bytes pass unchanged, we only watch (design §5.8). The provider is read exactly as
 * fast as the page reads. Ends cleanly only when it is complete (`page-api.md` §12).
 */
import { RoutstrError } from '../domain/errors.ts'
import { inBackground } from '../domain/in-background.ts'
import { parseJson } from '../protocol/foreign.ts'
import { createStreamObserver } from '../protocol/sse.ts'
import { type ChargeFacts, readCharge } from '../protocol/usage.ts'

export interface AnswerEnd {
  readonly state: 'completed' | 'aborted' | 'interrupted' | 'failed'
  readonly charge: ChargeFacts | null
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

export function watchAnswer(source: AnswerSource): ReadableStream<Uint8Array> {
  const watch = source.isEventStream ? watchEvents() : watchWhole()
  let pending = source.first
  let size = 0
  let ended = false
  let letGo = (): void => undefined

  async function end(state: AnswerEnd['state']): Promise<void> {
    if (ended) return
    ended = true
    letGo()
    if (state !== 'completed') source.abort()
    await source.onEnd({ state, charge: watch.charge() })
  }

  async function next(): Promise<ReadableStreamReadResult<Uint8Array>> {
    if (pending !== null) {
      const value = pending
      pending = null
      return { done: false, value }
    }
    return source.reader === null ? { done: true, value: undefined } : withIdleLimit(source.reader, source.idleMs, source.signal)
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
        letGo = () => source.signal.removeEventListener('abort', stop)
      },
      async pull(controller) {
        try {
          source.signal.throwIfAborted()
          const { done, value } = await next()
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
          if (!watch.done()) return controller.enqueue(value)
          // the books are closed before the page can see that it is over; what follows the last word is nobody's
          await end('completed')
          controller.enqueue(value)
          controller.close()
          source.abort()
        } catch (error) {
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
        await end('aborted')
      },
    },
    { highWaterMark: 0 },
  )
}

function interrupted(what: string): RoutstrError {
  return new RoutstrError(
    'stream_interrupted',
    `${what}. The text so far is real; what it cost is read from the account, and the rest of the money comes back by itself.`,
  )
}

async function withIdleLimit(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  idleMs: number,
  signal: AbortSignal,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  let stop = (): void => undefined
  const limit = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(interrupted(`The provider has been silent for ${Math.round(idleMs / 1000)} seconds`)), idleMs)
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort)
    stop = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
  })
  try {
    return await Promise.race([reader.read(), limit])
  } finally {
    stop()
  }
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
  }
}

/** A body that comes whole: kept beside, to read its usage at the end. */
function watchWhole(): Watch {
  const decoder = new TextDecoder()
  let text = ''
  let charge: ChargeFacts | null = null
  return {
    push(bytes) {
      text += decoder.decode(bytes, { stream: true })
      return text.length
    },
    finish(clean) {
      const json = parseJson(text + decoder.decode(), MOST_BYTES)
      charge = readCharge(json)
      return clean || json !== undefined
    },
    failed: () => false,
    done: () => false,
    charge: () => charge,
  }
}
