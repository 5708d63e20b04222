import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedNames, parseModels, parseNodeInfo, resolveModel, sameModel } from '../../../src/protocol/catalogue.ts'
import { aliasesOf } from '../../../src/protocol/model-names.ts'
import { aModel, recorded } from './recorded.ts'

const model = (id: string, others: string[] = [], changes = {}) => aModel({ id, aliases: aliasesOf(id, others), ...changes })

describe('/v1/info', () => {
  test('as recorded', () => {
    expect(parseNodeInfo(recorded('info').body)).toEqual({
      name: 'Local Node',
      about: 'test node',
      version: '0.4.5-local',
      npub: null,
      mints: ['http://127.0.0.1:3338'],
    })
  })

  test('mint strings stay exactly as written, slash and all; what is no address is left out', () => {
    expect(parseNodeInfo('{"mints":["https://m.x/Bitcoin/","nonsense",7]}')?.mints).toEqual(['https://m.x/Bitcoin/'])
  })

  test('an empty list means the node’s silent default', () => {
    expect(parseNodeInfo('{"mints":[]}')?.mints).toEqual(['https://mint.minibits.cash/Bitcoin'])
  })

  test('a name can not turn the screen around or fill it', () => {
    expect(parseNodeInfo(JSON.stringify({ name: `\u202eevil\n${'x'.repeat(200)}`, mints: [] }))?.name).toBe(`evil ${'x'.repeat(75)}`)
  })

  test.each([
    ['HTML', '<html>'],
    ['nothing', ''],
    ['a list', '[]'],
    ['no mints', '{"name":"x"}'],
    ['too long', `{"mints":[],"name":"${'x'.repeat(300_000)}"}`],
  ])('%s is no node', (_what, body) => {
    expect(parseNodeInfo(body)).toBeNull()
  })
})

describe('/v1/models', () => {
  test('as recorded', () => {
    const models = parseModels(recorded('models').body)
    expect(models.map(({ id }) => id)).toEqual(['tiny-chat', 'gpt-stub', 'stub-embed'])
    expect(models[0]).toEqual({
      id: 'tiny-chat',
      name: 'Tiny Chat',
      description: 'Tiny Chat via stub',
      aliases: [],
      contextLength: 8192,
      satPerUsd: 1000,
      topProvider: { contextLength: 8192, maxCompletionTokens: 4096 },
      inputModalities: ['text'],
      outputModalities: ['text'],
      price: {
        promptSat: 0.000525,
        completionSat: 0.0015750000000000002,
        maxPromptSat: 4.3008,
        maxCompletionSat: 6.451200000000001,
        maxCostSat: 8.601600000000001,
      },
    })
  })

  const pricing = { prompt: 0.1, completion: 0.2, max_cost: 5 }
  const entry = (changes: object) => ({ id: 'x', sats_pricing: pricing, ...changes })
  const parse = (...entries: unknown[]) => parseModels(JSON.stringify({ data: entries }))

  test('a bad entry is left out, never the whole list', () => {
    const bad = [null, 7, {}, { id: 7 }, { id: '' }, { id: 'x'.repeat(257) }, { id: 'a\nb' }]
    expect(parse(...bad, entry({ id: 'good' })).map(({ id }) => id)).toEqual(['good'])
  })

  test.each([
    ['no price now', { sats_pricing: null }],
    ['disabled', { enabled: false }],
    ['a negative price', { sats_pricing: { ...pricing, prompt: -1 } }],
    ['a price as text', { sats_pricing: { ...pricing, prompt: '0.1' } }],
    ['an absurd price', { sats_pricing: { ...pricing, completion: 1e300 } }],
    ['no max_cost', { sats_pricing: { prompt: 0.1, completion: 0.2 } }],
  ])('%s: listed, but without a price', (_what, changes) => {
    expect(parse(entry(changes))).toMatchObject([{ id: 'x', price: null }])
  })

  test('odd details do not cost the entry', () => {
    expect(parse(entry({ name: 7, context_length: 'many', architecture: null, top_provider: 'x', alias_ids: 7, description: null }))).toMatchObject([
      { id: 'x', name: 'x', contextLength: null, topProvider: null, inputModalities: [], aliases: [], price: { promptSat: 0.1 } },
    ])
  })

  test('an id listed twice counts once', () => {
    expect(parse(entry({ name: 'first' }), entry({ name: 'second' })).map(({ name }) => name)).toEqual(['first'])
  })

  test.each([
    ['HTML', '<html>'],
    ['no data', '{}'],
    ['data no list', '{"data":{}}'],
    ['too long', `{"data":[${' '.repeat(8 * 1024 * 1024)}]}`],
  ])('%s gives no models', (_what, body) => {
    expect(parseModels(body)).toEqual([])
  })
})

describe('names of a model', () => {
  test('every name the node would resolve', () => {
    const names = acceptedNames(model('Owl-Mini-2026-05-01', ['acme/Owl-Mini', 'small-owl', 'forwarded/owl-x-2026-01-02']))
    expect([...names].sort()).toEqual([
      'acme/owl-mini',
      'forwarded/owl-x',
      'forwarded/owl-x-2026-01-02',
      'owl-mini',
      'owl-mini-2026-05-01',
      'owl-x',
      'owl-x-2026-01-02',
      'small-owl',
    ])
  })

  const same: [string, string[], string][] = [
    ['owl-mini', [], 'owl-mini'],
    ['owl-mini', [], 'OWL-Mini'],
    ['owl-mini', [], 'acme/owl-mini'],
    ['owl-mini', [], 'owl-mini-2026-05-01'],
    ['owl-mini', [], 'acme/owl-mini-2026-05-01'],
    ['owl-mini', [], 'owl-mini-20260501'],
    ['owl-mini-2026-05-01', [], 'owl-mini'],
    ['owl-mini-2026-05-01', [], 'acme/owl-mini-2026-05-01'],
    ['acme/owl-mini-2026-05-01', [], 'owl-mini'],
    ['acme/owl-mini-2026-05-01', [], 'owl-mini-2026-05-01'],
    ['x1', ['acme/owl-mini'], 'owl-mini'],
    ['owl-mini', ['acme/owl-mini-2026-05-01'], 'owl-mini-2026-05-01'],
  ]
  test.each(same)('%s (also %j) is %s', (id, others, asked) => {
    expect(sameModel(model(id, others), asked)).toBe(true)
  })

  const different: [string, string[], string][] = [
    ['gpt-4o-mini', [], 'gpt-4o'],
    ['gpt-4o', [], 'gpt-4o-mini'],
    ['gpt-4o-2024-05-13', [], 'gpt-4o-2024-08-06'],
    ['gpt-4o-2024-05-13', ['openai/gpt-4o'], 'gpt-4o-2024-08-06'],
    ['gpt-4o', ['openai/gpt-4o-2024-05-13'], 'gpt-4o-2024-08-06'],
    ['gpt-4o', [], 'gpt-4'],
    ['owl:free', [], 'owl'],
    ['owl', [], ''],
    ['owl/', [], ''],
  ]
  test.each(different)('%s (also %j) is not %s', (id, others, asked) => {
    expect(sameModel(model(id, others), asked)).toBe(false)
  })

  test('the exact listed id first, then the closer name, then the lower price', () => {
    const price = (sat: number) => ({ price: { promptSat: sat, completionSat: sat, maxPromptSat: 1, maxCompletionSat: 1, maxCostSat: 1 } })
    const dated = model('gpt-4o-2024-05-13', [], price(1))
    const newer = model('gpt-4o-2024-08-06', [], price(2))
    const plain = model('gpt-4o', [], price(9))
    const mini = model('gpt-4o-mini', ['gpt-4o-mini-2024-07-18'], price(0.1))
    expect(resolveModel([mini, dated, newer, plain], 'gpt-4o')).toBe(plain)
    expect(resolveModel([mini, dated, newer, plain], 'openai/gpt-4o-2024-08-06')).toBe(newer)
    expect(resolveModel([mini, newer, dated], 'gpt-4o')).toBe(dated)
    expect(resolveModel([mini, dated, plain], 'gpt-4o-2024-08-06')).toBe(plain)
    expect(resolveModel([mini], 'gpt-4o')).toBeNull()
  })

  const part = fc.constantFrom('owl', 'owl-mini', 'gpt-4o', 'GPT-4o')
  const anyName = fc
    .tuple(fc.constantFrom('', 'acme/', 'Beta/'), part, fc.constantFrom('', '-2026-05-01', '-2026-08-01', '-20260501'))
    .map((pieces) => pieces.join(''))

  test('a model answers to its own names in any case, and what is found is the same model', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyName, fc.array(anyName, { maxLength: 2 })), { maxLength: 6 }), anyName, (listed, asked) => {
        const models = listed.map(([id, others]) => model(id, others))
        for (const one of models) for (const name of acceptedNames(one)) expect(sameModel(one, name.toUpperCase())).toBe(true)
        const found = resolveModel(models, asked)
        expect(found !== null).toBe(models.some((one) => sameModel(one, asked)))
        if (found !== null) expect(sameModel(found, asked)).toBe(true)
        const exact = models.find(({ id }) => id === asked)
        if (exact !== undefined) expect(found?.id).toBe(asked)
      }),
    )
  })
})
