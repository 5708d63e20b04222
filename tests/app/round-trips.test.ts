/**
 * What stands between the page and its first byte: requests to providers (P) and mints (M), counted while the page waits. A warm
 * request is one round trip, so is the first one with notes at hand; no mint is ever on the path while the ladder stands (design §3).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gate, isCheap } from './bent-network.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
  await stage.world.page().routstr.enable()
  await quiet()
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

/** Nothing is left to do in idle time. */
async function quiet(): Promise<void> {
  const { world } = stage
  await until(async () => {
    await world.app.wake()
    const busy = await world.database.operations.where('state').equals('requested').count()
    const prepared = await world.database.sessions.where('state').equals('prepared').count()
    return busy === 0 && prepared === 0
  }, 'nothing is left to do')
}

/** As `P` and `M`, in order, from the call until the head of the answer is at the page. */
async function onThePath(body: object, path = '/chat/completions'): Promise<{ readonly trips: string; readonly status: number; readonly response: Response }> {
  const { world, devnet } = stage
  const mints = [devnet.mint.url, devnet.otherMint.url]
  const before = world.traffic.length
  const response = await world.page().routstr.fetch(path, { method: 'POST', body: JSON.stringify(body) })
  // the account of a first request is read beside its answer: not before the request, and nobody waits for it
  const beside = (line: string): boolean => line.startsWith('GET ') && line.endsWith('/balance/info')
  const seen = world.traffic.slice(before).filter((line) => !beside(line))
  return { trips: seen.map((line) => (mints.some((url) => line.includes(url)) ? 'M' : 'P')).join(''), status: response.status, response }
}

const small = { ...ask(), max_tokens: 300 }
const stream = { ...small, stream: true }
const end = async ({ response }: { readonly response: Response }): Promise<void> => void (await response.text())

describe('round trips before the page has its first byte', () => {
  it.each([['a stream', stream], ['an answer that comes whole', small]])('%s: the first request with notes at hand is 1 P, a warm one 1 P', async (_, body) => {
    const cold = await onThePath(body)
    await end(cold)
    await quiet()
    const warm = await onThePath(body)
    await end(warm)
    expect([cold.trips, warm.trips]).toEqual(['P', 'P'])
    expect(stage.devnet.providers.cheap.requests.filter(({ method }) => method === 'POST').map(({ authorization }) => authorization)).toEqual(['cashu', 'sk'])
    await expectMoneyConserved(stage)
  })

  it('the first one fails, a session waits at the second: 2 P', async () => {
    const { cheap } = stage.devnet.providers
    cheap.down = true
    await end(await onThePath(stream))
    cheap.down = false
    stage.world.clock.skewMs += 16_000
    await quiet()
    cheap.fault('upstream-500', 1)
    const failed = await onThePath(stream)
    await end(failed)
    expect([failed.status, failed.trips]).toEqual([200, 'PP'])
    await expectMoneyConserved(stage)
  })

  it("the request's own 400: 1 P", async () => {
    stage.devnet.providers.cheap.fault('upstream-400', 1)
    const refused = await onThePath(small)
    await end(refused)
    expect([refused.status, refused.trips]).toEqual([400, 'P'])
    await expectMoneyConserved(stage)
  })

  it('what our own checks refuse: nothing', async () => {
    const refused = await onThePath({ messages: [] })
    expect([refused.status, refused.trips]).toEqual([400, ''])
  })

  it('an answer is handed over before anything is settled', async () => {
    const { world } = stage
    const held = gate()
    world.bend((url, go) => (isCheap(stage, url, '/balance/refund') || isCheap(stage, url, '/balance/info') ? held.passed.then(go) : null))
    await world.screen.call('settings.set', { sessionLife: 'request' })
    const whole = await onThePath(small)
    expect(await whole.response.json()).toMatchObject({ choices: [{ finish_reason: 'stop' }] })
    expect(whole.trips).toBe('P')
    held.open()
    world.bend(null)
    await expectMoneyConserved(stage)
  })

  it('fifteen in a row never meet the mint', async () => {
    const trips = new Set<string>()
    for (let n = 0; n < 15; n++) {
      const one = await onThePath(n % 2 === 0 ? stream : small)
      await end(one)
      trips.add(one.trips)
    }
    expect([...trips]).toEqual(['P'])
    await expectMoneyConserved(stage)
  })
})
