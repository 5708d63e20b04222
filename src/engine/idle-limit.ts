/**
 * Reads the pieces of an answer, none of which may keep us waiting for too long. One timer and one listener for all of them: an answer
 * has thousands.
 */
import { RoutstrError } from '../domain/errors.ts'

export interface LimitedReader {
  /** @throws RoutstrError `stream_interrupted` after so much silence; the signal's reason; whatever the connection breaks with */
  read(withinMs: number): Promise<ReadableStreamReadResult<Uint8Array>>
  /** Nothing will be read any more. What has ended or failed has let go by itself. */
  letGo(): void
}

export function limitedReader(reader: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal): LimitedReader {
  let timer: ReturnType<typeof setTimeout> | undefined
  /** When the timer goes off, and when the piece that is waited for is due; on the clock that nobody can put back. */
  let looksAt = Number.POSITIVE_INFINITY
  let dueAt = Number.POSITIVE_INFINITY
  let limitMs = 0
  let failure: { readonly reason: unknown } | null = null

  function letGo(): void {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }

  /** A cancelled reader gives back what waits for it, whatever the connection does. */
  function fail(reason: unknown): void {
    letGo()
    failure ??= { reason }
    reader.cancel(reason).catch(() => undefined)
  }

  function look(): void {
    looksAt = Number.POSITIVE_INFINITY
    if (dueAt <= performance.now()) fail(interrupted(`The provider has been silent for ${Math.round(limitMs / 1000)} seconds`))
    else if (dueAt !== Number.POSITIVE_INFINITY) lookWhenDue()
  }

  function lookWhenDue(): void {
    clearTimeout(timer)
    looksAt = dueAt
    timer = setTimeout(look, dueAt - performance.now())
  }

  const abort = (): void => fail(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })

  return {
    async read(withinMs) {
      limitMs = withinMs
      dueAt = performance.now() + withinMs
      // a timer that is set already looks in time, and then again
      if (dueAt < looksAt) lookWhenDue()
      try {
        const result = await reader.read()
        if (failure !== null) throw failure.reason
        if (result.done) letGo()
        return result
      } finally {
        dueAt = Number.POSITIVE_INFINITY
      }
    },
    letGo,
  }
}

export function interrupted(what: string): RoutstrError {
  return new RoutstrError(
    'stream_interrupted',
    `${what}. The text so far is real; what it cost is read from the account, and the rest of the money comes back by itself.`,
  )
}
