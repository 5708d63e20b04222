import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chargeMsat, expectedMsat, requiredMsat } from '../../../src/protocol/price.ts'
import { parseInferenceRequest } from '../../../src/protocol/request-body.ts'
import { aModel, recordedModel } from './recorded.ts'

const request = (body: object, path = '/chat/completions') => parseInferenceRequest(path, new TextEncoder().encode(JSON.stringify({ model: 'm', ...body })))
const messages = (content: string) => [{ role: 'user', content }]

describe('the required amount is the one the node asked for', () => {
  test.each([
    ['tiny-chat', 'a greeting without a limit', { messages: messages('hi') }, '/chat/completions', 6387],
    ['tiny-chat', 'a greeting with max_tokens 10', { messages: messages('hi'), max_tokens: 10 }, '/chat/completions', 17],
    ['tiny-chat', 'responses: input and max_output_tokens do not count', { input: 'hi', max_output_tokens: 10 }, '/responses', 8515],
    ['tiny-chat', 'max_completion_tokens does not count', { messages: messages('hi'), max_completion_tokens: 10 }, '/chat/completions', 6387],
    ['gpt-stub', 'a greeting without a limit', { messages: messages('hi') }, '/chat/completions', 1_995_840],
    ['gpt-stub', 'three prompt tokens and max_tokens 1000', { messages: messages('ten chars!'), max_tokens: 1000 }, '/chat/completions', 31_532],
    ['gpt-stub', 'a greeting and max_tokens 1000', { messages: messages('hi'), max_tokens: 1000 }, '/chat/completions', 31_500],
  ])('%s, %s', (id, _what, body, path, required) => {
    expect(requiredMsat(recordedModel(id), request(body, path))).toBe(required)
  })

  test('an empty list of messages is none', () => {
    expect(requiredMsat(recordedModel('tiny-chat'), request({ messages: [] }))).toBe(8515)
  })

  test('a limit above the model takes nothing off', () => {
    expect(requiredMsat(recordedModel('tiny-chat'), request({ messages: messages('hi'), max_tokens: 1_000_000 }))).toBe(6387)
  })

  test.each([
    ['both known', { contextLength: 8192, maxCompletionTokens: 4096 }, 9999, 12_000 * 0.99 - (4096 * 0.001 * 0.99 - 0) * 1000],
    ['context only', { contextLength: 1000, maxCompletionTokens: null }, 9999, 12_000 * 0.99 - 990],
    ['output only: nothing to discount', { contextLength: null, maxCompletionTokens: 4096 }, 9999, 12_000 * 0.99],
    ['neither: the model’s own context', { contextLength: null, maxCompletionTokens: null }, 2000, 12_000 * 0.99 - 1980],
    ['nothing at all: the published maximum', null, null, 12_000 * 0.99 - 3960],
  ])('prompt limit, %s', (_what, topProvider, contextLength, required) => {
    const model = aModel({ topProvider, contextLength })
    expect(requiredMsat(model, request({ messages: messages('') }))).toBe(Math.ceil(required))
  })

  test('a model without a price must not be paid', () => {
    expect(() => requiredMsat(aModel({ price: null }), request({}))).toThrow(expect.objectContaining({ code: 'no_provider_available' }))
  })

  test('more prompt never locks less, a lower limit never locks more, and it is at least 1 msat', () => {
    const size = fc.nat({ max: 100_000 })
    fc.assert(
      fc.property(size, size, fc.constantFrom('tiny-chat', 'gpt-stub', 'stub-embed'), (a, b, id) => {
        const model = recordedModel(id)
        const at = (promptTokens: number, maxTokens: number | null) => requiredMsat(model, { ...request({ messages: messages('x') }), promptTokens, maxTokens })
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        expect(at(low, 100)).toBeLessThanOrEqual(at(high, 100))
        expect(at(10, low)).toBeLessThanOrEqual(at(10, high))
        expect(at(10, high)).toBeLessThanOrEqual(at(10, null))
        expect(at(0, 0)).toBeGreaterThanOrEqual(1)
      }),
    )
  })
})

describe('the charge', () => {
  const price = (id: string) => recordedModel(id).price ?? expect.fail('no price')

  test('12 prompt and 7 completion tokens of tiny-chat cost 18 msat', () => {
    expect(chargeMsat(price('tiny-chat'), { promptTokens: 12, completionTokens: 7 })).toBe(18)
  })

  test('four embedded tokens cost 1 msat', () => {
    expect(chargeMsat(price('stub-embed'), { promptTokens: 4, completionTokens: 0 })).toBe(1)
  })

  test('no usage, no charge', () => {
    expect(chargeMsat(price('tiny-chat'), { promptTokens: 0, completionTokens: 0 })).toBe(0)
  })

  test('a zero rate means a flat charge that no usage tells', () => {
    expect(chargeMsat({ ...price('tiny-chat'), completionSat: 0 }, { promptTokens: 12, completionTokens: 7 })).toBeNull()
  })

  test('parts are rounded to thousandths like Python does, ties to the even digit', () => {
    // 0.0625 msat each: Python rounds to 0.062; 16 × that would be 0.992, the tie upwards 1.008
    const sheet = { promptSat: 0.0000625, completionSat: 0.000938, maxPromptSat: 1, maxCompletionSat: 1, maxCostSat: 2 }
    expect(chargeMsat(sheet, { promptTokens: 1, completionTokens: 1 })).toBe(1)
  })
})

describe('the estimate', () => {
  test('counts the prompt and a usual answer', () => {
    const prompt = 'x'.repeat(3000)
    const roomy = aModel({ price: { promptSat: 0.001, completionSat: 0.002, maxPromptSat: 4.1, maxCompletionSat: 8.2, maxCostSat: 12.3 } })
    expect(expectedMsat(roomy, request({ messages: messages(prompt) }))).toBe(1000 + 600 * 2)
    expect(expectedMsat(roomy, request({ messages: messages(prompt), max_tokens: 100 }))).toBe(1000 + 100 * 2)
    expect(expectedMsat(roomy, request({ input: prompt, max_output_tokens: 100 }, '/responses'))).toBe(1000 + 100 * 2)
  })

  test('embeddings have no answer to pay for', () => {
    expect(expectedMsat(aModel(), request({ input: 'x'.repeat(300) }, '/embeddings'))).toBe(100)
  })

  test('a flat-rate model costs its required amount', () => {
    const model = aModel({ price: { promptSat: 0.001, completionSat: 0, maxPromptSat: 4, maxCompletionSat: 0, maxCostSat: 4 } })
    const asked = request({ messages: messages('hi') })
    expect(expectedMsat(model, asked)).toBe(requiredMsat(model, asked))
  })

  test('is at least 1 msat and never above the required amount', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.nat({ max: 10_000 }), { nil: undefined }), (text, limit) => {
        const asked = request({ messages: messages(text), ...(limit === undefined ? {} : { max_tokens: limit }) })
        const expected = expectedMsat(recordedModel('tiny-chat'), asked)
        expect(expected).toBeGreaterThanOrEqual(1)
        expect(expected).toBeLessThanOrEqual(requiredMsat(recordedModel('tiny-chat'), asked))
      }),
    )
  })
})
