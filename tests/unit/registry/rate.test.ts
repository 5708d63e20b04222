/** What a dollar is worth, from price lists. */
import { describe, expect, it } from 'vitest'
import type { Model } from '../../../src/domain/offer.ts'
import { parseModels } from '../../../src/protocol/catalogue.ts'
import { rateOf } from '../../../src/registry/rate.ts'

const NOW = 1_800_000_000_000
const model = (satPerUsd?: number): Model => ({
  id: 'm',
  name: 'm',
  description: '',
  aliases: [],
  contextLength: null,
  topProvider: null,
  inputModalities: [],
  outputModalities: [],
  price: null,
  ...(satPerUsd === undefined ? {} : { satPerUsd }),
})
const list = (rates: readonly (number | undefined)[], at = NOW) => ({ models: rates.map(model), at })

describe('the rate', () => {
  it('is the middle of the providers, each the middle of its models', () => {
    expect(rateOf([list([1000, 1001, 5000, undefined]), list([1010], NOW - 5), list([990])], NOW)).toEqual({ msatPerUsd: 1_000_000 + 1000, at: NOW })
  })
  it('ignores whoever is more than a fifth away, and old lists', () => {
    expect(rateOf([list([1000]), list([1100]), list([1300], NOW + 9), list([1])], NOW)).toEqual({ msatPerUsd: 1_000_000, at: NOW })
    expect(rateOf([list([1000], NOW - 25 * 3_600_000)], NOW)).toBeNull()
  })
  it('is not known when nobody says', () => {
    expect(rateOf([], NOW)).toBeNull()
    expect(rateOf([list([undefined])], NOW)).toBeNull()
  })
  it('comes from the two price sheets of a model', () => {
    const entry = { id: 'owl', pricing: { prompt: 0.000001, completion: 0.000004 }, sats_pricing: { prompt: 0.001, completion: 0.004, max_cost: 3 } }
    const parse = (change: object) => parseModels(JSON.stringify({ data: [{ ...entry, ...change }] }))[0]?.satPerUsd
    expect(parse({})).toBeCloseTo(1000)
    expect(parse({ pricing: { prompt: 0.000001, completion: 0 } })).toBeCloseTo(1000)
    expect(parse({ pricing: { prompt: 0, completion: 0 } })).toBeUndefined()
    expect(parse({ pricing: { prompt: 'free', completion: -1 } })).toBeUndefined()
    expect(parse({ sats_pricing: null })).toBeUndefined()
  })
})
