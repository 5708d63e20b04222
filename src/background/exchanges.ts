/**
 * The requests and calls of one document, by the ids it gave them: put together from frames, bounded, ended with their
 * document. Ids are only names: a repeated, foreign or finished one changes nothing.
 */
import { RoutstrError } from '../domain/errors.ts'
import { MAX_BODY_CHARACTERS } from '../messaging/page-constants.ts'
import type { PageCall, PageFrame } from '../messaging/page-contract.ts'
import { createCredit, type Credit } from './forward.ts'

type RequestFrame = Extract<PageFrame, { t: 'request' }>

export interface Exchange {
  readonly id: string
  /** Aborted when the page gives up, or goes. */
  readonly signal: AbortSignal
  readonly credit: Credit
}

export interface ExchangeWork {
  request(exchange: Exchange, start: RequestFrame, body: string | null): Promise<void>
  call(exchange: Exchange, asked: PageCall): Promise<void>
  fail(id: string, error: unknown): void
}

/** T35: a document that asks for more is refused, not queued without end. */
const MOST_AT_ONCE = 128
/** Bodies that are still being put together, all of a document. */
const MOST_UNFINISHED_CHARACTERS = 2 * MAX_BODY_CHARACTERS
const UNFINISHED_BODY_MS = 30_000

interface Open extends Exchange {
  readonly controller: AbortController
  /** The body so far; null once the work has begun. */
  unfinished: { readonly start: RequestFrame; readonly pieces: string[]; size: number; readonly timer: ReturnType<typeof setTimeout> } | null
}

export function createExchanges(work: ExchangeWork): { handle(frame: PageFrame): void; end(): void } {
  const open = new Map<string, Open>()
  let waitingCharacters = 0

  function begin(id: string): Open | null {
    if (open.has(id)) return null
    if (open.size >= MOST_AT_ONCE) {
      work.fail(id, new RoutstrError('too_many_requests', `This page has ${MOST_AT_ONCE} requests running already. Nothing was spent.`))
      return null
    }
    const controller = new AbortController()
    const exchange: Open = { id, controller, signal: controller.signal, credit: createCredit(), unfinished: null }
    open.set(id, exchange)
    return exchange
  }

  function beginRequest(frame: RequestFrame): void {
    const exchange = begin(frame.id)
    if (exchange === null) return
    if (!frame.more) return void carry(exchange, () => work.request(exchange, frame, frame.body))
    const tooSlow = (): void =>
      refuse(exchange, new RoutstrError('invalid_request_error', 'The body of this request never came to its end. Nothing was spent.'))
    exchange.unfinished = { start: frame, pieces: [], size: 0, timer: setTimeout(tooSlow, UNFINISHED_BODY_MS) }
    add(exchange, frame.body ?? '')
  }

  function beginCall({ id, call }: Extract<PageFrame, { t: 'call' }>): void {
    const exchange = begin(id)
    if (exchange !== null) void carry(exchange, () => work.call(exchange, call))
  }

  function more({ id, text, more: waits }: Extract<PageFrame, { t: 'body' }>): void {
    const exchange = open.get(id)
    const unfinished = exchange?.unfinished ?? null
    // a piece for a request that is complete, aborted or unknown
    if (exchange === undefined || unfinished === null) return
    if (!add(exchange, text) || waits) return
    const body = unfinished.pieces.join('')
    forget(exchange)
    void carry(exchange, () => work.request(exchange, unfinished.start, body))
  }

  function add(exchange: Open, text: string): boolean {
    const { unfinished } = exchange
    if (unfinished === null) return false
    unfinished.pieces.push(text)
    unfinished.size += text.length
    waitingCharacters += text.length
    if (unfinished.size <= MAX_BODY_CHARACTERS && waitingCharacters <= MOST_UNFINISHED_CHARACTERS) return true
    refuse(exchange, new RoutstrError('request_too_large', 'The request is larger than 20 MB, or too many large ones come at once. Nothing was spent.'))
    return false
  }

  /** Lets go of a body that is complete or given up. */
  function forget(exchange: Open): void {
    if (exchange.unfinished === null) return
    clearTimeout(exchange.unfinished.timer)
    waitingCharacters -= exchange.unfinished.size
    exchange.unfinished = null
  }

  function refuse(exchange: Open, error: RoutstrError): void {
    drop(exchange)
    work.fail(exchange.id, error)
  }

  function drop(exchange: Open): void {
    forget(exchange)
    if (open.get(exchange.id) === exchange) open.delete(exchange.id)
  }

  function abort(id: string): void {
    const exchange = open.get(id)
    if (exchange === undefined) return
    drop(exchange)
    exchange.controller.abort(new RoutstrError('request_aborted', 'The page aborted the request.'))
  }

  /** Whatever goes wrong becomes a `fail` frame, unless the page has given up itself. */
  async function carry(exchange: Open, task: () => Promise<void>): Promise<void> {
    try {
      await task()
    } catch (error) {
      if (!exchange.signal.aborted) work.fail(exchange.id, error)
    } finally {
      drop(exchange)
    }
  }

  return {
    handle(frame) {
      switch (frame.t) {
        case 'request':
          return beginRequest(frame)
        case 'body':
          return more(frame)
        case 'call':
          return beginCall(frame)
        case 'abort':
          return abort(frame.id)
        case 'credit':
          return open.get(frame.id)?.credit.add(frame.units)
        default:
          return frame satisfies never
      }
    },
    end() {
      for (const exchange of [...open.values()]) {
        drop(exchange)
        exchange.controller.abort(new RoutstrError('request_aborted', 'The page has gone.'))
      }
    },
  }
}
