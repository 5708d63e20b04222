/**
 * The requests and calls of one document, by the ids it gave them: put together from frames, bounded, ended with their
 * document. Ids are only names: a repeated, foreign or finished one changes nothing.
 */
import { RoutstrError } from '../domain/errors.ts'
import { MAX_BODY_BYTES } from '../messaging/page-constants.ts'
import type { PageCall, PageFrame } from '../messaging/page-contract.ts'
import { joined, pieceBytes } from './body-pieces.ts'
import { createCredit, type Credit } from './forward.ts'
import { MOST_RUNNING, type Queue } from './turns.ts'

type RequestFrame = Extract<PageFrame, { t: 'request' }>

export interface Exchange {
  readonly id: string
  /** Aborted when the page gives up, or goes. */
  readonly signal: AbortSignal
  readonly credit: Credit
  /** The user had just done something in the document when it asked. */
  readonly userActive: boolean
}

export interface ExchangeWork {
  request(exchange: Exchange, start: RequestFrame, body: Uint8Array<ArrayBuffer> | null): Promise<void>
  call(exchange: Exchange, asked: PageCall): Promise<void>
  fail(id: string, error: unknown): void
}

/** T35: a document that asks for more is refused, not queued without end. */
const MOST_QUEUED = 20
const MOST_REQUESTS = MOST_RUNNING + MOST_QUEUED
/** Calls and reads cost nothing and wait for no turn. */
const MOST_CALLS = 64
/** Bodies that are still being put together or wait for their turn, all of a document. */
const MOST_WAITING_BYTES = 2 * MAX_BODY_BYTES
const UNFINISHED_BODY_MS = 30_000

interface Open extends Exchange {
  readonly controller: AbortController
  /** It can cost money: it needs a turn. */
  readonly paid: boolean
  /** The body so far; null once it is complete. */
  unfinished: { readonly start: RequestFrame; readonly pieces: Uint8Array[]; readonly timer: ReturnType<typeof setTimeout> } | null
  /** Bytes of its body that wait here. */
  size: number
  /** Gives its turn back. */
  leave: (() => void) | null
}

export function createExchanges(work: ExchangeWork, queue: Queue): { handle(frame: PageFrame, userActive: boolean): void; end(): void } {
  const open = new Map<string, Open>()
  let waitingBytes = 0

  function begin(id: string, paid: boolean, userActive: boolean): Open | null {
    if (open.has(id)) return null
    const most = paid ? MOST_REQUESTS : MOST_CALLS
    if (open.size >= most && [...open.values()].filter((exchange) => exchange.paid === paid).length >= most) {
      work.fail(id, tooMany(paid))
      return null
    }
    const controller = new AbortController()
    const exchange: Open = { id, controller, signal: controller.signal, credit: createCredit(), userActive, paid, unfinished: null, size: 0, leave: null }
    open.set(id, exchange)
    return exchange
  }

  function beginRequest(frame: RequestFrame, userActive: boolean): void {
    const exchange = begin(frame.id, frame.method === 'POST', userActive)
    if (exchange === null) return
    if (!frame.more) {
      const piece = frame.body === null ? null : read(exchange, frame.body, frame.encoding)
      if (piece !== undefined) carryInTurn(exchange, frame, piece)
      return
    }
    const tooSlow = (): void =>
      refuse(exchange, new RoutstrError('invalid_request_error', 'The body of this request never came to its end. Nothing was spent.'))
    exchange.unfinished = { start: frame, pieces: [], timer: setTimeout(tooSlow, UNFINISHED_BODY_MS) }
    add(exchange, frame.body ?? '')
  }

  function beginCall({ id, call }: Extract<PageFrame, { t: 'call' }>, userActive: boolean): void {
    const exchange = begin(id, false, userActive)
    if (exchange !== null) void carry(exchange, () => work.call(exchange, call))
  }

  function more({ id, text, more: waits }: Extract<PageFrame, { t: 'body' }>): void {
    const exchange = open.get(id)
    const unfinished = exchange?.unfinished ?? null
    // a piece for a request that is complete, aborted or unknown
    if (exchange === undefined || unfinished === null) return
    if (!add(exchange, text) || waits) return
    clearTimeout(unfinished.timer)
    exchange.unfinished = null
    carryInTurn(exchange, unfinished.start, joined(unfinished.pieces))
  }

  function add(exchange: Open, text: string): boolean {
    const { unfinished } = exchange
    if (unfinished === null) return false
    const piece = read(exchange, text, unfinished.start.encoding)
    if (piece === undefined) return false
    unfinished.pieces.push(piece)
    exchange.size += piece.length
    waitingBytes += piece.length
    if (exchange.size <= MAX_BODY_BYTES && waitingBytes <= MOST_WAITING_BYTES) return true
    refuse(exchange, new RoutstrError('request_too_large', 'The request is larger than 20 MB, or too many large ones come at once. Nothing was spent.'))
    return false
  }

  /** undefined: it was refused. */
  function read(exchange: Open, text: string, encoding: RequestFrame['encoding']): Uint8Array<ArrayBuffer> | undefined {
    try {
      return pieceBytes(text, encoding)
    } catch (error) {
      refuse(exchange, error)
      return undefined
    }
  }

  /** Lets go of a body that is used or given up. */
  function forget(exchange: Open): void {
    if (exchange.unfinished !== null) clearTimeout(exchange.unfinished.timer)
    waitingBytes -= exchange.size
    exchange.size = 0
    exchange.unfinished = null
  }

  function refuse(exchange: Open, error: unknown): void {
    drop(exchange)
    work.fail(exchange.id, error)
  }

  function drop(exchange: Open): void {
    forget(exchange)
    if (open.get(exchange.id) === exchange) open.delete(exchange.id)
    exchange.leave?.()
  }

  function abort(id: string): void {
    const exchange = open.get(id)
    if (exchange === undefined) return
    drop(exchange)
    exchange.controller.abort(new RoutstrError('request_aborted', 'The page aborted the request.'))
  }

  function carryInTurn(exchange: Open, start: RequestFrame, body: Uint8Array<ArrayBuffer> | null): void {
    const go = (): void => {
      forget(exchange)
      void carry(exchange, () => work.request(exchange, start, body))
    }
    if (exchange.paid) exchange.leave = queue.take(go)
    else go()
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
    handle(frame, userActive) {
      switch (frame.t) {
        case 'request':
          return beginRequest(frame, userActive)
        case 'body':
          return more(frame)
        case 'call':
          return beginCall(frame, userActive)
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

function tooMany(paid: boolean): RoutstrError {
  const most = paid ? `${MOST_RUNNING} requests running and ${MOST_QUEUED} waiting` : `${MOST_CALLS} calls open`
  return new RoutstrError('too_many_requests', `This page has ${most} already. Nothing was spent; send the next one when one has ended.`)
}
