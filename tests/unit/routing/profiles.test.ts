import { expect, test } from 'vitest'
import type { Profile, Weights } from '../../../src/domain/choosing.ts'
import { msat, type Msat } from '../../../src/domain/msat.ts'
import { type Known, PROFILE_WEIGHTS } from '../../../src/routing/known.ts'
import { plan, type PlanContext } from '../../../src/routing/plan.ts'
import { ANYBODY, NO_NEED, priced, stranger } from './market.ts'

const many = { good: 200, bad: 1 }
const measured = (typical: number) => ({ typical, spread: 0.2, count: 100 })
const proven: Known = {
  ...stranger(),
  reliability: many,
  honesty: many,
  authenticity: many,
  firstTokenMs: measured(900),
  tokensPerSecond: measured(45),
  trust: 0.6,
}
const MARKET: Record<string, { price: number; known: Known }> = {
  cheap: { price: 1000, known: { ...proven, authenticity: { good: 120, bad: 80 } } },
  fast: { price: 1900, known: { ...proven, firstTokenMs: measured(200), tokensPerSecond: measured(200), authenticity: { good: 150, bad: 50 } } },
  trusted: { price: 1700, known: { ...proven, trust: 0.95, authenticity: { good: 150, bad: 50 } } },
  true: { price: 1800, known: { ...proven, authenticity: { good: 400, bad: 0 } } },
}

function context(weights: Weights, changes: Partial<PlanContext> = {}): PlanContext {
  return {
    balances: new Map<string, Msat>([['mint-a', msat(1_000_000)]]),
    coolingDown: () => false,
    sessionAt: () => msat(0),
    known: ({ providerId }) => MARKET[providerId]?.known ?? proven,
    shareOf: () => 0,
    runningAt: () => 0,
    need: NO_NEED,
    bounds: ANYBODY,
    weights,
    random: () => 0,
    ...changes,
  }
}

const offers = Object.entries(MARKET).map(([name, { price }]) => priced(name, price))
const first = (weights: Weights) => plan(offers, context(weights)).candidates[0]

test.each<[Exclude<Profile, 'own'>, string, RegExp]>([
  ['price', 'cheap', /^cheapest of 4: about 1 sat here/],
  ['speed', 'fast', /^fastest of 4: about 1.9 sat here, 1 sat at cheap$/],
  ['trust', 'trusted', /^most trusted of 4: /],
  ['quality', 'true', /^truest to its models of 4: /],
])('the profile %s chooses the one that is %s, and says why', (profile, name, why) => {
  const chosen = first(PROFILE_WEIGHTS[profile])
  expect(chosen?.offer.providerName).toBe(name)
  expect(chosen?.reason).toMatch(why)
})

test('own weights: only their ratio counts, all zero means price', () => {
  const none = { price: 0, speed: 0, reliability: 0, honesty: 0, trust: 0, quality: 0 }
  expect(first({ ...none, speed: 3 })?.offer.providerName).toBe('fast')
  expect(first({ ...none, speed: 10 })?.offer.providerName).toBe('fast')
  expect(first(none)?.offer.providerName).toBe('cheap')
})

test('three lucky answers do not beat three hundred good ones', () => {
  const records: Record<string, Known> = {
    lucky: { ...proven, reliability: { good: 3, bad: 0 } },
    proven: { ...proven, reliability: { good: 299, bad: 1 } },
  }
  const weights = { price: 0, speed: 0, reliability: 1, honesty: 0, trust: 0, quality: 0 }
  const drawn = Array.from({ length: 200 }, (_, turn) => {
    const planned = plan(
      [priced('lucky', 1000), priced('proven', 1000)],
      context(weights, { known: ({ providerId }) => records[providerId] ?? proven, random: () => turn / 200 }),
    )
    return planned.candidates[0]?.offer.providerName
  })
  // it gets to show what it can, and no more
  expect(drawn.filter((name) => name === 'lucky').length).toBeLessThanOrEqual(10)
})

test('who is charged more than the price list says is as dear as that', () => {
  const liar: Known = { ...proven, charged: { typical: 2, spread: 0.05, count: 6 } }
  const planned = plan([priced('liar', 1000), priced('honest', 1400)], context(PROFILE_WEIGHTS.price, { known: ({ providerId }) => (providerId === 'liar' ? liar : proven) }))
  expect(planned.candidates[0]).toMatchObject({ offer: { providerName: 'honest' }, reason: 'cheapest by what it really charges: about 1.4 sat here, 1 sat at liar' })
})

test('the load is spread over equals, a session there or not', () => {
  const equals = ['a', 'b', 'c', 'd'].map((name) => priced(name, 1000))
  let seed = 7
  const random = () => {
    seed = (seed * 16807) % 2147483647
    return seed / 2147483647
  }
  const counts = new Map<string, number>()
  let shares = new Map<string, number>()
  for (let turn = 0; turn < 2000; turn++) {
    const planned = plan(equals, context(PROFILE_WEIGHTS.price, { known: () => proven, random, shareOf: (id) => shares.get(id) ?? 0, sessionAt: () => msat(turn % 2 === 0 ? 2000 : 0) }))
    const name = planned.candidates[0]?.offer.providerName ?? ''
    counts.set(name, (counts.get(name) ?? 0) + 1)
    shares = new Map([...shares].map(([id, share]) => [id, share * 0.95]))
    shares.set(name, (shares.get(name) ?? 0) + 0.05)
  }
  expect(Math.max(...counts.values()) / 2000).toBeLessThan(0.4)
  expect(Math.min(...counts.values()) / 2000).toBeGreaterThan(0.15)
})

test('ten thousand offers: no more than anybody would try come back, the best of all among them', () => {
  const market = Array.from({ length: 10_000 }, (_, n) => priced(`p${n}`, 1000 + ((n * 7919) % 10_000)))
  const { candidates, further, rejected } = plan(market, context(PROFILE_WEIGHTS.price, { known: () => proven }))
  expect(candidates).toHaveLength(24)
  expect(candidates.length + further + rejected.length).toBe(10_000)
  expect(candidates[0]?.expectedMsat).toBe(1000)
  expect(candidates.map(({ expectedMsat }) => expectedMsat)).toEqual(candidates.map(({ expectedMsat }) => expectedMsat).toSorted((a, b) => a - b))
})
