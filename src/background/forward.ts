/**
 * An answer, piece by piece, to the page: at most what it asked for (credit), small pieces together for up to 16 ms,
 * text as text (`extension-platform.md` §5, §6.1).
 */
import { errorFacts, RoutstrError } from '../domain/errors.ts'
import type { EngineAnswer } from '../engine/world.ts'
import type { BackgroundFrame } from '../messaging/page-contract.ts'
import { joined } from './body-pieces.ts'
import { INITIAL_CREDIT } from '../messaging/page-constants.ts'

const COALESCE_MS = 16
const COALESCE_UNITS = 4 * 1024
const MOST_UNITS_IN_FRAME = 64 * 1024
/** How long a page may leave an answer unread before it is given up. */
const SLOW_CONSUMER_MS = 60_000

export interface Credit {
  add(units: number): void
  take(units: number): void
  isUsedUp(): boolean
  /** Resolves when there is some. @throws the signal's reason; RoutstrError `slow_consumer` */
  some(signal: AbortSignal): Promise<void>
}

export function createCredit(): Credit {
  let left = INITIAL_CREDIT
  let wake: (() => void) | null = null
  return {
    add(units) {
      left += units
      if (left > 0) wake?.()
    },
    take(units) {
      left -= units
    },
    isUsedUp: () => left <= 0,
    some(signal) {
      if (left > 0) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () =>
            finish(() =>
              reject(
                new RoutstrError('slow_consumer', 'The page did not read its answer for a minute, so it was ended. What it cost is read from the account.'),
              ),
            ),
          SLOW_CONSUMER_MS,
        )
        const abort = (): void => finish(() => reject(signal.reason))
        const finish = (then: () => void): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', abort)
          wake = null
          then()
        }
        wake = () => finish(resolve)
        signal.addEventListener('abort', abort)
      })
    },
  }
}

export async function forwardAnswer(
  id: string,
  answer: EngineAnswer,
  send: (frame: BackgroundFrame) => void,
  credit: Credit,
  signal: AbortSignal,
): Promise<void> {
  send({ t: 'head', id, status: answer.status, headers: answer.headers })
  const reader = answer.body?.getReader()
  const pieces = isText(answer.headers) ? textPieces(id) : bytePieces(id)
  let timer: ReturnType<typeof setTimeout> | null = null
  let flushedAt = Number.NEGATIVE_INFINITY
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    flushedAt = performance.now()
    for (const frame of pieces.drain()) send(frame)
  }
  try {
    while (reader !== undefined) {
      // an answer that was ended elsewhere does not wait for a page that does not read; not for each piece: who waits for `closed` is kept until then
      if (credit.isUsedUp()) await Promise.race([credit.some(signal), reader.closed])
      const { done, value } = await reader.read()
      if (done) break
      credit.take(pieces.push(value))
      // the first one, and whatever comes after a pause, goes at once: only what follows closely goes together
      if (pieces.size() >= COALESCE_UNITS || performance.now() - flushedAt >= COALESCE_MS) flush()
      else timer ??= setTimeout(flush, COALESCE_MS)
    }
    pieces.finish()
    flush()
    send({ t: 'end', id })
  } catch (error) {
    flush()
    await reader?.cancel(error).catch(() => undefined)
    if (!signal.aborted) send({ t: 'fail', id, error: errorFacts(error) })
  }
}

interface Pieces {
  /** @returns the units of credit it costs */
  push(bytes: Uint8Array): number
  finish(): void
  size(): number
  drain(): BackgroundFrame[]
}

function isText(headers: EngineAnswer['headers']): boolean {
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? ''
  return /^text\/|json|xml/i.test(type)
}

/** Text goes as text, exactly: what is not UTF-8, or would not come back as the same bytes, goes as bytes. */
function textPieces(id: string): Pieces {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const asBytes = bytePieces(id)
  let frames: BackgroundFrame[] = []
  let text = ''
  let size = 0
  /** The beginning of a character whose end has not come yet. */
  let held = new Uint8Array()

  function flushText(): void {
    for (let from = 0; from < text.length; from += MOST_UNITS_IN_FRAME) frames.push({ t: 'data', id, text: text.slice(from, from + MOST_UNITS_IN_FRAME) })
    text = ''
  }

  function take(bytes: Uint8Array): number {
    let units = bytes.byteLength
    try {
      const piece = decoder.decode(bytes)
      text += piece
      units = piece.length
    } catch {
      flushText()
      asBytes.push(bytes)
      frames.push(...asBytes.drain())
    }
    size += units
    return units
  }

  return {
    push(bytes) {
      const all = held.length === 0 ? bytes : joined([held, bytes])
      const end = wholeCharacters(all)
      held = all.slice(end)
      return take(all.subarray(0, end))
    },
    finish() {
      if (held.length > 0) take(held)
    },
    size: () => size,
    drain() {
      flushText()
      const drained = frames
      frames = []
      size = 0
      return drained
    },
  }
}

/** Bytes up to the last character that may be incomplete. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) break
    if (byte >= 0xc0) return back < (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) ? bytes.length - back : bytes.length
  }
  return bytes.length
}

function bytePieces(id: string): Pieces {
  let parts: Uint8Array[] = []
  let size = 0
  return {
    push(bytes) {
      parts.push(bytes)
      size += bytes.byteLength
      return bytes.byteLength
    },
    finish() {},
    size: () => size,
    drain() {
      const frames = parts.flatMap((part) => {
        const slices: BackgroundFrame[] = []
        for (let from = 0; from < part.byteLength; from += MOST_UNITS_IN_FRAME)
          slices.push({ t: 'bytes', id, base64: base64(part.subarray(from, from + MOST_UNITS_IN_FRAME)) })
        return slices
      })
      parts = []
      size = 0
      return frames
    },
  }
}

function base64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
