import { describe, expect, test } from 'vitest'
import { msat } from '../../../src/domain/msat.ts'
import type { Offer } from '../../../src/domain/offer.ts'
import { daysUntil, marketOf, spendingLines, spendingOf, withUsage } from '../../../src/engine/spending.ts'
import { csvOf } from '../../../src/background/screens/csv.ts'
import { savedPhrase } from '../../../src/ui/options/activity/saved.ts'
import { barsOf, HEIGHT } from '../../../src/ui/options/activity/bars.ts'
import { receipt } from '../ui/preview/fixtures.ts'

const NOON = new Date(2026, 10, 20, 12).getTime()
const sheet = (promptSat: number) => ({ promptSat, completionSat: promptSat, maxPromptSat: 1, maxCompletionSat: 1, maxCostSat: 1 })
const priced = (name: string, sat: number) => {
  const model = { id: 'owl', name: 'owl', description: '', aliases: [], contextLength: null, topProvider: null, inputModalities: [], outputModalities: [], price: sheet(sat) }
  const offer: Offer = { providerId: name, providerUrl: name, providerName: name, mints: [], model, at: 0 }
  return { offer, requiredMsat: msat(sat * 1e6), expectedMsat: msat(sat * 1e5) }
}

describe('what others wanted', () => {
  test('the middle by price, of two the cheaper, and the dearest; nothing while one alone sells it', () => {
    expect(marketOf([priced('only', 1)])).toBeNull()
    expect(marketOf([priced('dear', 3), priced('cheap', 1)])).toMatchObject({ offers: 2, median: { providerName: 'cheap' }, dearest: { providerName: 'dear' } })
    expect(marketOf([priced('c', 3), priced('a', 1), priced('b', 2)])).toMatchObject({ offers: 3, median: { providerName: 'b' }, dearest: { providerName: 'c' } })
  })

  test('counted with the tokens that were used, by the sheets of then', () => {
    const market = marketOf([priced('a', 0.001), priced('b', 0.002), priced('c', 0.004)])
    if (market === null) throw new Error('three sell it')
    expect(withUsage(market, { promptTokens: 100, completionTokens: 50 })).toMatchObject({ median: { wouldCostMsat: 300 }, dearest: { wouldCostMsat: 600 } })
    expect(withUsage(market, { promptTokens: null, completionTokens: 50 })).toEqual(market)
  })
})

describe('sums', () => {
  const market = { offers: 2, median: { providerName: 'a', price: sheet(1), wouldCostMsat: msat(2000) }, dearest: { providerName: 'b', price: sheet(2), wouldCostMsat: msat(4000) } }
  const receipts = [
    receipt('1', { finishedAt: NOON, chargedMsat: msat(1000), market }),
    receipt('2', { finishedAt: NOON - 86_400_000, chargedMsat: msat(500), modelAsked: 'owl', providerName: 'Heron' }),
    receipt('3', { finishedAt: NOON, chargedMsat: null, market }),
    receipt('4', { finishedAt: NOON, chargedMsat: msat(0), state: 'failed', providerName: null }),
  ]

  test('per day, site, model and provider; what is not known yet is counted apart, what was not paid is nobody’s', () => {
    const sums = spendingOf(receipts, daysUntil(NOON, 3))
    expect(sums.days.map(({ chargedMsat, requests }) => [chargedMsat, requests])).toEqual([[0, 0], [500, 1], [1000, 2]])
    expect(sums).toMatchObject({ chargedMsat: 1500, requests: 4, open: 1, compared: { requests: 1, chargedMsat: 1000, atMedianMsat: 2000, atDearestMsat: 4000 } })
    expect(sums.providers.map(({ name, chargedMsat }) => [name, chargedMsat])).toEqual([['Sats & Silicon', 1000], ['Heron', 500]])
    expect(sums.models.map(({ name }) => name)).toEqual(['gpt-4o-mini', 'owl'])
    expect(spendingLines(receipts)).toHaveLength(3)
    expect(spendingLines(receipts)[0]).toMatchObject({ requests: 2, chargedMsat: 1000, atMedianMsat: 4000, promptTokens: 2408 })
  })

  test('days go by the calendar, also where one has 23 hours', () => {
    expect(daysUntil(new Date(2026, 2, 31, 1).getTime(), 4).map((day) => new Date(day).getDate())).toEqual([28, 29, 30, 31])
    for (const day of daysUntil(NOON, 90)) expect(new Date(day).getHours()).toBe(0)
  })

  test('bars, words and the file', () => {
    expect(barsOf([msat(0), msat(1), msat(1000)]).bars.map(({ height }) => height)).toEqual([0, 2, HEIGHT - 4])
    expect(savedPhrase(msat(1000), msat(4000), 'the median offer')).toBe('Saved 3\u202fsat (75 %) against the median offer.')
    expect(savedPhrase(msat(4000), msat(2000), 'the median offer')).toBe('Paid 2\u202fsat (100 %) more than the median offer.')
    expect(csvOf([{ name: '=1+1', n: 2 }], [['name', ({ name }) => name, 'foreign'], ['n', ({ n }) => n]])).toBe("name,n\r\n'=1+1,2\r\n")
  })
})
