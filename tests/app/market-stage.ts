/** Nodes, relays and registries for the tests of discovery: real HTTP, real WebSockets, a real database (fake-indexeddb under Dexie). */
import 'fake-indexeddb/auto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Dexie } from 'dexie'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { afterEach, expect, vi } from 'vitest'
import { WebSocketServer, type WebSocket as Peer } from 'ws'
import { createRegistry, type Registry } from '../../src/registry/registry.ts'
import type { RegistryWorld } from '../../src/registry/world.ts'
import { createRelaySubscription, type SubscribeAnnouncements } from '../../src/registry/relays.ts'
import { createRegistryStore, registryTables } from '../../src/storage/registry-store.ts'
import { recorded } from '../unit/protocol/recorded.ts'

export const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
export const until = (check: () => unknown, timeout = 30_000) => vi.waitFor(async () => expect(await check()).toBeTruthy(), { timeout, interval: 10 })

export interface Node {
  readonly url: string
  readonly asked: string[]
  info: object
  models: string
  answer: ((path: string, response: ServerResponse) => boolean) | null
}

export async function node(info: object = {}): Promise<Node> {
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
export async function relay() {
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
      if (message[1] !== 'routstr') return
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

export const NOW = Date.UTC(2026, 10, 20, 14)
export const ownerKey = generateSecretKey()
export const owner = getPublicKey(ownerKey)
export function announce(url: string, { key = ownerKey, d = 'node', name = 'Announced', at = NOW / 1000 - 1000 } = {}): unknown {
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

/** Nobody there. */
export const silentRelays: SubscribeAnnouncements = () => ({ health: () => [], refused: () => undefined, ask: () => undefined, stop: () => undefined })

let databases = 0
export const databaseName = () => `registry-${databases++}`

export function openRegistry(name: string, changes: Partial<RegistryWorld> & { relays?: string[]; clock?: { now: number }; developer?: boolean } = {}) {
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
    probeTimeoutMs: 5_000,
    ...changes,
  })
  const start = () => {
    const stop = registry.start()
    cleanups.push(stop)
    return stop
  }
  return { registry, clock, settings: world, start, database }
}
