/** The screens' side of the contract: calls, and a signal that something changed. */
import { isErrorCode, RoutstrError } from '../domain/errors.ts'
import type { UiInput, UiOutput, UiReply, UiRoute } from './ui-contract.ts'

/** A connection that may die at any time (the worker is restarted by the next message). */
export interface UiPort {
  send(message: unknown): void
  /** Called for each message and, with null, once when the connection is gone. */
  listen(listener: (message: UiReply | null) => void): void
  close(): void
}

export interface UiClient {
  /** @throws RoutstrError with the background's code. */
  call<R extends UiRoute>(route: R, input: UiInput<R>): Promise<UiOutput<R>>
  /** @returns unsubscribe */
  onChange(listener: () => void): () => void
  dispose(): void
}

interface Waiting {
  readonly route: UiRoute
  readonly input: unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: RoutstrError) => void
  readonly repeat: boolean
}

/** Routes that only read: repeated by themselves when the worker dies under them. Anything else is never repeated. */
const isRead = (route: UiRoute): boolean => /\.(get|list|inspect|preview|ledger)$/.test(route)

/** @param connect opens a fresh connection; called again after the worker was restarted. */
export function createUiClient(connect: () => UiPort): UiClient {
  const waiting = new Map<number, Waiting>()
  const listeners = new Set<() => void>()
  let port: UiPort | null = null
  let nextId = 1
  let disposed = false
  /** Failures in a row: a background that never answers is not called 20 times a second. */
  let failures = 0

  function open(): UiPort {
    if (port !== null) return port
    const opened = connect()
    port = opened
    opened.listen((message) => (message === null ? lost(opened) : receive(message)))
    return opened
  }

  function lost(which: UiPort): void {
    if (port !== which) return
    port = null
    if (disposed) return
    for (const [id, call] of [...waiting]) {
      waiting.delete(id)
      if (call.repeat) send({ ...call, repeat: false })
      else call.reject(new RoutstrError('worker_lost', 'The extension was restarted in between. What was begun is finished by itself; look again.'))
    }
    setTimeout(
      () => {
        if (disposed) return
        open()
        for (const listener of listeners) listener()
      },
      Math.min(10_000, 50 * 2 ** failures++),
    )
  }

  function receive(reply: UiReply): void {
    failures = 0
    if ('changed' in reply) {
      for (const listener of listeners) listener()
      return
    }
    const call = waiting.get(reply.id)
    if (call === undefined) return
    waiting.delete(reply.id)
    // the background is ours and answers by the contract: the value's type is the route's
    if (reply.ok) call.resolve(reply.value as never)
    else call.reject(new RoutstrError(isErrorCode(reply.error.code) ? reply.error.code : 'internal_error', reply.error.message))
  }

  function send(call: Waiting): void {
    const id = nextId++
    waiting.set(id, call)
    open().send({ id, route: call.route, input: call.input })
  }

  open()
  return {
    call: (route, input) =>
      new Promise((resolve, reject) => {
        send({ route, input, resolve: resolve as (value: never) => void, reject, repeat: isRead(route) })
      }),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    dispose() {
      disposed = true
      port?.close()
    },
  }
}
