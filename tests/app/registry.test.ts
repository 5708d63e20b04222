/** The registry over real HTTP, a real relay over WebSocket and a real database (fake-indexeddb under Dexie). */
import 'fake-indexeddb/auto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Dexie } from 'dexie'
import { nip19 } from 'nostr-tools'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocketServer, type WebSocket as Peer } from 'ws'
import type { Provider } from '../../src/domain/offer.ts'
import { handAddedEntry } from '../../src/registry/entries.ts'
import { createMarket } from '../../src/registry/market.ts'
import { createRegistry, type Registry, type RegistryWorld } from '../../src/registry/registry.ts'
import { createRelaySubscription } from '../../src/registry/relays.ts'
import type { RegistryEntry } from '../../src/registry/store.ts'
import { createRegistryStore, registryTables } from '../../src/storage/registry-store.ts'
import { recorded } from '../unit/protocol/recorded.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
const until = (check: () => unknown) => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 5000, interval: 10 })

interface Node {
  readonly url: string
  readonly asked: string[]
  info: object
  models: string
  answer: ((path: string, response: ServerResponse) => boolean) | null
}

async function node(info: object = {}): Promise<Node> {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    self.asked.push(path)
    if (self.answer?.(path, response) === true) return
    if (path === '/v1/info') response.end(JSON.stringify(self.info))
    else if (path === '/v1/models') response.end(self.models)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const self: Node = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    info: { name: 'Owl Node', description: 'hoo', version: '0.4.5', npub: '', mints: ['http://127.0.0.1:3338'], ...info },
    models: recorded('models').body,
    answer: null,
  }
  return self
}

/** NIP-01: keeps the events it is given, sends them to whoever asks, live ones too. */
async function relay() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise<void>((resolve) => server.on('listening', () => resolve()))
  const events: unknown[] = []
  const peers = new Map<Peer, string>()
  const asked: unknown[] = []
  server.on('connection', (peer) => {
    peer.on('close', () => peers.delete(peer))
    peer.on('message', (data) => {
      const message: unknown[] = JSON.parse(String(data))
      if (message[0] !== 'REQ') return
      asked.push(message[2])
      peers.set(peer, String(message[1]))
      for (const event of events) peer.send(JSON.stringify(['EVENT', message[1], event]))
      peer.send(JSON.stringify(['EOSE', message[1]]))
    })
  })
  const cut = () => {
    for (const peer of peers.keys()) peer.terminate()
  }
  cleanups.push(() => {
    for (const peer of server.clients) peer.terminate()
    server.close()
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    peers,
    cut,
    publish(event: unknown) {
      events.push(event)
      for (const [peer, name] of peers) peer.send(JSON.stringify(['EVENT', name, event]))
    },
  }
}

const NOW = Date.UTC(2026, 10, 20, 14)
const ownerKey = generateSecretKey()
const owner = getPublicKey(ownerKey)
function announce(url: string, { key = ownerKey, d = 'node', name = 'Announced', at = NOW / 1000 - 1000 } = {}): unknown {
  return finalizeEvent(
    {
      kind: 38421,
      created_at: at,
      tags: [
        ['d', d],
        ['u', url],
        ['version', '0.4.4'],
      ],
      content: JSON.stringify({ name, about: '' }),
    },
    key,
  )
}

let databases = 0
const databaseName = () => `registry-${databases++}`

function openRegistry(name: string, changes: Partial<RegistryWorld> & { relays?: string[]; clock?: { now: number }; developer?: boolean } = {}) {
  const database = new Dexie(name)
  database.version(1).stores(registryTables)
  cleanups.push(() => database.close())
  const clock = changes.clock ?? { now: NOW }
  const world = { relays: changes.relays ?? [], developer: changes.developer ?? true }
  const registry: Registry = createRegistry({
    store: createRegistryStore(database),
    fetch,
    now: () => clock.now,
    settings: () => world,
    subscribe: createRelaySubscription(),
    probeTimeoutMs: 500,
    ...changes,
  })
  const start = () => {
    const stop = registry.start()
    cleanups.push(stop)
    return stop
  }
  return { registry, clock, settings: world, start, database }
}

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
    expect(nostr.asked).toEqual([{ kinds: [38421], limit: 500 }])
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

  test('forged events and addresses in the user’s network come to nothing', async () => {
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
    const { registry, start } = openRegistry(databaseName(), { relays: [nostr.url] })
    start()
    await until(() => nostr.peers.size)
    nostr.publish(announce(old.url, { at: NOW / 1000 - 500 }))
    await until(() => late.length === 2)
    nostr.publish(announce(fresh.url, { at: NOW / 1000 - 100 }))
    await until(() => registry.offersFor('tiny-chat')[0]?.providerUrl === fresh.url)
    // what the old address says now no longer counts
    if (answers) for (const [path, response] of late) response.end(path === '/v1/info' ? JSON.stringify({ ...old.info, name: 'Old' }) : old.models)
    await new Promise((resolve) => setTimeout(resolve, answers ? 100 : 600))
    expect(registry.providers()).toMatchObject([{ url: fresh.url, name: 'Owl Node', problem: null }])
  })

  test('a flood of strangers does not push out anybody who ever answered', () => {
    const market = createMarket(() => NOW)
    const stranger = (index: number, provider: Partial<Provider>): RegistryEntry => {
      const entry = handAddedEntry(`https://p${index}.dev`, 'user', index)
      return { ...entry, provider: { ...entry.provider, source: 'nostr', ...provider } }
    }
    for (let index = 0; index < 300; index++) market.put(stranger(index, index < 298 ? { seenAt: NOW, problem: 'away' } : { problem: 'never there' }))
    const dropped: string[] = []
    const put = (index: number) => market.put(stranger(index, { problem: null }), (id) => dropped.push(id))
    expect([put(300), put(301), put(302)]).toEqual([true, true, false])
    expect(dropped).toEqual(['url:https://p299.dev', 'url:https://p298.dev'])
    expect(market.entries()).toHaveLength(300)
    expect(market.put(handAddedEntry('https://mine.dev', 'user', 1))).toBe(true)
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
    const after = openRegistry(name, { fetch: dead, subscribe: () => () => undefined })
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

describe('a provider added by hand', () => {
  test('is probed first and kept', async () => {
    const [owl, name] = [await node(), databaseName()]
    const { registry, database } = openRegistry(name)
    const added = await registry.addProvider(`${owl.url}/`, 'devnet')
    expect(added).toMatchObject({ id: `url:${owl.url}`, url: owl.url, name: 'Owl Node', source: 'devnet', pubkey: null, seenAt: NOW })
    database.close()
    const again = openRegistry(name).registry
    await again.ready()
    expect(again.providers()).toEqual([added])
    await again.removeProvider(added.id)
    expect(again.offersFor('tiny-chat')).toEqual([])
    const empty = openRegistry(name).registry
    await empty.ready()
    expect([empty.providers(), empty.modelsOf(added.id)]).toEqual([[], []])
  })

  test.each([
    ['loopback without the developer switch', (url: string) => url, { developer: false }, 'unsafe_address'],
    ['a private address', () => 'https://10.0.0.1', {}, 'unsafe_address'],
    ['nobody there', () => 'http://127.0.0.1:9', {}, 'provider_unreachable'],
  ])('%s', async (_what, address, settings, code) => {
    const owl = await node()
    const { registry } = openRegistry(databaseName(), settings)
    await expect(registry.addProvider(address(owl.url), 'user')).rejects.toMatchObject({ code })
    expect(owl.asked).toEqual([])
    expect(registry.providers()).toEqual([])
  })

  test.each([
    ['a web page', (_path: string, response: ServerResponse) => Boolean(response.end('<html>')), 'it does not answer like a Routstr node'],
    ['silence', () => true, 'it did not answer within 0.5 seconds'],
    ['a redirect', (_path: string, response: ServerResponse) => Boolean(response.writeHead(302, { location: '/v1/info' }).end()), 'it can not be reached'],
    [
      'an endless catalogue',
      (path: string, response: ServerResponse) => path === '/v1/models' && Boolean(response.end(' '.repeat(8 * 1024 * 1024 + 1))),
      'its catalogue is too large',
    ],
  ])('%s is not added', async (_what, answer, problem) => {
    const owl = await node()
    owl.answer = answer
    const { registry } = openRegistry(databaseName())
    await expect(registry.addProvider(owl.url, 'user')).rejects.toMatchObject({
      code: 'provider_unreachable',
      message: `${owl.url} was not added: ${problem}.`,
    })
  })

  test('beats an announcement of the same address', async () => {
    const [owl, nostr] = [await node({ npub: nip19.npubEncode(owner) }), await relay()]
    nostr.publish(announce(owl.url))
    const { registry, start } = openRegistry(databaseName(), { relays: [nostr.url] })
    start()
    await until(() => registry.offersFor('tiny-chat').length)
    await registry.addProvider(owl.url, 'user')
    expect(registry.offersFor('tiny-chat').map(({ providerId }) => providerId)).toEqual([`url:${owl.url}`])
    await registry.removeProvider(`url:${owl.url}`)
    expect(registry.offersFor('tiny-chat').map(({ providerId }) => providerId)).toEqual([`${owner}:node`])
  })
})

describe('offers', () => {
  test('a blocked provider sells nothing, also after a restart', async () => {
    const [owl, name] = [await node(), databaseName()]
    const { registry } = openRegistry(name)
    const { id } = await registry.addProvider(owl.url, 'user')
    await registry.setBlocked(id, true)
    expect([registry.offersFor('tiny-chat'), registry.models()]).toEqual([[], []])
    const again = openRegistry(name).registry
    await again.ready()
    expect(again.offersFor('tiny-chat')).toEqual([])
    await again.setBlocked(id, false)
    expect(again.offersFor('tiny-chat')).toHaveLength(1)
    await expect(again.setBlocked('url:nobody', true)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('loopback providers are gone when the developer switch goes', async () => {
    const owl = await node()
    const { registry, settings } = openRegistry(databaseName())
    await registry.addProvider(owl.url, 'user')
    settings.developer = false
    expect(registry.offersFor('tiny-chat')).toEqual([])
  })

  test('one model under several names is one entry; dates and prefixes meet, a missing price is no offer', async () => {
    const [one, two, three] = [await node(), await node(), await node()]
    const sats_pricing = { prompt: 0.1, completion: 0.1, max_cost: 5 }
    one.models = JSON.stringify({
      data: [
        { id: 'owl-mini', sats_pricing },
        { id: 'heron-2026-01-01', sats_pricing },
      ],
    })
    two.models = JSON.stringify({
      data: [
        { id: 'acme/Owl-Mini-2026-05-01', sats_pricing },
        { id: 'owl-mini-pro', sats_pricing },
      ],
    })
    three.models = JSON.stringify({ data: [{ id: 'owl-mini', sats_pricing: null }] })
    const { registry } = openRegistry(databaseName())
    for (const { url } of [one, two, three]) await registry.addProvider(url, 'user')
    expect(registry.models().map(({ id, offers }) => [id, offers.map(({ model }) => model.id)])).toEqual([
      ['heron-2026-01-01', ['heron-2026-01-01']],
      ['owl-mini', ['owl-mini', 'acme/Owl-Mini-2026-05-01']],
      ['owl-mini-pro', ['owl-mini-pro']],
    ])
  })

  test('prices are read again every 2 minutes while somebody asks, and the question does not wait', async () => {
    const owl = await node()
    const { registry, clock, start } = openRegistry(databaseName())
    await registry.addProvider(owl.url, 'user')
    start()
    await registry.ready()
    clock.now += 2 * 60_000 - 1
    registry.offersFor('tiny-chat')
    expect(owl.asked).toHaveLength(2)
    clock.now += 1
    owl.models = owl.models.replaceAll('"prompt":0.000525', '"prompt":0.5')
    expect(registry.offersFor('tiny-chat')[0]?.model.price?.promptSat).toBe(0.000525)
    await until(() => registry.offersFor('tiny-chat')[0]?.model.price?.promptSat === 0.5)
    expect(owl.asked).toHaveLength(4)
    expect(registry.offersFor('tiny-chat')[0]?.at).toBe(clock.now)
  })

  test('a failing provider rests, longer each time, until it answers', async () => {
    const { registry, clock } = openRegistry(databaseName())
    const restsFor = () => {
      const from = clock.now
      while (registry.isCoolingDown('p')) clock.now += 1000
      return (clock.now - from) / 1000
    }
    expect(registry.isCoolingDown('p')).toBe(false)
    const rests = Array.from({ length: 8 }, () => {
      registry.noteFailure('p')
      return restsFor()
    })
    expect(rests).toEqual([15, 30, 60, 120, 240, 480, 600, 600])
    registry.noteFailure('p')
    registry.noteSuccess('p')
    expect(registry.isCoolingDown('p')).toBe(false)
    registry.noteFailure('p')
    expect(restsFor()).toBe(15)
  })

  test('six probes at a time', async () => {
    let [open, most] = [0, 0]
    const slow: typeof fetch = async (input, init) => {
      if (String(input).endsWith('/info')) most = Math.max(most, ++open)
      await new Promise((resolve) => setTimeout(resolve, 20))
      if (String(input).endsWith('/info')) open--
      return fetch(input, init)
    }
    const { registry } = openRegistry(databaseName(), { fetch: slow })
    const nodes = await Promise.all(Array.from({ length: 14 }, () => node()))
    for (const { url } of nodes) await registry.addProvider(url, 'user')
    most = 0
    await registry.refresh()
    expect(most).toBe(6)
    expect(nodes.map(({ asked }) => asked.length)).toEqual(Array.from({ length: 14 }, () => 4))
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
    const broken = {
      loadProviders: () => Promise.reject(new Error('disk')),
      loadModels: async () => [],
      saveProvider: async () => undefined,
      saveModels: async () => undefined,
      deleteProvider: async () => undefined,
    }
    const { registry, start } = openRegistry(databaseName(), { store: broken })
    start()
    await expect(registry.ready()).rejects.toThrow('disk')
  })
})
