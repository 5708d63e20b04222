/** Prices are read again by use, kept, and told to those who may spend. */
import { describe, expect, test } from 'vitest'
import { createRelay } from '../devnet/relay/relay.ts'
import { cleanups, databaseName, node, NOW, openRegistry, until } from './market-stage.ts'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'

const priced = (id: string, prompt: number, more: object = {}) => ({ id, sats_pricing: { prompt, completion: prompt, max_cost: 5 }, ...more })
const MINUTE = 60_000

describe('how often', () => {
  test('who sells a model in use is asked every 2 minutes, the others every 30, one that fails less and less', async () => {
    const [used, idle, broken] = [await node(), await node(), await node()]
    used.models = JSON.stringify({ data: [priced('owl', 0.1)] })
    idle.models = JSON.stringify({ data: [priced('heron', 0.1)] })
    broken.models = idle.models
    const { registry, clock, start } = openRegistry(databaseName())
    for (const { url } of [used, idle, broken]) await registry.addProvider(url, 'user')
    broken.answer = (_path, response) => Boolean(response.writeHead(503).end())
    start()
    await registry.ready()
    const readings = (asked: { asked: string[] }) => asked.asked.filter((path) => path === '/v1/models').length
    let [usedBefore, idleBefore, brokenBefore] = [readings(used), readings(idle), readings(broken)]
    const hours = 6
    for (let minute = 1; minute <= hours * 60; minute++) {
      clock.now += MINUTE
      registry.offersFor('owl')
      await registry.settled()
    }
    expect([readings(used) - usedBefore, readings(idle) - idleBefore]).toEqual([hours * 30, hours * 2])
    // after 30 min, 30 min, 1 h, 2 h, 4 h
    expect(readings(broken) - brokenBefore).toBe(4)
    ;[usedBefore, idleBefore, brokenBefore] = [readings(used), readings(idle), readings(broken)]
    clock.now += 6 * MINUTE
    registry.tick()
    await registry.settled()
    // nobody asks any more
    expect(readings(used) - usedBefore).toBe(0)
  })
})

test('the history keeps each change, the last 200, and goes with its provider', async () => {
  const owl = await node()
  owl.models = JSON.stringify({ data: [priced('owl', 0.1), priced('quiet', 0.5)] })
  const { registry, clock } = openRegistry(databaseName())
  const heard: unknown[] = []
  registry.onPrices((providerId, models) => heard.push([providerId, models]))
  const { id } = await registry.addProvider(owl.url, 'user')
  expect(heard).toEqual([])
  await registry.refresh()
  for (let index = 1; index <= 3; index++) {
    clock.now += MINUTE
    owl.models = JSON.stringify({ data: [priced('owl', 0.1 + index), priced('quiet', 0.5)] })
    await registry.refresh()
    await registry.refresh()
  }
  expect(heard).toEqual(Array.from({ length: 3 }, () => [id, ['owl']]))
  const prices = await registry.pricesOf(id)
  expect(prices.find(({ modelId }) => modelId === 'owl')?.points).toEqual(
    [0, 1, 2, 3].map((index) => ({ at: NOW + index * MINUTE, promptSat: 0.1 + index, completionSat: 0.1 + index })),
  )
  expect(prices.find(({ modelId }) => modelId === 'quiet')?.points).toHaveLength(1)
  for (let index = 0; index < 205; index++) {
    owl.models = JSON.stringify({ data: [priced('owl', 10 + index)] })
    await registry.refresh()
  }
  const kept = (await registry.pricesOf(id)).find(({ modelId }) => modelId === 'owl')?.points ?? []
  expect([kept.length, kept[0]?.promptSat, kept.at(-1)?.promptSat]).toEqual([200, 15, 214])
  await registry.removeProvider(id)
  expect(await registry.pricesOf(id)).toEqual([])
})

test('a list of names on Nostr brings together what no rule does; only its author’s, and never before a model of that name', async () => {
  const [one, two, relay, name] = [await node(), await node(), await createRelay(), databaseName()]
  cleanups.push(() => relay.stop())
  one.models = JSON.stringify({ data: [priced('z-ai-glm-5-3', 0.1)] })
  two.models = JSON.stringify({ data: [priced('glm-5.3', 0.2), priced('other', 0.1)] })
  const author = generateSecretKey()
  const mapping = (key: Uint8Array, mappings: object) =>
    JSON.parse(JSON.stringify(finalizeEvent({ kind: 38426, created_at: NOW / 1000 - 60, tags: [['d', 'model-id-mappings']], content: JSON.stringify({ mappings }) }, key)))
  relay.inject(mapping(generateSecretKey(), { other: 'glm-5.3' }))
  relay.inject(mapping(author, { 'Z-ai-glm-5-3': 'GLM-5.3', other: 'glm-5.3-other' }))
  const options = { relays: [relay.url], mappingAuthor: getPublicKey(author) }
  const before = openRegistry(name, options)
  for (const { url } of [one, two]) await before.registry.addProvider(url, 'user')
  expect(before.registry.models().map(({ id }) => id)).toEqual(['glm-5.3', 'other', 'z-ai-glm-5-3'])
  const stop = before.start()
  await until(() => before.registry.models().length === 2)
  stop()
  await until(async () => (await before.database.table('mappings').count()) === 1)
  relay.down = true
  const after = openRegistry(name, options).registry
  await after.ready()
  for (const asked of ['glm-5.3', 'z-ai-glm-5-3', 'acme/GLM-5.3'])
    expect(after.offersFor(asked).map(({ providerUrl, model }) => [providerUrl, model.id])).toEqual(expect.arrayContaining([[one.url, 'z-ai-glm-5-3'], [two.url, 'glm-5.3']]))
  const sold = after.models()
  expect(sold.map(({ id, offers }) => [id, offers.map(({ model }) => after.relation(model, id)).sort()])).toEqual([
    ['glm-5.3', ['listed', 'mapping']],
    ['glm-5.3-other', ['mapping']],
  ])
})
