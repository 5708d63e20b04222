import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { msat, type Msat } from '../../../src/domain/msat.ts'
import { PROFILE_WEIGHTS } from '../../../src/routing/known.ts'
import { plan, type PlanContext, type PricedOffer } from '../../../src/routing/plan.ts'
import { ANYBODY, NO_NEED, priced, stranger } from './market.ts'

interface Setup {
  balances?: Record<string, number>
  resting?: string[]
  sessions?: Record<string, number>
  random?: () => number
}

function context({ balances = { 'mint-a': 1_000_000 }, resting = [], sessions = {}, random = () => 0.5 }: Setup = {}): PlanContext {
  return {
    balances: new Map(Object.entries(balances).map(([mint, amount]): [string, Msat] => [mint, msat(amount)])),
    coolingDown: (id) => resting.includes(id),
    sessionAt: (id) => msat(sessions[id] ?? 0),
    known: stranger,
    shareOf: () => 0,
    runningAt: () => 0,
    need: NO_NEED,
    bounds: ANYBODY,
    weights: PROFILE_WEIGHTS.price,
    random,
  }
}

const names = (offers: PricedOffer[], setup?: Setup) => plan(offers, context(setup)).candidates.map(({ offer }) => offer.providerName)
const rejections = (offers: PricedOffer[], setup?: Setup) => plan(offers, context(setup)).rejected.map(({ offer, why }) => [offer.providerName, why])

describe('the order of providers', () => {
  test('the cheapest for this request first', () => {
    expect(names([priced('dear', 4900), priced('cheap', 1200), priced('middle', 2000)])).toEqual(['cheap', 'middle', 'dear'])
  })

  test('an open session that covers the request counts as a tenth cheaper', () => {
    const offers = [priced('cheap', 1000), priced('warm', 1050)]
    expect(names(offers, { sessions: { warm: 2100 } })).toEqual(['warm', 'cheap'])
    expect(names(offers, { sessions: { warm: 2099 } })).toEqual(['cheap', 'warm'])
    expect(names([priced('cheap', 1000), priced('warm', 1200)], { sessions: { warm: 5000 } })).toEqual(['cheap', 'warm'])
  })

  test('one that failed lately comes last, whatever it costs', () => {
    expect(names([priced('failed', 1), priced('dear', 4900)], { resting: ['failed'] })).toEqual(['dear', 'failed'])
  })

  test('the lot decides between equals', () => {
    const lots = [0.9, 0.1]
    expect(names([priced('one', 100), priced('two', 100)], { random: () => lots.shift() ?? 0 })).toEqual(['two', 'one'])
  })
})

describe('who can not be paid', () => {
  test('no mint in common, letter by letter', () => {
    expect(rejections([priced('slash', 10, { mints: ['mint-a/'] }), priced('none', 10, { mints: [] })])).toEqual([
      ['slash', 'no_common_mint'],
      ['none', 'no_common_mint'],
    ])
  })

  test('not enough at that mint, the session counted in', () => {
    const offers = [priced('p', 100, { required: 5000 })]
    expect(rejections(offers, { balances: { 'mint-a': 4999 } })).toEqual([['p', 'mint_balance']])
    expect(names(offers, { balances: { 'mint-a': 5000 } })).toEqual(['p'])
    expect(names(offers, { balances: { 'mint-a': 4000 }, sessions: { p: 1000 } })).toEqual(['p'])
    expect(names(offers, { balances: { 'mint-a': 0 }, sessions: { p: 5000 } })).toEqual(['p'])
    expect(rejections(offers, { balances: { 'mint-a': 3000, 'mint-b': 3000 } })).toEqual([['p', 'mint_balance']])
  })

  test('the provider’s first mint that covers the request pays', () => {
    const mintFor = (balances: Record<string, number>) =>
      plan([priced('p', 100, { required: 5000, mints: ['mint-a', 'mint-b'] })], context({ balances })).candidates[0]?.mint
    expect(mintFor({ 'mint-b': 9000, 'mint-a': 5000 })).toBe('mint-a')
    expect(mintFor({ 'mint-b': 9000, 'mint-a': 4999 })).toBe('mint-b')
  })
})

test('every choice says why, in one line', () => {
  const reasons = (offers: PricedOffer[], setup?: Setup) => plan(offers, context(setup)).candidates.map(({ reason }) => reason)
  const two = [priced('Heron Compute', 4900), priced('Owl', 1234)]
  expect(reasons(two)).toEqual(['cheapest of 2: about 1.2 sat here, 4.9 sat at Heron Compute', 'number 2 of 2: about 4.9 sat here, 1.2 sat at Owl'])
  expect(reasons(two, { resting: ['Owl'] })).toEqual([
    'cheapest that did not fail lately: about 4.9 sat here, 1.2 sat at Owl',
    'last resort, it failed lately: about 1.2 sat here, 4.9 sat at Heron Compute',
  ])
  expect(reasons([priced('Owl', 18)])).toEqual(['the only one that fits: about 0.018 sat here'])
  expect(reasons([priced('Owl', 128_400)], { resting: ['Owl'] })).toEqual(['the only one, although it failed lately: about 128 sat here'])
  expect(reasons([priced('Owl', 1000), priced('Heron', 1050)], { sessions: { Heron: 9000 } })[0]).toBe(
    'money is already there: about 1.1 sat here, 1 sat at Owl',
  )
})

describe('for any market', () => {
  const mint = fc.constantFrom('mint-a', 'mint-a/', 'mint-b', 'mint-c')
  const offers = fc
    .array(fc.tuple(fc.nat({ max: 9999 }), fc.nat({ max: 9999 }), fc.uniqueArray(mint, { maxLength: 3 })), { maxLength: 12 })
    .map((rows) => rows.map(([expected, required, mints], index) => priced(`p${index}`, expected, { required, mints })))
  const setup = fc.record({
    balances: fc.dictionary(mint, fc.nat({ max: 9999 })),
    resting: fc.array(fc.nat({ max: 11 }).map((index) => `p${index}`)),
    sessions: fc.dictionary(
      fc.nat({ max: 11 }).map((index) => `p${index}`),
      fc.nat({ max: 9999 }),
    ),
    random: fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })).map((stream) => () => stream.next().value),
  })

  test('every offer ends up exactly once, and only those that can be paid are candidates', () => {
    fc.assert(
      fc.property(offers, setup, (market, state) => {
        const { candidates, rejected } = plan(market, context(state))
        const all = [...candidates, ...rejected].map(({ offer }) => offer)
        expect(new Set(all)).toEqual(new Set(market.map(({ offer }) => offer)))
        expect(all).toHaveLength(market.length)
        for (const candidate of candidates) {
          expect(candidate.offer.mints).toContain(candidate.mint)
          expect(Object.keys(state.balances)).toContain(candidate.mint)
          expect((state.balances[candidate.mint] ?? 0) + (state.sessions[candidate.offer.providerId] ?? 0)).toBeGreaterThanOrEqual(candidate.requiredMsat)
          expect(candidate.reason).toMatch(/^[^\n]+$/)
        }
        const resting = candidates.map(({ offer }) => state.resting.includes(offer.providerId))
        expect(resting).toEqual(resting.toSorted((a, b) => Number(a) - Number(b)))
      }),
    )
  })
})
