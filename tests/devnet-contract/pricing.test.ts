/** The node's formulas against its recorded numbers (routstr-node.md §4.2, §6.1, §11). */
import { describe, expect, test } from 'vitest'
import { accountKey, sha256Hex } from '../devnet/provider/accounts.ts'
import { costOf } from '../devnet/provider/cost.ts'
import { createCatalogue } from '../devnet/provider/models.ts'
import { requiredMsat } from '../devnet/provider/required.ts'
import { must, recordedJson, recordedModels } from './recorded.ts'

const rules = { satUsd: 0.001, providerFee: 1.05 }
const catalogue = createCatalogue(recordedModels, rules)
const entry = (name: string) => {
  const found = catalogue.resolve(name)
  if (!found) throw new Error(name)
  return found.entry
}
const hi = { messages: [{ role: 'user', content: 'hi' }] }

test('prices in USD per million become the recorded catalogue, bit for bit', () => {
  expect({ data: catalogue.models().map((model) => model.entry) }).toEqual(recordedJson('models'))
})

describe('required amount', () => {
  test.each([
    ['tiny-chat', hi, 6387],
    ['tiny-chat', { ...hi, max_tokens: 10 }, 17],
    ['tiny-chat', { input: 'hi', max_output_tokens: 10 }, 8515],
    ['gpt-stub', hi, 1_995_840],
    ['gpt-stub', { ...hi, max_tokens: 1000 }, 31_500],
    ['gpt-stub', { messages: [{ role: 'user', content: 'ten chars!' }], max_tokens: 1000 }, 31_532],
    ['tiny-chat', { ...hi, max_completion_tokens: 10 }, 6387],
  ])('%s %j → %i msat', (model, body, expected) => {
    expect(requiredMsat(entry(model), body)).toBe(expected)
  })

  test('characters are code points and are floored once for all messages', () => {
    const two = { messages: [{ content: '😀😀' }, { content: [{ type: 'text', text: '😀' }] }] }
    expect(requiredMsat(entry('gpt-stub'), two)).toBe(requiredMsat(entry('gpt-stub'), { messages: [{ content: 'abc' }] }))
  })

  test('a picture counts by its tiles, an unreadable one 85', () => {
    const withImage = (url: string, detail?: string) => ({ messages: [{ content: [{ type: 'image_url', image_url: { url, ...(detail ? { detail } : {}) } }] }] })
    const png = Buffer.alloc(24)
    png.writeUInt32BE(0x89504e47, 0)
    png.writeUInt32BE(2048, 16)
    png.writeUInt32BE(1024, 20)
    const tokens = (body: Record<string, unknown>): number => Math.round((requiredMsat(entry('gpt-stub'), body) - requiredMsat(entry('gpt-stub'), { messages: [{ content: '' }] })) / 10.5)
    // 2048×1024 is scaled to 768×384: two tiles
    expect(tokens(withImage(`data:image/png;base64,${png.toString('base64')}`))).toBe(85 + 340)
    expect(tokens(withImage('data:image/png;base64,AAAA'))).toBe(255)
    expect(tokens(withImage('https://example.com/a.png'))).toBe(85)
    expect(tokens(withImage('data:image/png;base64,AAAA', 'low'))).toBe(85)
  })

  test('without a price feed one sat', () => {
    expect(requiredMsat({ ...entry('gpt-stub'), sats_pricing: null }, hi)).toBe(1000)
  })
})

describe('cost', () => {
  const cost = (usage: unknown, overcharge = 1) => costOf(usage, entry('tiny-chat'), 6387, { ...rules, overcharge })
  test('12 and 7 tokens cost 18 = 7 + 11 msat', () => {
    expect(cost({ prompt_tokens: 12, completion_tokens: 7 })).toMatchObject({ total_msats: 18, input_msats: 7, output_msats: 11, total_usd: 1.8e-5 })
  })
  test('no usage costs nothing', () => expect(cost(undefined).total_msats).toBe(0))
  test('the upstream’s price in USD is authoritative, with the provider fee', () => {
    expect(cost({ prompt_tokens: 12, completion_tokens: 7, cost: 0.001 }).total_msats).toBe(1050)
  })
  test('a rate of zero charges the whole required amount', () => {
    const free = { ...entry('tiny-chat'), sats_pricing: { ...entry('tiny-chat').pricing, prompt: 0.001, completion: 0 } }
    expect(costOf({ prompt_tokens: 1, completion_tokens: 1 }, free, 6387, { ...rules, overcharge: 1 })).toMatchObject({ base_msats: 6387, total_msats: 6387, input_msats: 0 })
  })
  test('a dishonest node multiplies', () => expect(cost({ prompt_tokens: 12, completion_tokens: 7 }, 3).total_msats).toBe(54))
})

test('account keys and history ids follow the test vectors of §11', () => {
  expect(accountKey('cashuBexample')).toBe('sk-ed9907a65597702c00a485910524a53abc0476c31488879e50a8217e006bd54d')
  expect(sha256Hex('in\0cashuBexample')).toBe('b5571c28a69f785d6a321d5820118d8a3e0b77729116012a260deac58a1c1e69')
  expect(sha256Hex('out\0cashuBexample')).toBe('ceae785620745f1a7bb38feefaf34888462a167f5251ba82feb1e8d388f35da3')
})

test('aliases: listed id, full id, without date, with a date stripped, alias_ids, any case', () => {
  const dated = createCatalogue([{ ...must(recordedModels[0]), upstreamId: 'acme/owl-mini-2026-05-01', aliasIds: ['owl-latest'] }], rules)
  for (const name of ['owl-mini-2026-05-01', 'acme/owl-mini-2026-05-01', 'owl-mini', 'acme/owl-mini', 'OWL-mini', 'owl-latest', 'owl-mini-20260501']) {
    expect(dated.resolve(name)?.entry.id, name).toBe('owl-mini-2026-05-01')
  }
  expect(dated.resolve('owl')).toBeUndefined()
})
