/** `routstr.fetch`: the primitive everything else is sugar over (`page-api.md` §3). */
import type { RoutstrRequestInit } from './api.ts'
import { randomHex, requests, signals } from './builtins.ts'
import { abortError, denial } from './errors.ts'
import { exchange } from './exchange.ts'
import { prepare } from './request.ts'
import type { Transport } from './transport.ts'

/** `fetch` with a second signal: the one of the answer's own controller. */
export type Send = (input: RequestInfo | URL, init?: RoutstrRequestInit | null, own?: AbortSignal) => Promise<Response>

/**
 * A `fetch` for addresses below `baseURL`.
 * Resolves once headers are known. Rejects with `TypeError` for impossible arguments and with the signal's reason for an
 * abort; every refusal is a `Response` with OpenAI's error envelope.
 */
export function createSend(transport: Transport): Send {
  return async (input, init, own) => {
    const options = init ?? {}
    const given = isRequest(input) ? input : null
    const watched: AbortSignal[] = []
    const signal = options.signal ?? (given && requests.signal(given))
    if (signal) watched[0] = signal
    if (own) watched[watched.length] = own
    throwIfAborted(watched)
    const request = await prepare(given ? requests.url(given) : `${input}`, given, options)
    throwIfAborted(watched)
    return 'code' in request ? denial(request, randomHex()) : await exchange(transport, request, watched)
  }
}

function throwIfAborted(watched: readonly AbortSignal[]): void {
  for (let i = 0; i < watched.length; i++) if (signals.aborted(watched[i])) throw signals.reason(watched[i]) ?? abortError()
}

/** By its slots and not its prototype: a `Request` of another frame counts too. */
function isRequest(value: unknown): value is Request {
  try {
    return !!requests.url(value)
  } catch {
    return false
  }
}
