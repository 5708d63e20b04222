/** Ten thousand offers: counts of work, not times (those are in `npm run bench -- ranking`). */
import { expect, test } from 'vitest'
import { type Msat, msat } from '../../../src/domain/msat.ts'
import type { Known } from '../../../src/routing/known.ts'
import { PROFILE_WEIGHTS } from '../../../src/routing/known.ts'
import { traitsOf } from '../../../src/routing/losses.ts'
import { plan, type PlanContext, type PricedOffer } from '../../../src/routing/plan.ts'
import { ANYBODY, NO_NEED, priced, stranger } from './market.ts'

const OFFERS = Array.from({ length: 10_000 }, (_, n) => priced(`p${n}`, 1000 + ((n * 7919) % 9000)))
const experiences = new Map(OFFERS.map(({ offer }, n): [string, Known] => [offer.providerId, { ...stranger(), reliability: { good: n % 40, bad: n % 3 }, honesty: { good: n % 20, bad: 0 } }]))

function context(asked: string[] = []): PlanContext {
  return {
    balances: new Map<string, Msat>([['mint-a', msat(1_000_000)]]),
    known: ({ providerId }) => {
      asked.push(providerId)
      return experiences.get(providerId) ?? stranger()
    },
    ...{ coolingDown: () => false, sessionAt: () => msat(0), shareOf: () => 0, runningAt: () => 0, need: NO_NEED, bounds: ANYBODY, weights: PROFILE_WEIGHTS.price, random: () => 0 },
  }
}
const named = (offers: readonly PricedOffer[]): string[] => plan(offers, context()).candidates.map(({ offer }) => offer.providerId)

test('each is looked at once, two dozen become candidates, the others are counted', () => {
  const asked: string[] = []
  const { candidates, further, rejected } = plan(OFFERS, context(asked))
  expect(asked).toHaveLength(10_000)
  expect([candidates.length, further, rejected.length]).toEqual([24, 9_976, 0])
})

test('they are the best of all, in order: among themselves they come out the same', () => {
  const all = named(OFFERS)
  expect(named(OFFERS.filter(({ offer }) => all.includes(offer.providerId)))).toEqual(all)
})

test('experience is worked out once, as long as nothing new is known', () => {
  const known = stranger()
  expect(traitsOf(known)).toBe(traitsOf(known))
  expect(traitsOf({ ...known })).not.toBe(traitsOf(known))
})
