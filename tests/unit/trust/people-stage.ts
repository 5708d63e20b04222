/** A relay of the development network, people who say things on it, and our user's memory of them in a real database. */
import { serialize } from 'node:v8'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { readingPeople } from '../../../src/background/nostr-talks.ts'
import { RoutstrDatabase } from '../../../src/storage/database.ts'
import { createTrustStore } from '../../../src/storage/trust-store.ts'
import { createPeople, type People } from '../../../src/trust/people.ts'
import { createRelay, type DevnetRelay, type RelayEvent } from '../../devnet/relay/relay.ts'

export const PROVIDER = `${'ab'.repeat(32)}:node`
export const HOUR_S = 3_600

export interface Key {
  readonly secret: Uint8Array
  readonly key: string
}

export function newKey(): Key {
  const secret = generateSecretKey()
  return { secret, key: getPublicKey(secret) }
}

export type PeopleStage = Awaited<ReturnType<typeof openPeopleStage>>

export async function openPeopleStage() {
  const relays: DevnetRelay[] = [await createRelay()]
  const [relay] = relays
  if (relay === undefined) throw new Error('no relay')
  const database = new RoutstrDatabase('people', { indexedDB: new IDBFactory(), IDBKeyRange })
  const store = createTrustStore(database)
  let now = 1_800_000_000_000
  let sent = 0
  const nowSeconds = (): number => Math.floor(now / 1000)

  /** Counts the events that come over the wire. */
  function open(url: string): WebSocket {
    const socket = new WebSocket(url)
    socket.addEventListener('message', ({ data }) => {
      if (String(data).startsWith('["EVENT"')) sent++
    })
    return socket
  }

  const signed = ({ secret }: Key, kind: number, tags: string[][], agoSeconds = 60): RelayEvent => finalizeEvent({ kind, tags, content: '', created_at: nowSeconds() - agoSeconds }, secret)
  function publish(who: Key, kind: number, tags: string[][], agoSeconds?: number, at: DevnetRelay = relay ?? fail()): RelayEvent {
    const event = signed(who, kind, tags, agoSeconds)
    at.publish(event)
    return event
  }
  const tagsFor = (keys: readonly string[]): string[][] => keys.map((key) => ['p', key])
  const people = async (): Promise<People> => {
    const opened = createPeople({ store, read: readingPeople(open, () => ({ relays: relays.map(({ url }) => url), developer: true })), relays: () => relays.map(({ url }) => url), now: () => now, onChange: () => undefined })
    await opened.load()
    return opened
  }

  return {
    ...{ relay, nowSeconds, signed, publish, people, tagsFor },
    follow: (who: Key, keys: readonly string[], agoSeconds?: number) => publish(who, 3, tagsFor(keys), agoSeconds),
    word: (who: Key, rating: number, agoSeconds?: number) => publish(who, 38_000, [['d', 'node'], ['k', '38421'], ['a', `38421:${PROVIDER}`], ['rating', String(rating)]], agoSeconds),
    /** Another relay that is asked from now on. */
    async addRelay(): Promise<DevnetRelay> {
      const added = await createRelay()
      relays.push(added)
      return added
    },
    pass(seconds: number): void {
      now += seconds * 1_000
    },
    /** A worker that has just started asks; seven hours after the last time. @returns what came over the wire, and who is around now */
    async again(root: string) {
      now += 7 * HOUR_S * 1_000
      return this.refreshed(root)
    },
    async refreshed(root: string) {
      sent = 0
      const around = await people()
      await around.refresh(root)
      return { around, sent }
    },
    kept: () => store.loadPeople(),
    /** Bytes, as a database keeps it. */
    keptBytes: async () => serialize(await store.loadPeople()).length,
    async stop(): Promise<void> {
      database.close()
      await Promise.all(relays.map((each) => each.stop()))
    },
  }
}

function fail(): never {
  throw new Error('no relay')
}
