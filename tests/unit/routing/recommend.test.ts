import { describe, expect, test } from 'vitest'
import { NO_ODDS } from '../../../src/domain/audit.ts'
import { msat } from '../../../src/domain/msat.ts'
import type { Model } from '../../../src/domain/offer.ts'
import type { Known } from '../../../src/routing/known.ts'
import { canDo, isAsGood, recommend, type Sold } from '../../../src/routing/recommend.ts'

const STRANGER: Known = { reliability: NO_ODDS, recent: NO_ODDS, honesty: NO_ODDS, authenticity: NO_ODDS, firstTokenMs: null, tokensPerSecond: null, charged: null, trust: 0.5, hops: null }

function model(id: string, changes: Partial<Model> = {}): Model {
  return { id, name: id, description: '', aliases: [], contextLength: 8192, topProvider: null, inputModalities: ['text'], outputModalities: ['text'], price: null, ...changes }
}

function sold(id: string, typical: number, changes: Partial<Model> = {}, known: Partial<Known> | null = {}): Sold {
  const offer = { providerId: 'p', providerUrl: 'https://p.example', providerName: 'P', mints: [], model: model(id, changes), at: 0 }
  return { id, offers: [{ offer, typicalMsat: msat(typical), known: known === null ? null : { ...STRANGER, ...known } }] }
}

const names = (task: Parameters<typeof recommend>[0], models: Sold[]) => recommend(task, models).map(({ model: name }) => name)

describe('who can do it', () => {
  test.each([
    ['chat', model('plain'), true],
    ['chat', model('text-embed-3'), false],
    ['chat', model('painter', { outputModalities: ['image'] }), false],
    ['vision', model('plain'), false],
    ['vision', model('seer', { inputModalities: ['text', 'image'] }), true],
    ['long_context', model('plain'), false],
    ['long_context', model('patient', { contextLength: 128_000 }), true],
    ['embedding', model('text-embed-3'), true],
    ['embedding', model('vectors', { outputModalities: ['embeddings'] }), true],
    ['embedding', model('embedded-poet', { description: 'Writes verses' }), false],
  ] as const)('%s: %o', (task, one, can) => expect(canDo(one, task)).toBe(can))
})

describe('the order', () => {
  test('among equals the cheaper one, and the reason says so', () => {
    const [first] = recommend('chat', [sold('dear', 2000), sold('cheap', 1000)])
    expect(first).toMatchObject({ model: 'cheap', reasons: ['about 1 sat for a usual question, the cheapest of 2', 'context of 8,192 tokens', 'not used here yet'] })
  })

  test('a little dearer and able to do much more comes first', () => {
    expect(names('chat', [sold('plain', 1000), sold('able', 1100, { contextLength: 128_000, parameters: ['tools', 'response_format'] })])).toEqual(['able', 'plain'])
  })

  test('who failed here, answered as another or lied about money comes after a dearer one that did not', () => {
    const good = sold('good', 1300, {}, { reliability: { good: 20, bad: 0 } })
    expect(names('chat', [sold('failing', 1000, {}, { reliability: { good: 10, bad: 10 } }), good])).toEqual(['good', 'failing'])
    expect(names('chat', [sold('false', 1000, {}, { authenticity: { good: 2, bad: 10 } }), good])).toEqual(['good', 'false'])
    expect(recommend('chat', [good])[0]?.reasons).toContain('100 % of its answers here came whole')
  })

  test('for code, one that says it is made for it', () => {
    expect(names('code', [sold('plain', 1000), sold('smith', 1400, { description: 'Made for programming' })])).toEqual(['smith', 'plain'])
    expect(names('chat', [sold('plain', 1000), sold('smith', 1400, { description: 'Made for programming' })])).toEqual(['plain', 'smith'])
  })

  test('without own experience nothing of it is said or counted', () => {
    const [first] = recommend('chat', [sold('failing', 1000, {}, null), sold('good', 1300, {}, null)])
    expect(first).toMatchObject({ model: 'failing', reasons: [expect.stringContaining('about 1 sat'), expect.stringContaining('context')] })
  })
})

describe('as good', () => {
  const able = { inputModalities: ['text', 'image'], parameters: ['tools'], contextLength: 32_000 }
  test.each([
    ['the same', able, {}, true],
    ['a longer context', { ...able, contextLength: 64_000 }, {}, true],
    ['a shorter one', { ...able, contextLength: 16_000 }, {}, false],
    ['no pictures', { ...able, inputModalities: ['text'] }, {}, false],
    ['no tools', { ...able, parameters: [] }, {}, false],
    ['vectors instead of words', { ...able, outputModalities: ['embeddings'] }, {}, false],
    ['failed here', able, { reliability: { good: 2, bad: 20 } }, false],
    ['answered as another', able, { authenticity: { good: 0, bad: 9 } }, false],
  ] as const)('%s', (_, changes, known, good) => {
    const proven = { ...STRANGER, reliability: { good: 20, bad: 0 } }
    expect(isAsGood(model('other', changes), { ...proven, ...known }, model('asked', able), proven)).toBe(good)
  })
})
