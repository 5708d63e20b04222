/** Providers added by hand, blocked and removed. */
import type { ServerResponse } from 'node:http'
import { nip19 } from 'nostr-tools'
import { describe, expect, test } from 'vitest'
import { announce, databaseName, node, NOW, openRegistry, owner, relay, until } from './market-stage.ts'

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
  ])('%s is not added', async (what, answer, problem) => {
    const owl = await node()
    owl.answer = answer
    const { registry } = openRegistry(databaseName(), what === 'silence' ? { probeTimeoutMs: 500 } : {})
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
