import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withoutFields } from '../../../src/protocol/json-splice.ts'
import { asModel, parseInferenceRequest } from '../../../src/protocol/request-body.ts'

const parse = (text: string) => parseInferenceRequest('/chat/completions', new TextEncoder().encode(text))
const sent = (text: string, changes: object = {}) => parse(text).body(changes)

describe('the list of models in a body', () => {
  test('names the alternatives and is not sent on; everything else keeps its bytes', () => {
    expect(parse('{"model":"a","models":["a","b","b","c"]}').alternatives).toEqual(['b', 'c'])
    expect(sent('{ "model":"a" , "models" : ["b"], "temperature": 1.0 }')).toBe('{ "model":"a","temperature": 1.0 }')
    expect(sent('{"models":["b"],"model":"a"}')).toBe('{"model":"a"}')
    expect(sent('{"model":"a", "n": 1.0}')).toBe('{"model":"a", "n": 1.0}')
  })

  test('without a model the first of the list is asked, and the provider is told', () => {
    const request = parse('{"models":["b","c"]}')
    expect(request).toMatchObject({ model: 'b', alternatives: ['c'] })
    expect(JSON.parse(String(request.body({})))).toEqual({ model: 'b' })
    expect(JSON.parse(String(request.body({ model: 'x/b' })))).toEqual({ model: 'x/b' })
    expect(JSON.parse(String(asModel(request, 'c').body({ maxTokens: 5 })))).toEqual({ model: 'c', max_tokens: 5 })
  })

  test.each(['"b"', '[1]', '[""]', `[${Array(9).fill('"b"').map((_, i) => `"b${i}"`).join()}]`])('%s is refused', (models) => {
    expect(() => parse(`{"model":"a","models":${models}}`)).toThrow(expect.objectContaining({ code: 'invalid_request_error', param: 'models' }))
  })

  test('taking a field out of any object leaves the others as they were', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), fc.integer({ min: 0, max: 2 }), (others, value, indent) => {
        const { models: _, ...rest } = JSON.parse(JSON.stringify(others))
        const text = JSON.stringify({ models: value, ...rest }, null, indent)
        expect(JSON.parse(withoutFields(text, 'models'))).toEqual(rest)
      }),
    )
  })
})
