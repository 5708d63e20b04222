/** Talks to a Nostr wallet service (NIP-47). Knows no money and no rows: it asks, and says how far the question got. */
import { INFO_KIND, clientKey, makeRequest, readAnswer, readInfo, RESPONSE_KIND, type WalletAnswer, type WalletInfo } from './messages.ts'
import { type NostrEvent, type OpenSocket, talk } from './relay-talk.ts'
import type { Encryption } from './store.ts'
import type { WalletUri } from './uri.ts'

/** `unsent`: the request never left this computer. `silent`: it may have arrived and been acted on. */
export type Outcome = WalletAnswer | { readonly kind: 'unsent'; readonly why: string } | { readonly kind: 'silent'; readonly why: string }

export type ReachableWallet = WalletUri & { readonly encryption: Encryption }

export interface SignedRequest {
  readonly id: string
  /** ms */
  readonly expiresAt: number
  /** Publishes it, once; the answer, or what is known when `patienceMs` are over or `signal` aborts. Never throws. */
  send(patienceMs: number, signal?: AbortSignal): Promise<Outcome>
}

export interface NwcClient {
  /** The service's announcement (kind 13194); null when no relay has one. */
  info(wallet: WalletUri): Promise<WalletInfo | null>
  /** Signs without sending, so that the caller can write its id down first. */
  request(wallet: ReachableWallet, method: string, params: object): SignedRequest
}

/** Wallets act on a request within seconds; a late relay must not bring up an old one. */
const REQUEST_LIFE_MS = 60_000
const INFO_PATIENCE_MS = 8_000

/** @param world.now ms */
export function createNwcClient(world: { readonly openSocket: OpenSocket; readonly now: () => number }): NwcClient {
  return {
    info: (wallet) =>
      once<WalletInfo | null>(INFO_PATIENCE_MS, null, undefined, (settle) =>
        talk(world.openSocket, {
          relays: wallet.relays,
          filter: { kinds: [INFO_KIND], authors: [wallet.service], limit: 1 },
          event: null,
          onEvent(event) {
            const info = readInfo(event, wallet.service)
            if (info !== null) settle(info)
          },
          onNothingMore: () => settle(null),
        }),
      ),

    request(wallet, method, params) {
      const at = Math.floor(world.now() / 1000)
      const expiresAt = at + REQUEST_LIFE_MS / 1000
      const event = makeRequest(wallet, method, params, at, expiresAt)
      return { id: event.id, expiresAt: expiresAt * 1000, send: (patienceMs, signal) => send(wallet, event, patienceMs, signal) }
    },
  }

  async function send(wallet: ReachableWallet, event: NostrEvent, patienceMs: number, signal: AbortSignal | undefined): Promise<Outcome> {
    let left = false
    const answer = await once<Outcome | null>(patienceMs, null, signal, (settle) =>
      talk(world.openSocket, {
        relays: wallet.relays,
        filter: { kinds: [RESPONSE_KIND], authors: [wallet.service], '#p': [clientKey(wallet)], '#e': [event.id], limit: 10 },
        event,
        onSend() {
          left = true
        },
        onEvent(found) {
          const read = readAnswer(found, wallet, event.id)
          if (read !== null) settle(read)
        },
        onUnreachable: () => settle({ kind: 'unsent', why: 'no relay of the wallet can be reached' }),
        onRejected: (why) => settle({ kind: 'silent', why: `the relay does not pass the request on${why === '' ? '' : ` (${why})`}` }),
      }),
    )
    if (answer !== null) return answer
    return left ? { kind: 'silent', why: 'the wallet did not answer' } : { kind: 'unsent', why: 'no relay of the wallet answered' }
  }
}

/** The first value that comes, or `otherwise` when the time is over or the caller gives up; what was begun is ended in any case. */
function once<T>(patienceMs: number, otherwise: T, signal: AbortSignal | undefined, begin: (settle: (value: T) => void) => () => void): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>()
  const timer = setTimeout(() => resolve(otherwise), patienceMs)
  const giveUp = (): void => resolve(otherwise)
  if (signal?.aborted === true) giveUp()
  signal?.addEventListener('abort', giveUp)
  const end = begin(resolve)
  return promise.finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
    end()
  })
}
