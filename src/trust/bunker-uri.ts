/** The connection string of a remote signer: `bunker://<key>?relay=…&secret=…` (NIP-46). */
import { RoutstrError } from '../domain/errors.ts'
import { type AddressPolicy, safeAddress } from '../domain/network-address.ts'

export interface BunkerUri {
  /** Hex key of the signer. */
  readonly remote: string
  /** Where it listens; at least one, at most four. */
  readonly relays: readonly string[]
  /** Said once, so that it knows who connects; empty: none. */
  readonly secret: string
}

const MOST_RELAYS = 4

/** @throws RoutstrError `invalid_request_error` (what is missing), `unsafe_address` (a relay that is not used) */
export function parseBunkerUri(text: string, policy: AddressPolicy): BunkerUri {
  const scheme = /^bunker:(?:\/\/)?/i.exec(text.trim())
  if (scheme === null) throw unreadable('it does not begin with bunker://')
  const [key = '', query = ''] = text.trim().slice(scheme[0].length).split('?', 2)
  const remote = key.replace(/\/+$/, '').toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(remote)) throw unreadable('the key of the signer is missing or incomplete')
  const parameters = new URLSearchParams(query)
  const named = [...new Set(parameters.getAll('relay').map((relay) => relay.trim()))].filter((relay) => relay !== '').slice(0, MOST_RELAYS)
  if (named.length === 0) throw unreadable('it names no relay')
  return { remote, relays: named.map((relay) => safeAddress(relay, policy, 'wss:')), secret: (parameters.get('secret') ?? '').slice(0, 200) }
}

function unreadable(why: string): RoutstrError {
  return new RoutstrError('invalid_request_error', `This is not a complete signer connection: ${why}. Copy it again from your signer, as a whole.`)
}
