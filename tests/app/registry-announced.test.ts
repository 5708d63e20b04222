/** Announced providers over real HTTP, a real relay and a real database. */
import type { ServerResponse } from 'node:http'
import { nip19 } from 'nostr-tools'
import { generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { describe, expect, test } from 'vitest'
import type { Provider } from '../../src/domain/offer.ts'
import { listedEntry } from '../../src/registry/entries.ts'
import { createMarket } from '../../src/registry/market.ts'
import type { RegistryEntry } from '../../src/registry/store.ts'
import { announce, databaseName, node, NOW, openRegistry, owner, ownerKey, relay, until } from './market-stage.ts'

describe('a provider announced on Nostr', () => {
  test('is probed and sells what its catalogue says, under its announced id and its own name', async () => {
    const [owl, nostr] = [await node(), await relay()]
    nostr.publish(announce(owl.url))
    const { registry, start } = openRegistry(databaseName(), { relays: [nostr.url] })
    start()
    await until(() => registry.offersFor('tiny-chat').length)
    expect(registry.offersFor('TINY-chat')).toMatchObject([
      { providerId: `${owner}:node`, providerUrl: owl.url, providerName: 'Owl Node', mints: ['http://127.0.0.1:3338'], model: { id: 'tiny-chat' }, at: NOW },
    ])
    expect(registry.providers()).toMatchObject([{ pubkey: owner, source: 'nostr', version: '0.4.5', about: 'hoo', seenAt: NOW, problem: null, blocked: false }])
    expect(registry.models().map(({ id, offers }) => [id, offers.length])).toEqual([
      ['gpt-stub', 1],
      ['stub-embed', 1],
      ['tiny-chat', 1],
    ])
    expect(registry.modelsOf(`${owner}:node`)).toHaveLength(3)
    expect(nostr.asked).toEqual([{ kinds: [38421], limit: 200 }])
  })

  test('appears live, and the newest event of a key and d counts', async () => {
    const [first, second, nostr] = [await node(), await node({ name: 'Second' }), await relay()]
    const { registry, start } = openRegistry(databaseName(), { relays: [nostr.url] })
    start()
    await until(() => nostr.peers.size)
    nostr.publish(announce(first.url, { at: NOW / 1000 - 500 }))
    await until(() => registry.offersFor('tiny-chat')[0]?.providerUrl === first.url)
    nostr.publish(announce(second.url, { at: NOW / 1000 - 900 }))
    nostr.publish(announce(second.url, { at: NOW / 1000 - 100 }))
    await until(() => registry.offersFor('tiny-chat')[0]?.providerUrl === second.url)
    expect(registry.providers()).toHaveLength(1)
    nostr.publish(announce(first.url, { at: NOW / 1000 - 300 }))
    nostr.publish(announce('http://127.0.0.1:9', { d: 'last' }))
    await until(() => registry.providers().length === 2)
    expect(registry.offersFor('tiny-chat')[0]?.providerUrl).toBe(second.url)
  })

  test('T24, T27: forged events and addresses in the user’s network come to nothing', async () => {
    const [owl, nostr] = [await node(), await relay()]
    nostr.publish({ ...(announce(owl.url) as object), sig: '0'.repeat(128) })
    nostr.publish(announce('https://192.168.1.1', { d: 'router' }))
    nostr.publish('nonsense')
    nostr.publish(announce(owl.url, { d: 'good' }))
    const { registry, start } = openRegistry(databaseName(), { relays: [nostr.url] })
    start()
    await until(() => registry.providers().length)
    expect(registry.providers().map(({ id }) => id)).toEqual([`${owner}:good`])
  })

  test('of two claims to one address the node’s own key wins, otherwise the first', async () => {
    const [owl, nostr] = [await node({ npub: nip19.npubEncode(owner) }), await relay()]
    const { registry, start } = openRegistry(databaseName(), { relays: [nostr.url] })
    start()
    await until(() => nostr.peers.size)
    const [thief, latecomer] = [generateSecretKey(), generateSecretKey()]
    nostr.publish(announce(owl.url, { key: thief, d: 'thief' }))
    await until(() => registry.offersFor('tiny-chat').length)
    expect(registry.providers()).toMatchObject([{ pubkey: getPublicKey(thief) }])
    nostr.publish(announce(owl.url))
    nostr.publish(announce(owl.url, { key: latecomer, d: 'late' }))
    await until(() => registry.providers()[0]?.pubkey === owner)
    expect(registry.offersFor('tiny-chat')).toHaveLength(1)
  })

  test('the first claim to an address stays the first after a restart', async () => {
    const [owl, nostr, name] = [await node(), await relay(), databaseName()]
    // the database gives rows back by id: the later claim has the smaller one
    const keys = [generateSecretKey(), generateSecretKey()].sort((a, b) => (getPublicKey(a) < getPublicKey(b) ? -1 : 1))
    const [smaller = ownerKey, larger = ownerKey] = keys
    const before = openRegistry(name, { relays: [nostr.url] })
    before.start()
    await until(() => nostr.peers.size)
    nostr.publish(announce(owl.url, { key: larger }))
    await until(() => before.registry.offersFor('tiny-chat').length)
    before.clock.now += 1
    nostr.publish(announce(owl.url, { key: smaller }))
    await until(async () => (await before.database.table('providers').count()) === 2)
    const after = openRegistry(name).registry
    await after.ready()
    expect(after.providers().map(({ pubkey }) => pubkey)).toEqual([getPublicKey(larger)])
  })

  test.each([
    ['late', true],
    ['never', false],
  ])('one that moves while its old address is being asked is asked at the new one; the old one answers %s', async (_what, answers) => {
    const [old, fresh, nostr] = [await node(), await node(), await relay()]
    const late: [string, ServerResponse][] = []
    old.answer = (path, response) => late.push([path, response]) > 0
    const { registry, start } = openRegistry(databaseName(), { relays: [nostr.url], probeTimeoutMs: answers ? 30_000 : 4_000 })
    start()
    await until(() => nostr.peers.size)
    nostr.publish(announce(old.url, { at: NOW / 1000 - 500 }))
    await until(() => late.length === 2)
    nostr.publish(announce(fresh.url, { at: NOW / 1000 - 100 }))
    await until(() => registry.offersFor('tiny-chat')[0]?.providerUrl === fresh.url)
    // what the old address says now no longer counts
    if (answers) for (const [path, response] of late) response.end(path === '/v1/info' ? JSON.stringify({ ...old.info, name: 'Old' }) : old.models)
    await until(() => late.every(([, response]) => response.closed))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(registry.providers()).toMatchObject([{ url: fresh.url, name: 'Owl Node', problem: null }])
  })

  test('a flood of strangers does not push out anybody who ever answered', () => {
    const market = createMarket(() => NOW)
    const stranger = (index: number, provider: Partial<Provider>): RegistryEntry => {
      const entry = listedEntry(`https://p${index}.dev`, 'user', index)
      return { ...entry, provider: { ...entry.provider, source: 'nostr', ...provider } }
    }
    for (let index = 0; index < 10_000; index++) market.put(stranger(index, index < 9_998 ? { seenAt: NOW, problem: 'away' } : { problem: 'never there' }))
    const dropped: string[] = []
    const put = (index: number) => market.put(stranger(index, { problem: null }), (id) => dropped.push(id))
    expect([put(10_000), put(10_001), put(10_002)]).toEqual([true, true, false])
    expect(dropped).toEqual(['url:https://p9999.dev', 'url:https://p9998.dev'])
    expect(market.entries()).toHaveLength(10_000)
    expect(market.put(listedEntry('https://mine.dev', 'user', 1))).toBe(true)
  })

  test('the relay is called again after the connection broke', async () => {
    const nostr = await relay()
    const { start } = openRegistry(databaseName(), { relays: [nostr.url] })
    start()
    await until(() => nostr.asked.length === 1)
    nostr.cut()
    await until(() => nostr.asked.length === 2)
  })
})
