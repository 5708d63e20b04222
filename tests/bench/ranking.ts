/** Ten thousand offers for one request: filtered, weighed, drawn, with their reasons. */
import type { Measured } from '../../src/domain/audit.ts'
import { type Msat, msat } from '../../src/domain/msat.ts'
import { PROFILE_WEIGHTS } from '../../src/routing/known.ts'
import { plan } from '../../src/routing/plan.ts'
import { ANYBODY, NO_NEED, priced, stranger } from '../unit/routing/market.ts'
import { timed, type Topic } from './topic.ts'

const OFFERS = 10_000
const RUNS = 100

export const ranking: Topic = {
  name: 'ranking',
  workers: 1,
  limits: { '10 000 offers': { p95: 10 } },

  async measure() {
    const offers = Array.from({ length: OFFERS }, (_, n) => priced(`p${n}`, 1000 + ((n * 7919) % 9000)))
    const known = offers.map((_, n) => ({
      ...stranger(),
      reliability: { good: n % 40, bad: n % 3 },
      honesty: { good: n % 20, bad: 0 },
      firstTokenMs: measured(200 + (n % 900)),
      tokensPerSecond: measured(20 + (n % 100)),
    }))
    const byId = new Map(offers.map(({ offer }, n) => [offer.providerId, known[n] ?? stranger()]))
    const context = {
      balances: new Map<string, Msat>([['mint-a', msat(1_000_000)]]),
      coolingDown: () => false,
      sessionAt: () => msat(0),
      known: ({ providerId }: { readonly providerId: string }) => byId.get(providerId) ?? stranger(),
      shareOf: () => 0,
      runningAt: () => 0,
      need: NO_NEED,
      bounds: ANYBODY,
      weights: PROFILE_WEIGHTS.price,
      random: Math.random,
    }
    const times: number[] = []
    for (let run = 0; run < RUNS; run++) times.push(await timed(() => plan(offers, context)))
    return { '10 000 offers': times }
  },
}

function measured(typical: number): Measured {
  return { typical, spread: 0.3, count: 5 }
}
