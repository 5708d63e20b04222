/** Relays that are down, silent, endless or lying: discovery goes on with the others, and their health is told. */
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { describe, expect, test } from 'vitest'
import { createRelaySubscription } from '../../src/registry/relays.ts'
import { createRelay, type DevnetRelay, type RelayEvent } from '../devnet/relay/relay.ts'
import { announce, cleanups, databaseName, node, NOW, openRegistry, owner, ownerKey, until } from './market-stage.ts'

async function openRelay(): Promise<DevnetRelay> {
  const relay = await createRelay()
  cleanups.push(() => relay.stop())
  return relay
}

const SECONDS = NOW / 1000
/** As it goes over the wire, without what nostr-tools remembers about it. */
function announced(url: string, options: Parameters<typeof announce>[1] = {}): RelayEvent {
  return JSON.parse(JSON.stringify(announce(url, options)))
}

function deletion(tags: string[][], at: number): RelayEvent {
  const event = finalizeEvent({ kind: 5, created_at: at, tags: [...tags, ['k', '38421']], content: '' }, ownerKey)
  return JSON.parse(JSON.stringify(event))
}

describe('a relay', () => {
  test('that is down, one that never says that it is done, and one that works: what the others have is there', async () => {
    const [down, endless, good] = [await openRelay(), await openRelay(), await openRelay()]
    const [one, two] = [await node(), await node()]
    down.down = true
    endless.withoutEose = true
    endless.inject(announced(one.url, { d: 'one' }))
    good.inject(announced(two.url, { d: 'two' }))
    const { registry, start } = openRegistry(databaseName(), { relays: [down.url, endless.url, good.url] })
    start()
    await until(() => registry.offersFor('tiny-chat').length === 2)
    // it is tried again and again
    await until(() => registry.relays().find(({ url }) => url === down.url)?.state === 'waiting')
    const health = new Map(registry.relays().map((relay) => [relay.url, relay]))
    expect(health.get(down.url)).toMatchObject({ state: 'waiting', connectedSince: null, events: 0, problem: 'it can not be reached' })
    expect(health.get(good.url)).toMatchObject({ state: 'connected', events: 1, refused: 0, problem: null })
    expect(health.get(endless.url)).toMatchObject({ state: 'connected', events: 1 })
    endless.inject(announced(two.url, { d: 'live' }))
    await until(() => registry.record(`${owner}:live`))
  })

  test('that tells of many at once: told together, and none is left untold', async () => {
    const relay = await openRelay()
    const owl = await node()
    for (let n = 0; n < 300; n++) relay.inject(announced(owl.url, { d: `n${n}`, at: SECONDS - 1_000 - n }))
    const { registry, start } = openRegistry(databaseName(), { relays: [relay.url] })
    let told = 0
    let lastCount = 0
    registry.onChange(() => {
      told++
      lastCount = Array.from({ length: 300 }, (_, n) => registry.record(`${owner}:n${n}`)).filter((record) => record !== null).length
    })
    const began = performance.now()
    start()
    await until(() => lastCount === 300)
    // at once, then five times a second; besides once for what was saved
    expect(told).toBeLessThanOrEqual((performance.now() - began) / 200 + 2)
  })

  test('all of them down: those known from before are sold, and come back with the relay', async () => {
    const [relay, owl, name] = [await openRelay(), await node(), databaseName()]
    relay.inject(announced(owl.url))
    const before = openRegistry(name, { relays: [relay.url] })
    const stop = before.start()
    await until(() => before.registry.offersFor('tiny-chat').length)
    await until(async () => (await before.database.table('catalogues').count()) === 1)
    stop()
    relay.down = true
    const after = openRegistry(name, { relays: [relay.url] })
    after.start()
    await after.registry.ready()
    expect(after.registry.offersFor('tiny-chat')).toHaveLength(1)
    await until(() => after.registry.relays()[0]?.state === 'waiting')
    relay.down = false
    await until(() => after.registry.relays()[0]?.state === 'connected')
  })

  test('that sends forged, huge and far-future events is refused them, and left when it does little else', async () => {
    const [liar, good] = [await openRelay(), await openRelay()]
    const [owl, evil] = [await node(), await node()]
    const genuine = announced(owl.url)
    good.inject(genuine)
    const stranger = generateSecretKey()
    // newer than the genuine one, under its key: believed, it would take the traffic away
    const forge = (index: number): RelayEvent => ({ ...announced(evil.url, { key: stranger, d: 'node', at: SECONDS - index }), pubkey: owner })
    for (let index = 0; index < 3; index++) liar.inject(forge(index))
    liar.inject({ ...announced(evil.url, { key: stranger, d: 'big' }), content: 'x'.repeat(1024 * 1024) })
    liar.inject(announced(evil.url, { key: stranger, d: 'future', at: SECONDS + 3600 }))
    const { registry, start } = openRegistry(databaseName(), { relays: [liar.url, good.url] })
    start()
    await until(() => registry.relays()[0]?.refused === 5)
    await until(() => registry.offersFor('tiny-chat').length)
    expect(registry.providers()).toMatchObject([{ url: owl.url, pubkey: owner }])
    for (let index = 3; index < 40; index++) liar.inject(forge(index))
    await until(() => registry.relays()[0]?.problem === 'it sends forged events')
    expect(registry.relays().map(({ state }) => state)).toEqual(['waiting', 'connected'])
    expect(registry.providers()).toMatchObject([{ url: owl.url, pubkey: owner }])
  })

  test('is read back page by page, and from where it was left after a restart', async () => {
    const [relay, name] = [await openRelay(), databaseName()]
    const subscribe = createRelaySubscription({ page: 20 })
    // two in each second: a page ends in the middle of one
    for (let index = 0; index < 50; index++) relay.inject(announced('https://p.dev', { d: `n${index}`, at: SECONDS - 10_000 - (index >> 1) }))
    const refused = (): Promise<Response> => Promise.reject(new TypeError('no network'))
    const before = openRegistry(name, { relays: [relay.url], fetch: refused, subscribe })
    const stop = before.start()
    await until(() => before.registry.record(`${owner}:n49`))
    await until(async () => (await before.database.table('relays').count()) === 1)
    stop()
    const asked = relay.requests.length
    openRegistry(name, { relays: [relay.url], fetch: refused, subscribe }).start()
    await until(() => relay.requests.length > asked)
    expect(relay.requests[asked]).toMatchObject({ kinds: [38421], since: SECONDS - 10_000 - 3600 })
    // a day later everything is read again: an old announcement may have come to this relay today
    openRegistry(name, { relays: [relay.url], fetch: refused, subscribe, clock: { now: NOW + 24 * 3_600_000 + 1 } }).start()
    await until(() => relay.requests.slice(asked).some(({ kinds, since, until: before }) => kinds?.[0] === 38421 && since === undefined && before === undefined))
  })
})

describe('clocks that go wrong', () => {
  test.each([
    ['ahead', 26 * 3_600_000],
    ['behind', -26 * 3_600_000],
  ])('ours is a day %s: what is announced is found, also after a restart', async (_what, skew) => {
    const [relay, name] = [await openRelay(), databaseName()]
    const [one, two] = [await node(), await node()]
    relay.inject(announced(one.url, { d: 'one', at: SECONDS - 50 * 3600 }))
    const clock = { now: NOW + skew }
    const before = openRegistry(name, { relays: [relay.url], clock })
    const stop = before.start()
    await until(() => before.registry.offersFor('tiny-chat').length)
    // read to the end: an offer may be there before
    await until(async () => (await before.database.table('relays').count()) === 1)
    stop()
    before.database.close()
    relay.inject(announced(two.url, { d: 'two', at: SECONDS - 40 * 3600 }))
    const after = openRegistry(name, { relays: [relay.url], clock })
    after.start()
    await until(() => after.registry.offersFor('tiny-chat').length === 2)
  })
})

describe('announcements end', () => {
  test.each([
    ['by address', (event: RelayEvent) => [['a', `38421:${event.pubkey}:node`]]],
    ['by event', (event: RelayEvent) => [['e', event.id]]],
  ])('taken back by its author, %s: not sold any more, here and on relays that have not heard; a newer one counts again', async (_what, tags) => {
    const [relay, deaf, owl, name] = [await openRelay(), await openRelay(), await node(), databaseName()]
    const event = announced(owl.url, { at: SECONDS - 1000 })
    relay.inject(event)
    const { registry, start, database } = openRegistry(name, { relays: [relay.url] })
    const stop = start()
    await until(() => registry.offersFor('tiny-chat').length)
    relay.inject({ ...deletion(tags(event), SECONDS - 500), pubkey: getPublicKey(generateSecretKey()) })
    relay.inject(deletion(tags(event), SECONDS - 500))
    await until(() => registry.offersFor('tiny-chat').length === 0)
    await until(async () => (await database.table('providers').toArray())[0]?.entry.withdrawnAt !== null)
    stop()
    database.close()
    deaf.inject(event)
    const again = openRegistry(name, { relays: [deaf.url] })
    again.start()
    await until(() => again.registry.relays()[0]?.events === 1)
    expect([again.registry.offersFor('tiny-chat'), again.registry.providers()]).toEqual([[], []])
    deaf.inject(announced(owl.url, { at: SECONDS - 100 }))
    await until(() => again.registry.offersFor('tiny-chat').length)
  })

  test('silent for a week it is not shown, for a month it is forgotten', async () => {
    const [relay, owl, name] = [await openRelay(), await node(), databaseName()]
    relay.inject(announced(owl.url))
    const clock = { now: NOW }
    const before = openRegistry(name, { relays: [relay.url], clock })
    const stop = before.start()
    await until(() => before.registry.offersFor('tiny-chat').length)
    owl.answer = (_path, response) => Boolean(response.writeHead(503).end())
    await until(async () => {
      await before.registry.refresh()
      return before.registry.providers()[0]?.problem
    })
    clock.now += 7 * 24 * 3_600_000
    expect(before.registry.providers()).toHaveLength(1)
    clock.now += 1
    expect(before.registry.providers()).toEqual([])
    stop()
    relay.clear()
    clock.now = NOW + 30 * 24 * 3_600_000 + 1
    openRegistry(name, { relays: [relay.url], clock }).start()
    await until(async () => (await before.database.table('providers').count()) === 0)
  })
})

test('the announcement’s own facts are kept: event, relays, onions; the name behind the key is asked for', async () => {
  const [one, two, owl] = [await openRelay(), await openRelay(), await node()]
  const tags = [
    ['d', 'node'],
    ['u', 'http://xyz.onion'],
    ['u', owl.url],
    ['mint', 'https://mint.example'],
    ['version', '0.4.4'],
  ]
  const event: RelayEvent = JSON.parse(JSON.stringify(finalizeEvent({ kind: 38421, created_at: SECONDS - 9, tags, content: '' }, ownerKey)))
  one.inject(event)
  two.inject(event)
  one.inject(JSON.parse(JSON.stringify(finalizeEvent({ kind: 0, created_at: SECONDS - 9, tags: [], content: '{"name":"Owl & Sons"}' }, ownerKey))))
  const { registry, start } = openRegistry(databaseName(), { relays: [one.url, two.url] })
  start()
  await until(() => registry.record(`${owner}:node`)?.announcement?.relays.length === 2)
  expect(registry.record(`${owner}:node`)?.announcement).toEqual({
    eventId: event.id,
    createdAt: SECONDS - 9,
    relays: expect.arrayContaining([one.url, two.url]),
    onions: ['http://xyz.onion'],
    mints: ['https://mint.example'],
    version: '0.4.4',
  })
  await until(() => registry.record(`${owner}:node`)?.provider.seenAt)
  registry.tick()
  await until(() => registry.record(`${owner}:node`)?.profile?.name === 'Owl & Sons')
})
