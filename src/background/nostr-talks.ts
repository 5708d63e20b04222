/** How trust talks with relays: the short talks of the backup, with room for long lists of follows, and those of the connected wallet. */
import { type AddressPolicy, isSafeAddress } from '../domain/network-address.ts'
import type { Settings } from '../domain/settings.ts'
import type { ReadEvents } from '../trust/follow-lists.ts'
import type { CountEvents } from '../trust/followers.ts'
import { createPublishing, type Publishing } from '../trust/publishing.ts'
import { createRelayAccess } from '../wallet/backup/relay.ts'
import { talk } from '../wallet/nwc/relay-talk.ts'
import type { Outside } from './outside.ts'

const PATIENCE_MS = 8_000
const MOST = { characters: 1024 * 1024, events: 1_000 }

type RelaySettings = () => Pick<Settings, 'relays' | 'developer'>

export function readingPeople(webSocket: (url: string) => WebSocket, settings: RelaySettings): ReadEvents {
  const access = createRelayAccess(webSocket, PATIENCE_MS, MOST)
  return (...filters) => access.query(safeRelays(settings), ...filters)
}

/** The largest count: each relay knows only a part. */
export function countingPeople(webSocket: (url: string) => WebSocket, settings: RelaySettings): CountEvents {
  const access = createRelayAccess(webSocket, PATIENCE_MS)
  return async (filter) => {
    const counts = (await access.count(safeRelays(settings), filter)).filter((count) => count !== null)
    return counts.length === 0 ? null : Math.max(...counts)
  }
}

export function speaking({ stores, webSocket, now, randomId }: Outside, settings: RelaySettings, onChange: () => void): Publishing {
  const access = createRelayAccess(webSocket, PATIENCE_MS)
  return createPublishing({
    store: stores.trust,
    relays: () => safeRelays(settings),
    deliver: access.deliver,
    talk: (asked) => talk(webSocket, asked),
    now,
    randomId,
    onChange,
  })
}

function safeRelays(settings: RelaySettings): readonly string[] {
  const { relays, developer } = settings()
  const policy: AddressPolicy = { allowLoopback: developer }
  return relays.filter((relay) => isSafeAddress(relay, policy, 'wss:'))
}
