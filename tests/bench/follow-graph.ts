/** The people around a user, read by the whole of trust from a local relay, kept, and read again the next day when nobody has said anything new. */
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { readingPeople } from '../../src/background/nostr-talks.ts'
import { RoutstrDatabase } from '../../src/storage/database.ts'
import { createTrustStore } from '../../src/storage/trust-store.ts'
import { createPeople } from '../../src/trust/people.ts'
import { beginOwnTime } from './own-time.ts'
import { timed, type RelayEvent, type Topic } from './topic.ts'

const NAME = 'follow graph'
const USER = new Uint8Array(32).fill(7)
const DIRECT = 500
/** Each of them follows so many of each other and of the rest, as people do. */
const FOLLOWS = 300
const KEYS = 5_000
const DAY_MS = 24 * 3_600_000
const DAY_S = DAY_MS / 1000
/** What the row of 5 000 keys may take. */
const MOST_KB = 2_000

export const followGraph: Topic = {
  name: NAME,
  workers: 3,
  traced: true,
  limits: { '5 000 keys, first': { p95: 5_000 }, '5 000 keys, again': { p95: 5_000 }, 'kept, kB': { p95: MOST_KB }, 'longest task: own time': { p95: 50 } },

  stored() {
    const now = Math.floor(Date.now() / 1000)
    const direct = Array.from({ length: DIRECT }, generateSecretKey)
    const keys = [...direct.map((secret) => getPublicKey(secret)), ...Array.from({ length: KEYS - DIRECT }, (_, n) => (n + 1).toString(16).padStart(64, '0'))]
    const list = (secret: Uint8Array, follows: readonly string[], at: number): RelayEvent => finalizeEvent({ kind: 3, tags: follows.map((key) => ['p', key]), content: '', created_at: at }, secret)
    const lists = direct.map((secret, index) => list(secret, Array.from({ length: FOLLOWS }, (_, n) => keys[(index * 10 + n * 17) % KEYS] ?? ''), now - index * DAY_S))
    return [list(USER, keys.slice(0, DIRECT), now - DAY_S), ...lists]
  },

  async measure(relay) {
    const database = new RoutstrDatabase(`${NAME} ${crypto.randomUUID()}`)
    let now = Date.now()
    let events = 0
    const open = (url: string): WebSocket => {
      const socket = new WebSocket(url)
      socket.addEventListener('message', ({ data }) => {
        if (typeof data === 'string' && data.startsWith('["EVENT"')) events++
      })
      return socket
    }
    const read = readingPeople(open, () => ({ relays: [relay], developer: true }))
    const store = createTrustStore(database)
    const people = () => createPeople({ store, read, relays: () => [relay], now: () => now, onChange: () => undefined })
    const user = getPublicKey(USER)
    beginOwnTime()
    const first = await timed(() => people().refresh(user))
    const firstEvents = events
    now += DAY_MS
    events = 0
    const later = people()
    const load = await timed(() => later.load())
    const again = await timed(() => later.refresh(user))
    const kept = await store.loadPeople()
    const count = kept?.graph.hops.flat().length
    database.close()
    if (count !== KEYS || firstEvents !== DIRECT + 1) throw new Error(`${count} of ${KEYS} keys, ${firstEvents} events`)
    const named = kept?.graph.lists.named.byteLength ?? 0
    const bytes = named + JSON.stringify({ ...kept, graph: { ...kept?.graph, lists: kept?.graph.lists.ids } }).length
    return { '5 000 keys, first': [first], 'kept: loaded': [load], '5 000 keys, again': [again], 'sent again, events': [events], 'kept, kB': [bytes / 1000] }
  },
}
