/** The connection string of a Lightning wallet: `nostr+walletconnect://…` (NIP-47). It holds a secret that can spend: no message repeats it. */
import { RoutstrError } from '../../domain/errors.ts'
import { type AddressPolicy, safeAddress } from '../../domain/network-address.ts'

export interface WalletUri {
  /** Public key of the wallet service, 64 hex digits. */
  readonly service: string
  /** Where it listens; at least one, at most four. */
  readonly relays: readonly string[]
  /** Our private key for this connection, 64 hex digits. */
  readonly secret: string
  /** Lightning address of the wallet, when it names one. */
  readonly lud16: string | null
}

const SCHEME = /^(?:nostr\+walletconnect|nostrwalletconnect|nostr\+wallet-connect):(?:\/\/)?/i
const KEY = /^[0-9a-f]{64}$/
const MAX_RELAYS = 4

/**
 * @param policy loopback relays (`ws:`) only with the developer switch
 * @throws RoutstrError `invalid_request_error` (what is missing), `unsafe_address` (a relay that is not used)
 */
export function parseWalletUri(text: string, policy: AddressPolicy): WalletUri {
  const trimmed = text.trim()
  const scheme = SCHEME.exec(trimmed)
  if (scheme === null) throw unreadable('it does not begin with nostr+walletconnect://')
  const [key = '', query = ''] = trimmed.slice(scheme[0].length).split('?', 2)
  const parameters = new URLSearchParams(query)
  const service = key.replace(/\/+$/, '').toLowerCase()
  if (!KEY.test(service)) throw unreadable('the public key of the wallet is missing or incomplete')
  const secret = (parameters.get('secret') ?? '').toLowerCase()
  if (!KEY.test(secret) || /^0+$/.test(secret)) throw unreadable('the secret is missing or incomplete')
  const named = [...new Set(parameters.getAll('relay').map((relay) => relay.trim()))].filter((relay) => relay !== '').slice(0, MAX_RELAYS)
  if (named.length === 0) throw unreadable('it names no relay')
  const lud16 = parameters.get('lud16')
  return {
    service,
    relays: named.map((relay) => safeAddress(relay, policy, 'wss:')),
    secret,
    lud16: lud16 !== null && /^[^\s@]{1,64}@[^\s@]{1,255}$/.test(lud16) ? lud16 : null,
  }
}

function unreadable(why: string): RoutstrError {
  return new RoutstrError('invalid_request_error', `This is not a complete wallet connection: ${why}. Copy it again from your wallet, as a whole.`)
}
