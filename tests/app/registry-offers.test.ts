/** Offers: what is sold, at which price, for how long it is believed. */
import { describe, expect, test, vi } from 'vitest'
import { databaseName, node, openRegistry, until } from './market-stage.ts'

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

  test('a failing provider rests with this model, longer each time, until it answers', async () => {
    const { registry, clock } = openRegistry(databaseName())
    const restsFor = () => {
      const from = clock.now
      while (registry.isCoolingDown('p', 'owl')) clock.now += 1000
      return (clock.now - from) / 1000
    }
    expect(registry.isCoolingDown('p', 'owl')).toBe(false)
    const rests = Array.from({ length: 8 }, () => {
      registry.noteFailure('p', 'owl')
      expect(registry.isCoolingDown('p', 'other')).toBe(false)
      return restsFor()
    })
    expect(rests).toEqual([15, 30, 60, 120, 240, 480, 600, 600])
    registry.noteFailure('p', 'owl')
    registry.noteSuccess('p', 'owl')
    expect(registry.isCoolingDown('p', 'owl')).toBe(false)
    registry.noteFailure('p', 'owl')
    expect(restsFor()).toBe(15)
  })

  test('one that can not be reached rests with all its models, and who names a time is not asked before', async () => {
    const { registry, clock } = openRegistry(databaseName())
    registry.noteFailure('p', null)
    registry.noteFailure('q', 'owl', 40_000)
    expect([registry.isCoolingDown('p', 'owl'), registry.isCoolingDown('p', 'other'), registry.waitMs('p', 'owl')]).toEqual([true, true, 0])
    expect([registry.waitMs('q', 'owl'), registry.waitMs('q', 'other')]).toEqual([40_000, 0])
    clock.now += 39_000
    expect([registry.isCoolingDown('q', 'owl'), registry.waitMs('q', 'owl')]).toEqual([true, 1_000])
    registry.noteSuccess('p', 'other')
    expect(registry.isCoolingDown('p', 'owl')).toBe(false)
    registry.noteFailure('q', 'owl', 30 * 24 * 3_600_000)
    expect(registry.waitMs('q', 'owl')).toBe(3_600_000)
  })

  test('rests are kept over a restart, with their number in a row', async () => {
    const name = databaseName()
    const first = openRegistry(name)
    await first.registry.ready()
    for (const model of ['owl', 'owl', 'other']) first.registry.noteFailure('p', model)
    first.registry.noteSuccess('p', 'other')
    await vi.waitFor(async () => expect(await first.database.table('rests').toArray()).toMatchObject([{ id: 'p owl', times: 2 }]), { timeout: 30_000 })
    const second = openRegistry(name)
    await second.registry.ready()
    expect([second.registry.isCoolingDown('p', 'owl'), second.registry.isCoolingDown('p', 'other')]).toEqual([true, false])
    second.registry.noteFailure('p', 'owl')
    second.clock.now += 59_000
    expect(second.registry.isCoolingDown('p', 'owl')).toBe(true)
    second.clock.now += 3_600_000
    const third = openRegistry(name)
    third.clock.now = second.clock.now
    await third.registry.ready()
    expect(third.registry.isCoolingDown('p', 'owl')).toBe(false)
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
