/**
 * A thousand requests of twenty sites in ten waves of a hundred at once, against drawn limits, prices, failures and deaths of the
 * worker. What must hold: no limit is passed by one msat at any moment, no account is used after it was given back, every hold is
 * released or trued up, no money is missing. The seed is in the name; `SEED=… npm run test:node -- thousand` draws another one.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromSat, msat } from '../../src/domain/msat.ts'
import type { FaultKind } from '../devnet/provider/faults.ts'
import { createRandom } from '../faults/random.ts'
import { collect, expectMoneyConserved, openStage, type Stage } from './stage.ts'
import type { Page } from './world.ts'

const SEED = Number(process.env['SEED'] ?? 20_261_128)
const WAVES = 10
const SITES = Array.from({ length: 20 }, (_, n) => `https://site-${n}.example`)
const PER_SITE = 5

const FAULTS: readonly (readonly [FaultKind, { value?: number; path?: RegExp }])[] = [
  ['upstream-500', {}],
  ['upstream-dead', {}],
  ['upstream-400', {}],
  ['midstream-cut', {}],
  ['midstream-error', {}],
  ['no-usage', {}],
  ['drop-chat-response', {}],
  ['drop-create-response', {}],
  ['drop-refund-response', {}],
  ['refund-409', {}],
  ['refund-503', {}],
  ['slow-first-byte', { value: 60 }],
  ['html', { path: /chat/ }],
  ['status', { value: 402, path: /chat/ }],
]

let stage: Stage
const random = createRandom(SEED)
const between = (least: number, most: number): number => least + random.below(most - least + 1)
const limits = new Map<string, number>()
const passed: string[] = []

beforeAll(async () => {
  stage = await openStage({ devnet: { provider: { staleReservationMs: 5_000, sweepMs: 100 } }, world: { patience: { firstByteMs: 15_000, wholeAnswerMs: 15_000, totalMs: 60_000 } } })
  const { screen } = stage.world
  await screen.call('tokens.receive', { token: await stage.devnet.faucet(20_000), trustMint: false })
  await screen.call('settings.set', { floatSat: 2_000, fuseSatPerMinute: 100_000 })
  for (const origin of SITES) {
    const limitMsat = fromSat(between(8, 60))
    limits.set(origin, limitMsat)
    await screen.call('sites.setGrant', { origin, terms: { period: 'day', limitMsat, maxPerRequestMsat: msat(Math.min(limitMsat, fromSat(between(4, 30)))) } })
  }
}, 180_000)
afterAll(() => stage.stop())

describe(`a thousand requests, seed ${SEED}`, () => {
  const outcomes = new Map<string, number>()

  it.each(Array.from({ length: WAVES }, (_, wave) => wave))(
    'wave %i',
    async (wave) => {
      drawWeather()
      const deaths = between(0, 9) < 4 ? 1 : 0
      let over = false
      const watching = (async () => {
        while (!over) {
          await noLimitPassed()
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
      })()
      // the tabs of these pages die with the worker: nobody tells them how their requests ended
      const gone = stage.world.died.then(() => new Promise<string>((resolve) => setTimeout(() => resolve('gone'), 500)))
      const pages = SITES.map((origin) => stage.world.page(origin))
      const answers = pages.flatMap((page) => Array.from({ length: PER_SITE }, () => Promise.race([ask(page), gone])))
      if (deaths > 0) stage.world.dieAt(between(20, 120), random.pick(['before', 'after'] as const))
      const all = Promise.all(answers)
      if (deaths > 0) {
        // a wave with many refusals may not send so many requests
        await Promise.race([stage.world.died, all])
        await stage.restart()
      }
      for (const outcome of await all) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      over = true
      await watching
      for (const page of pages) page.close()
      if (wave % 3 === 2) await stage.world.screen.call('sessions.bringHome', {})
      expect(passed).toEqual([])
    },
  )

  it('adds up', async () => {
    const { cheap, dear } = stage.devnet.providers
    for (const provider of [cheap, dear]) provider.clearFaults()
    await stage.restart()
    const ledger = await expectMoneyConserved(stage, { booksOfProviders: false })
    // less than one sat at each account is never given back, and no earning of theirs until they are asked for it
    const books = [cheap.books(), dear.books()]
    expect(ledger.spentMsat).toBe(books.reduce((sum, { earnedMsat, forfeitedMsat, balancesMsat }) => sum + earnedMsat + forfeitedMsat + balancesMsat, 0))
    for (const { accounts } of [cheap, dear]) expect(accounts.list().filter(({ balanceMsat }) => balanceMsat > 999)).toEqual([])
    await noLimitPassed()
    expect(passed).toEqual([])
    // the weather was neither fair nor the end of the world
    expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).toBe(WAVES * SITES.length * PER_SITE)
    expect(outcomes.get('answered')).toBeGreaterThan(100)
    expect(outcomes.size).toBeGreaterThan(3)
    for (const { requests } of [cheap, dear]) expect(usedAfterRefund(requests)).toEqual([])
  }, 180_000)
})

function drawWeather(): void {
  for (const provider of [stage.devnet.providers.cheap, stage.devnet.providers.dear]) {
    provider.clearFaults()
    for (const { id, promptSat, completionSat } of provider.models()) {
      const factor = between(80, 125) / 100
      provider.setPrices(id, { promptSat: promptSat * factor, completionSat: completionSat * factor })
    }
    for (let n = between(0, 4); n > 0; n--) {
      const [kind, options] = random.pick(FAULTS)
      provider.fault(kind, between(1, 6), options)
    }
  }
}

/** One request to its end, in one word. */
async function ask({ routstr }: Page): Promise<string> {
  const maxTokens = between(20, 300)
  const tokens = between(0, maxTokens)
  const content = `[[usage:${between(5, 60)},${tokens}]] [[words:${Math.ceil(tokens / 2)}]] Why?`
  const body = { model: 'owl-mini', max_tokens: maxTokens, messages: [{ role: 'user' as const, content }] }
  const options = { headers: { 'x-routstr-prompt': 'none' } }
  try {
    if (between(0, 1) === 0) await collect(await routstr.chat.completions.create({ ...body, stream: true }, options))
    else await routstr.chat.completions.create(body, options)
    return 'answered'
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'broken'
  }
}

/** What is set aside and what is spent of each site's limit, from the rows. */
async function noLimitPassed(): Promise<void> {
  const holds = await stage.world.database.holds.toArray().catch(() => [])
  for (const [origin, rows] of Map.groupBy(holds, (hold) => hold.origin)) {
    const taken = rows.reduce((sum, { state, amountMsat, chargedMsat }) => sum + (state === 'held' ? amountMsat : state === 'charged' ? chargedMsat : 0), 0)
    if (taken > (limits.get(origin) ?? 0)) passed.push(`${origin}: ${taken} of ${limits.get(origin)} msat`)
  }
}

/** Keys that bought an answer after they were given back for the first time. */
function usedAfterRefund(requests: Stage['devnet']['providers']['cheap']['requests']): string[] {
  const given = new Set<string>()
  return requests.flatMap(({ path, headers }) => {
    const key = headers.authorization ?? ''
    if (path.endsWith('/balance/refund')) given.add(key)
    return path.includes('/chat/') && given.has(key) ? [`${key.slice(0, 20)}…`] : []
  })
}
