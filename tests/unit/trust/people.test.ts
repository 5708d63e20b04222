/** The people around the user, read from a real relay of the development network. */
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readingPeople } from '../../../src/background/nostr-talks.ts'
import { createPeople, type PeopleRow } from '../../../src/trust/people.ts'
import { createRelay, type DevnetRelay } from '../../devnet/relay/relay.ts'

let relay: DevnetRelay
let before = 0
let kept: PeopleRow | null
let now = 1_800_000_000_000
beforeAll(async () => {
  relay = await createRelay()
})
afterAll(() => relay.stop())
beforeEach(() => {
  relay.clear()
  before = relay.requests.length
  kept = null
})

interface Key {
  readonly secret: Uint8Array
  readonly key: string
}
const newKey = (): Key => {
  const secret = generateSecretKey()
  return { secret, key: getPublicKey(secret) }
}

function publish({ secret }: Key, kind: number, tags: string[][], agoSeconds = 60): void {
  relay.publish(finalizeEvent({ kind, tags, content: '', created_at: Math.floor(now / 1000) - agoSeconds }, secret))
}
const follow = (who: Key, keys: readonly string[], agoSeconds?: number): void => publish(who, 3, keys.map((key) => ['p', key]), agoSeconds)
const PROVIDER = `${'ab'.repeat(32)}:node`
const word = (who: Key, rating: number, agoSeconds?: number): void =>
  publish(who, 38_000, [['d', 'node'], ['k', '38421'], ['a', `38421:${PROVIDER}`], ['rating', String(rating)]], agoSeconds)

function people() {
  return createPeople({
    store: {
      loadPeople: async () => kept,
      savePeople: async (row) => {
        kept = row
      },
    },
    read: readingPeople((url) => new WebSocket(url), () => ({ relays: [relay.url], developer: true })),
    now: () => now,
    onChange: () => undefined,
  })
}

test('words count by distance; strangers, the muted and forgeries are not heard; the newest word of a key counts', async () => {
  const [user, near, far, stranger, muted] = [newKey(), newKey(), newKey(), newKey(), newKey()]
  follow(user, [near.key, muted.key])
  publish(user, 10_000, [['p', muted.key]])
  follow(near, [far.key, muted.key])
  word(near, -1, 600)
  word(near, 1, 30)
  word(far, -1)
  word(stranger, -1)
  word(muted, -1)
  relay.inject({ ...finalizeEvent({ kind: 38_000, tags: [['k', '38421'], ['a', `38421:${PROVIDER}`], ['d', 'x'], ['rating', '-1']], content: '', created_at: 1 }, near.secret), created_at: Math.floor(now / 1000) })
  const around = people()
  await around.refresh(user.key)
  const { parts: [part], hops } = around.about(PROVIDER)
  expect(hops).toBe(1)
  expect(part?.says).toBe('1 recommend it, 1 warn of it; the nearest is somebody you follow')
  expect(part?.value).toBeCloseTo(1 / 1.5)
  expect(around.about('somebody:else')).toEqual({ parts: [], hops: null })
})

test('kept over restarts and read anew only when it is old; silent relays take nothing away', async () => {
  const [user, near] = [newKey(), newKey()]
  follow(user, [near.key])
  word(near, 1)
  await people().refresh(user.key)
  const asked = relay.requests.length
  const later = people()
  await later.load()
  expect(later.about(PROVIDER).hops).toBe(1)
  await later.refresh(user.key)
  expect(relay.requests.length).toBe(asked)
  now += 7 * 3_600_000
  relay.down = true
  await later.refresh(user.key)
  relay.down = false
  expect(later.about(PROVIDER).hops).toBe(1)
  await later.refresh(null)
  expect(kept).toBeNull()
  expect(later.about(PROVIDER).parts).toEqual([])
})

test('five thousand keys: a question per portion and hop, far below two megabytes', async () => {
  const user = newKey()
  const direct = Array.from({ length: 60 }, newKey)
  follow(user, direct.map(({ key }) => key))
  let count = direct.length
  for (const [index, each] of direct.entries()) {
    const keys = Array.from({ length: 83 }, (_, n) => (index * 1000 + n).toString(16).padStart(64, '0'))
    count += keys.length
    follow(each, keys)
  }
  await people().refresh(user.key)
  expect(kept?.graph.hops.flat()).toHaveLength(count)
  expect(count).toBeGreaterThanOrEqual(5_000)
  expect(JSON.stringify(kept).length).toBeLessThan(2_000_000)
  // own lists, one portion of 60 authors, the words of all, those of the nearest thousand by name
  expect(relay.requests.length - before).toBe(3 + 4)
})
