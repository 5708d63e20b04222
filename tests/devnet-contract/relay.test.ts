/** The relay against nostr-tools' own client (NIP-01, NIP-09). */
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { Relay } from 'nostr-tools/relay'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRelay, type DevnetRelay, type RelayEvent } from '../devnet/relay/relay.ts'
import { soon } from './patience.ts'

let relay: DevnetRelay
let client: Relay
const secretKey = generateSecretKey()
beforeEach(async () => {
  relay = await createRelay()
  client = await Relay.connect(relay.url)
})
afterEach(async () => {
  client.close()
  await relay.stop()
})

const sign = (kind: number, createdAt: number, tags: string[][] = [], content = '', key = secretKey): RelayEvent => {
  const { id, pubkey, sig } = finalizeEvent({ kind, created_at: createdAt, tags, content }, key)
  return { id, pubkey, sig, kind, created_at: createdAt, tags, content }
}
const ask = (...filters: Parameters<Relay['subscribe']>[0]): Promise<string[]> =>
  new Promise((resolve) => {
    const found: string[] = []
    const subscription = client.subscribe(filters, {
      onevent: (event) => found.push(event.content),
      oneose: () => {
        subscription.close()
        resolve(found)
      },
    })
  })

test('stores, filters by kind, author, tag, time and limit, newest first', async () => {
  const other = generateSecretKey()
  for (const event of [sign(1, 10, [['k', 'a']], 'one'), sign(1, 20, [['k', 'b']], 'two'), sign(7, 30, [], 'three'), sign(1, 40, [], 'four', other)]) await client.publish(event)
  expect(await ask({ kinds: [1] })).toEqual(['four', 'two', 'one'])
  expect(await ask({ kinds: [1], limit: 1 })).toEqual(['four'])
  expect(await ask({ authors: [getPublicKey(other)] })).toEqual(['four'])
  expect(await ask({ '#k': ['a', 'b'], since: 15 })).toEqual(['two'])
  expect(await ask({ until: 10 }, { kinds: [7] })).toEqual(['three', 'one'])
})

test('refuses a forged event with a reason', async () => {
  const forged = { ...sign(1, 10, [], 'real'), content: 'forged' }
  await expect(client.publish(forged)).rejects.toThrow(/invalid/)
  expect(relay.events()).toEqual([])
})

test('addressable events: only the newest per pubkey, kind and d; replaceable ones per pubkey and kind', async () => {
  await client.publish(sign(38421, 20, [['d', 'x']], 'new'))
  await client.publish(sign(38421, 10, [['d', 'x']], 'old'))
  await client.publish(sign(38421, 5, [['d', 'y']], 'other'))
  await client.publish(sign(0, 1, [], 'profile'))
  await client.publish(sign(0, 2, [], 'newer profile'))
  expect(await ask({ kinds: [38421] })).toEqual(['new', 'other'])
  expect(await ask({ kinds: [0] })).toEqual(['newer profile'])
})

test('deletion by id and by address, only by the author', async () => {
  const note = sign(1, 10, [], 'note')
  await client.publish(note)
  await client.publish(sign(38421, 10, [['d', 'x']], 'listed'))
  await client.publish(sign(5, 11, [['e', note.id], ['a', `38421:${note.pubkey}:x`]], '', generateSecretKey()))
  expect(await ask({ kinds: [1, 38421] })).toHaveLength(2)
  await client.publish(sign(5, 11, [['e', note.id], ['a', `38421:${note.pubkey}:x`]]))
  expect(await ask({ kinds: [1, 38421] })).toEqual([])
  await expect(client.publish(note)).rejects.toThrow(/blocked/)
  await client.publish(sign(38421, 12, [['d', 'x']], 'listed again'))
  expect(await ask({ kinds: [38421] })).toEqual(['listed again'])
})

test("a stranger's wish to delete does not bring back what the author deleted", async () => {
  const note = sign(1, 10, [], 'note')
  await client.publish(note)
  await client.publish(sign(5, 11, [['e', note.id]]))
  await client.publish(sign(5, 12, [['e', note.id]], '', generateSecretKey()))
  await expect(client.publish(note)).rejects.toThrow(/blocked/)
})

test('ephemeral events reach the listeners and are not kept', async () => {
  const heard: string[] = []
  client.subscribe([{ kinds: [23_194] }], { onevent: (event) => heard.push(event.content) })
  await client.publish(sign(23_194, 10, [], 'psst'))
  await expect.poll(() => heard, soon).toEqual(['psst'])
  expect(await ask({ kinds: [23_194] })).toEqual([])
})

test('refuse says no, forget says yes and keeps nothing, keepAgain ends both', async () => {
  await client.publish(sign(7375, 10, [], 'kept before'))
  relay.refusedKinds.add(1)
  await expect(client.publish(sign(1, 10))).rejects.toThrow(/blocked/)
  relay.forget(7375)
  await client.publish(sign(7375, 11, [], 'gone'))
  expect(await ask({ kinds: [1, 7375] })).toEqual([])
  relay.keepAgain(7375)
  await client.publish(sign(7375, 12, [], 'kept again'))
  expect(await ask({ kinds: [7375] })).toEqual(['kept again'])
})

test('NIP-40: an expired event is refused, and no longer told once its time has come', async () => {
  const now = Math.floor(Date.now() / 1000)
  await expect(client.publish(sign(1, 10, [['expiration', String(now - 1)]]))).rejects.toThrow(/expired/)
  relay.inject(sign(1, 10, [['expiration', String(now - 1)]], 'stale'))
  await client.publish(sign(1, 10, [['expiration', String(now + 600)]], 'fresh'))
  expect(await ask({ kinds: [1] })).toEqual(['fresh'])
})

test('live delivery, CLOSE, down', async () => {
  const seen: string[] = []
  const subscription = client.subscribe([{ kinds: [1] }], { onevent: (event) => seen.push(event.content) })
  await expect.poll(() => relay.requests.length, soon).toBe(1)
  relay.publish(sign(1, 10, [], 'live'))
  await expect.poll(() => seen, soon).toEqual(['live'])
  subscription.close()
  await ask({ kinds: [2] }) // the CLOSE has arrived when this is answered
  relay.publish(sign(1, 11, [], 'unheard'))
  await ask({ kinds: [2] })
  expect(seen).toEqual(['live'])
  relay.down = true
  await expect.poll(() => relay.connections(), soon).toBe(0)
  await expect(Relay.connect(relay.url)).rejects.toThrow()
})
