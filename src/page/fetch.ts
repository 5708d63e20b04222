/** `routstr.fetch`: the primitive everything else is sugar over (`page-api.md` §3). */
import type { RoutstrProvider } from './api.ts'
import { randomHex, requests, signals } from './builtins.ts'
import { abortError, denial } from './errors.ts'
import { exchange } from './exchange.ts'
import { prepare } from './request.ts'
import type { Transport } from './transport.ts'

/**
 * A `fetch` for addresses below `baseURL`.
 * Resolves once headers are known. Rejects with `TypeError` for impossible arguments and with the signal's reason for an
 * abort; every refusal is a `Response` with OpenAI's error envelope.
 */
export function createFetch(transport: Transport): RoutstrProvider['fetch'] {
  return async (input, init) => {
    const options = init ?? {}
    const given = isRequest(input) ? input : null
    const signal = options.signal ?? (given && requests.signal(given))
    throwIfAborted(signal)
    const request = await prepare(given ? requests.url(given) : `${input}`, given, options)
    throwIfAborted(signal)
    return 'code' in request ? denial(request, randomHex()) : await exchange(transport, request, signal)
  }
}

function throwIfAborted(signal: AbortSignal | null): void {
  if (signal && signals.aborted(signal)) throw signals.reason(signal) ?? abortError()
}

/** By its slots and not its prototype: a `Request` of another frame counts too. */
function isRequest(value: unknown): value is Request {
  try {
    return !!requests.url(value)
  } catch {
    return false
  }
}
