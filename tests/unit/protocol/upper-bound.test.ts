import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Model } from '../../../src/domain/offer.ts'
import { chargeMsat, requiredMsat, worstMsat } from '../../../src/protocol/price.ts'
import { parseInferenceRequest } from '../../../src/protocol/request-body.ts'

const price = { promptSat: 0.002, completionSat: 0.008, maxPromptSat: 16.4, maxCompletionSat: 32.8, maxCostSat: 41 }
const model: Model = {
  id: 'm',
  name: 'M',
  description: '',
  aliases: [],
  contextLength: 8192,
  topProvider: { contextLength: 8192, maxCompletionTokens: 4096 },
  inputModalities: ['text'],
  outputModalities: ['text'],
  price,
}
const parse = (body: object, path = '/chat/completions') => parseInferenceRequest(path, new TextEncoder().encode(JSON.stringify({ model: 'm', ...body })))
const messages = [{ role: 'user', content: 'hi' }]

describe('what is set aside', () => {
  it('is never less than the node’s own amount', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), fc.nat(4096), (content, limit) => {
        const request = parse({ messages: [{ role: 'user', content }], max_tokens: limit })
        expect(worstMsat(model, request)).toBeGreaterThanOrEqual(requiredMsat(model, request))
      }),
    )
  })

  it('T1: covers every answer that n asks for', () => {
    const one = worstMsat(model, parse({ messages, max_tokens: 1000 }))
    const many = worstMsat(model, parse({ messages, max_tokens: 1000, n: 128 }))
    expect(many).toBeGreaterThan(one * 120)
  })

  it.each([
    ['tools', { messages, max_tokens: 10, tools: [{ type: 'function', function: { name: 'f', description: 'x'.repeat(30_000) } }] }, 10_000, 10],
    ['a script with a token per character', { messages: [{ role: 'user', content: '字'.repeat(9000) }], max_tokens: 10 }, 9000, 10],
    [
      'an image of any size',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }], max_tokens: 10 },
      1445,
      10,
    ],
  ])('covers %s', (_, body, promptTokens, completionTokens) => {
    expect(worstMsat(model, parse(body))).toBeGreaterThanOrEqual(chargeMsat(price, { promptTokens, completionTokens }) ?? 0)
  })

  it('covers several prompts of one completions request', () => {
    const prompts = Array.from({ length: 50 }, () => 'hi')
    expect(worstMsat(model, parse({ prompt: prompts, max_tokens: 100 }, '/completions'))).toBeGreaterThan(
      chargeMsat(price, { promptTokens: 0, completionTokens: 5000 }) ?? 0,
    )
  })

  it('does not count the bytes of an image as text', () => {
    const url = `data:image/png;base64,${'A'.repeat(3_000_000)}`
    const request = parse({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }], max_tokens: 10 })
    expect(worstMsat(model, request)).toBeLessThan(20_000)
  })
})
