/** A registry without network, and one that lets go. */
import { describe, expect, test } from 'vitest'
import { createRegistryStore } from '../../src/storage/registry-store.ts'
import { announce, databaseName, node, NOW, openRegistry, relay, silentRelays, until } from './market-stage.ts'

describe('without any network', () => {
  test('a restarted worker serves at once what was saved', async () => {
    const [owl, nostr, name] = [await node(), await relay(), databaseName()]
    nostr.publish(announce(owl.url))
    const before = openRegistry(name, { relays: [nostr.url] })
    const stop = before.start()
    await until(() => before.registry.offersFor('tiny-chat').length)
    const offers = before.registry.offersFor('tiny-chat')
    await until(async () => (await before.database.table('catalogues').count()) === 1)
    stop()
    before.database.close()

    const dead = () => Promise.reject(new TypeError('no network'))
    const after = openRegistry(name, { fetch: dead, subscribe: silentRelays })
    await after.registry.ready()
    expect(after.registry.offersFor('tiny-chat')).toEqual(offers)
    expect(after.registry.offersFor('tiny-chat')).toHaveLength(1)
    await after.registry.refresh()
    expect(after.registry.providers()).toMatchObject([{ problem: 'it can not be reached', seenAt: NOW }])
    expect(after.registry.offersFor('tiny-chat')).toEqual(offers)
  })

  test('a provider that has not answered for more than a day is not used', async () => {
    const owl = await node()
    const { registry, clock } = openRegistry(databaseName())
    await registry.addProvider(owl.url, 'user')
    owl.answer = (_path, response) => Boolean(response.writeHead(503).end())
    clock.now = NOW + 24 * 3_600_000
    await registry.refresh()
    expect(registry.providers()).toMatchObject([{ problem: 'it answered 503' }])
    expect(registry.offersFor('tiny-chat')).toHaveLength(1)
    clock.now += 1
    expect(registry.offersFor('tiny-chat')).toEqual([])
    owl.answer = null
    await registry.refresh()
    expect(registry.offersFor('tiny-chat')).toHaveLength(1)
  })
})

describe('it lets go', () => {
  test('after dispose: no connection, no probe, no late result', async () => {
    const [owl, nostr] = [await node(), await relay()]
    owl.answer = () => true
    nostr.publish(announce(owl.url))
    const { registry, start, clock } = openRegistry(databaseName(), { relays: [nostr.url], probeTimeoutMs: 5000 })
    const stop = start()
    await until(() => owl.asked.length)
    let changes = 0
    registry.onChange(() => changes++)
    stop()
    await until(() => nostr.peers.size === 0)
    nostr.publish(announce(owl.url, { d: 'other' }))
    const asked = owl.asked.length
    clock.now += 3_600_000
    registry.offersFor('tiny-chat')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([owl.asked.length, changes, registry.providers()[0]?.problem]).toEqual([asked, 0, null])
  })

  test('a listener hears changes until it leaves', async () => {
    const owl = await node()
    const { registry } = openRegistry(databaseName())
    let heard = 0
    const leave = registry.onChange(() => heard++)
    await registry.addProvider(owl.url, 'user')
    expect(heard).toBeGreaterThan(0)
    leave()
    const before = heard
    await registry.refresh()
    expect(heard).toBe(before)
  })

  test('other relays after the settings changed', async () => {
    const [old, fresh] = [await relay(), await relay()]
    const { registry, settings, start } = openRegistry(databaseName(), { relays: [old.url] })
    start()
    await until(() => old.peers.size)
    settings.relays = [fresh.url]
    registry.settingsChanged()
    await until(() => fresh.peers.size === 1 && old.peers.size === 0)
  })

  test('an unreadable database is told by ready()', async () => {
    const working = openRegistry(databaseName())
    const broken = { ...createRegistryStore(working.database), loadKnown: () => Promise.reject(new Error('disk')) }
    const { registry, start } = openRegistry(databaseName(), { store: broken })
    start()
    await expect(registry.ready()).rejects.toThrow('disk')
  })
})
