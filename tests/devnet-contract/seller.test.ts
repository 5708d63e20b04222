/** The seller's side: prices that move by load, demand, hour and script, models that come and go, upstreams that share, queue and stand in. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Devnet, startDevnet } from '../devnet/devnet.ts'
import { createPricingEngine } from '../devnet/provider/pricing-engine.ts'
import { createUpstreamPool } from '../devnet/provider/upstream-pool.ts'
import { soon } from './patience.ts'
import { at, bearer, textAt } from './recorded.ts'

let devnet: Devnet
beforeAll(async () => {
  devnet = await startDevnet({ tokensPerSecond: 2000 })
})
afterAll(() => devnet.stop())

async function control(command: object): Promise<unknown> {
  const answer: unknown = await (await fetch(`${devnet.url}/control`, { method: 'POST', body: JSON.stringify(command) })).json()
  expect(at(answer, 'ok')).toBe(true)
  return at(answer, 'result')
}

const cheap = () => devnet.providers.cheap
const promptOf = (model: string) => cheap().models().find(({ id }) => id === model)?.promptSat

async function account(amountSat = 200): Promise<string> {
  const body = JSON.stringify({ initial_balance_token: await devnet.faucet(amountSat) })
  return textAt(await (await fetch(`${cheap().url}/v1/balance/create`, { method: 'POST', body })).json(), 'api_key')
}

function askFor(key: string, content = 'hi', more: object = {}): Promise<Response> {
  const body = JSON.stringify({ model: 'owl-mini', max_tokens: 200, messages: [{ role: 'user', content }], ...more })
  return fetch(`${cheap().url}/v1/chat/completions`, { method: 'POST', headers: bearer(key), body })
}

describe('the pricing engine', () => {
  afterEach(() => control({ target: 'cheap', action: 'pricingOff' }))

  function engine(rules: Parameters<ReturnType<typeof createPricingEngine>['start']>[0]) {
    const world = { requests: 0, load: 0, price: 0, time: new Date(2026, 10, 28, 3).getTime() }
    const pricing = createPricingEngine({
      base: () => [{ id: 'owl', price: { promptSat: 10, completionSat: 20 } }],
      requestCount: () => world.requests,
      load: () => world.load,
      setPrices(_id, { promptSat }) {
        world.price = promptSat
      },
      now: () => world.time,
    })
    pricing.start({ intervalMs: 60_000, ...rules })
    return { world, pricing }
  }

  test('load: dearer while the slots are busy, back when they are not', () => {
    const { world, pricing } = engine({ load: 3 })
    const prices = [0, 0.5, 1, 4, 0].map((load) => {
      world.load = load
      pricing.step()
      return world.price
    })
    expect(prices).toEqual([10, 20, 30, 30, 10])
    pricing.stop()
  })

  test('demand: more than usual raises, less lowers, and the usual follows', () => {
    const { world, pricing } = engine({ demand: 2, memory: 2 })
    const factors = [10, 10, 30, 30, 30, 30, 0].map((requests) => {
      world.requests += requests
      return pricing.step().demand
    })
    expect(factors.slice(0, 3)).toEqual([1, 1, 2])
    expect(factors[3]).toBeCloseTo(31 / 21)
    expect(factors[5]).toBeGreaterThan(1)
    expect(factors[5]).toBeLessThan(factors[4] ?? 0)
    expect(factors[6]).toBe(0.5)
    expect(pricing.history().map(({ requests }) => requests)).toEqual([10, 10, 30, 30, 30, 30, 0])
    pricing.stop()
    expect(world.price).toBe(10)
  })

  test('hour and script multiply', () => {
    const { world, pricing } = engine({ hours: Array.from({ length: 24 }, (_, hour) => (hour < 6 ? 0.5 : 1)), script: [1, 2] })
    const prices = [0, 0, 4].map((hours) => {
      world.time += hours * 3_600_000
      pricing.step()
      return world.price
    })
    expect(prices).toEqual([5, 10, 10])
    pricing.stop()
  })

  test('moves the real prices while a request runs, which pays what it was promised; by /control', async () => {
    const key = await account()
    await control({ target: 'upstream', action: 'speed', tokensPerSecond: 60 })
    const running = askFor(key)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await control({ target: 'cheap', action: 'pricing', rules: { intervalMs: 60_000, script: [3] } })
    const before = promptOf('owl-mini') ?? 0
    await control({ target: 'cheap', action: 'pricingStep' })
    expect(promptOf('owl-mini')).toBeCloseTo(before * 3)
    await control({ target: 'upstream', action: 'speed', tokensPerSecond: 2000 })
    const first: unknown = await (await running).json()
    const second: unknown = await (await askFor(key)).json()
    expect(Number(at(second, 'cost', 'total_msats')) / Number(at(first, 'cost', 'total_msats'))).toBeCloseTo(3, 1)
    expect(await control({ target: 'cheap', action: 'pricingHistory' })).toMatchObject([{ script: 3, factor: 3 }])
  })
})

test('models come and go while the node runs; new ones follow the prices that hold', async () => {
  await control({ target: 'cheap', action: 'pricing', rules: { intervalMs: 60_000, script: [2] } })
  await control({ target: 'cheap', action: 'pricingStep' })
  await control({ target: 'cheap', action: 'addModel', upstreamId: 'acme/owl-next', name: 'Owl Next', promptSat: 0.01, completionSat: 0.02, aliasIds: ['owl-new'] })
  expect(promptOf('owl-next')).toBe(0.02)
  const key = await account()
  const answer = await askFor(key, 'hi', { model: 'owl-new' })
  expect([answer.status, textAt(await answer.json(), 'model')]).toEqual([200, 'acme/owl-next'])
  await control({ target: 'cheap', action: 'removeModel', model: 'owl-next' })
  expect((await askFor(key, 'hi', { model: 'owl-new' })).status).toBe(400)
  await control({ target: 'cheap', action: 'pricingOff' })
})

describe('several upstreams', () => {
  const use = (...names: { name: string; slots?: number }[]) => control({ target: 'cheap', action: 'upstreams', use: names })
  afterEach(async () => {
    await control({ target: 'upstream', action: 'speed', tokensPerSecond: 2000 })
    await control({ target: 'upstream', action: 'down', on: false })
    await use({ name: 'upstream' })
  })

  test('share the requests', async () => {
    await use({ name: 'upstream' }, { name: 'spareUpstream' })
    const key = await account()
    for (const answer of await Promise.all(Array.from({ length: 8 }, () => askFor(key)))) expect((await answer.json()) !== null && answer.status).toBe(200)
    // who has served less goes first: the new one gets at least its half
    expect(devnet.spareUpstream.requests.length).toBeGreaterThanOrEqual(4)
    expect(devnet.spareUpstream.requests.length).toBeLessThan(8)
    expect(await control({ target: 'cheap', action: 'upstreamState' })).toMatchObject({ upstreams: [{ running: 0, failed: 0 }, { running: 0, failed: 0 }], waiting: 0 })
  })

  test('one that is down is stood in for, and rests', async () => {
    await use({ name: 'upstream' }, { name: 'spareUpstream' })
    await control({ target: 'upstream', action: 'down', on: true })
    const key = await account()
    for (let turn = 0; turn < 8; turn++) expect((await askFor(key)).status).toBe(200)
    const [gone, standIn] = cheap().upstreams.state().upstreams
    expect(gone?.failed).toBeGreaterThan(0)
    expect(gone?.failed).toBeLessThan(8)
    expect(standIn?.failed).toBe(0)
  })

  test('that are full make requests wait in line; a reader that leaves gives its slot back', async () => {
    await use({ name: 'spareUpstream', slots: 1 })
    await control({ target: 'spareUpstream', action: 'speed', tokensPerSecond: 20 })
    const key = await account(400)
    const leaver = new AbortController()
    const body = JSON.stringify({ model: 'owl-mini', max_tokens: 400, stream: true, messages: [{ role: 'user', content: 'slow please' }] })
    await fetch(`${cheap().url}/v1/chat/completions`, { method: 'POST', headers: bearer(key), body, signal: leaver.signal })
    const waiting = [askFor(key), askFor(key)]
    await expect.poll(async () => at(await control({ target: 'cheap', action: 'upstreamState' }), 'waiting'), soon).toBe(2)
    await control({ target: 'spareUpstream', action: 'speed', tokensPerSecond: 2000 })
    leaver.abort()
    for (const answer of await Promise.all(waiting)) expect((await answer.json()) !== null && answer.status).toBe(200)
    expect(await control({ target: 'cheap', action: 'upstreamState' })).toMatchObject({ upstreams: [{ running: 0, slots: 1 }], waiting: 0 })
  })

  test('an answer that breaks in the middle, and a request that gives up in line, leave nothing behind', async () => {
    const pool = createUpstreamPool([{ url: 'http://one', key: '', slots: 1 }])
    const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('cut')) })
    const answer = await pool.ask(async () => ({ status: 200, headers: new Headers(), body: broken }), new AbortController().signal)
    await expect(answer.body.getReader().read()).rejects.toThrow('cut')
    await expect.poll(() => pool.state().upstreams[0]?.running, soon).toBe(0)
    const never = (): Promise<never> => new Promise(() => undefined)
    const left = new AbortController()
    void pool.ask(never, new AbortController().signal).catch(() => undefined)
    const inLine = pool.ask(never, left.signal)
    await expect.poll(() => pool.state().waiting, soon).toBe(1)
    left.abort()
    await expect(inLine).rejects.toThrow()
    expect([pool.state().waiting, pool.load()]).toEqual([0, 1])
  })
})
