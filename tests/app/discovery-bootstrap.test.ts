/** When no relay can be reached: a directory, then the list that is built in; announcements come before both. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createRelay } from '../devnet/relay/relay.ts'
import { announce, cleanups, databaseName, node, openRegistry, owner, until } from './market-stage.ts'

async function directory(body: () => string) {
  let asked = 0
  const server = createServer((_request, response) => {
    asked++
    response.end(body())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/providers/`, asked: () => asked }
}

test('a directory is asked when every relay is down, once an hour; the built-in list when it is silent too', async () => {
  const [one, two] = [await node(), await node()]
  let text = JSON.stringify({ providers: [{ endpoint_urls: [one.url] }, { endpoint_url: 'https://192.168.0.1' }] })
  const listed = await directory(() => text)
  const { registry, start, clock } = openRegistry(databaseName(), {
    bootstrap: { directory: listed.url, builtIn: [two.url] },
    policy: { allowLoopback: true },
    developer: false,
  })
  start()
  await until(async () => {
    registry.tick()
    return registry.offersFor('tiny-chat').length === 1
  })
  expect(registry.providers()).toMatchObject([{ id: `url:${one.url}`, source: 'directory', url: one.url }])
  expect(listed.asked()).toBe(1)
  text = 'broken'
  clock.now += 60 * 60_000
  await until(() => {
    registry.tick()
    return registry.providers().length === 2
  })
  expect(registry.providers()[1]).toMatchObject({ source: 'built-in', url: two.url })
})

test('an announcement of the same address comes before what a directory said', async () => {
  const [owl, relay] = [await node(), await createRelay()]
  cleanups.push(() => relay.stop())
  relay.down = true
  const { registry, start } = openRegistry(databaseName(), {
    relays: [relay.url],
    bootstrap: { directory: null, builtIn: [owl.url] },
    policy: { allowLoopback: true },
    developer: false,
  })
  start()
  await until(() => {
    registry.tick()
    return registry.offersFor('tiny-chat')[0]?.providerId === `url:${owl.url}`
  })
  relay.down = false
  relay.inject(JSON.parse(JSON.stringify(announce(owl.url))))
  await until(() => registry.offersFor('tiny-chat')[0]?.providerId === `${owner}:node`)
})

test('the development network is found by its own file: no directory is asked', async () => {
  const listed = await directory(() => '{"providers":[]}')
  const { registry, start } = openRegistry(databaseName(), { bootstrap: { directory: listed.url, builtIn: [] } })
  start()
  for (let turn = 0; turn < 20; turn++) {
    registry.tick()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  expect(listed.asked()).toBe(0)
})
