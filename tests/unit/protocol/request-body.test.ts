import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_BODY_BYTES, parseInferenceRequest } from '../../../src/protocol/request-body.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const parse = (body: unknown, path = '/chat/completions') => parseInferenceRequest(path, bytes(typeof body === 'string' ? body : JSON.stringify(body)))

describe('what a request asks for', () => {
  test('model, stream and limits', () => {
    const request = parse({ model: 'owl', stream: true, max_tokens: 10, max_completion_tokens: 20, messages: [{ role: 'user', content: 'hi' }] })
    expect(request).toMatchObject({ path: '/chat/completions', model: 'owl', stream: true, maxTokens: 10, outputLimit: 10, hasMessages: true, promptTokens: 0 })
    expect(parse({ model: 'owl', max_completion_tokens: 20 })).toMatchObject({ stream: false, maxTokens: null, outputLimit: 20 })
    expect(parse({ model: 'owl', max_output_tokens: 30 })).toMatchObject({ maxTokens: null, outputLimit: 30, hasMessages: false })
  })

  test('max_tokens inside something else is not the limit', () => {
    expect(parse({ model: 'owl', extra: { max_tokens: 5 }, stop: ['"max_tokens":7'] }).maxTokens).toBeNull()
  })

  test('written twice, the last one counts, as for the node', () => {
    expect(parse('{"model":"a","max_tokens":1,"max_tokens":7,"model":"b"}')).toMatchObject({ model: 'b', maxTokens: 7 })
  })

  test('the prompt is counted in code points over all messages together', () => {
    const messages = [
      { role: 'system', content: '12345' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '😀😀😀' },
          { type: 'audio', text: 'not counted' },
        ],
      },
      'nonsense',
      { role: 'user', content: null },
    ]
    // 5 + 3 = 8 characters, one floor
    expect(parse({ model: 'owl', messages }).promptTokens).toBe(2)
  })

  test('images count in the prompt', () => {
    const part = (image_url: unknown, type = 'image_url') => ({ type, image_url })
    const content = [
      part({ url: 'https://x.example/a.png' }),
      part('https://x.example/b.png', 'input_image'),
      part({ url: 'data:image/png;base64,AAAA', detail: 'low' }),
      part({ url: '' }),
      part(7),
    ]
    const request = parse({ model: 'owl', messages: [{ role: 'user', content }] })
    expect(request.promptTokens).toBe(3 * 85)
    expect(request.summary.images).toBe(5)
  })

  test('input and prompt are measured for the estimate', () => {
    expect(parse({ model: 'owl', input: 'hello' }).inputCharacters).toBe(5)
    expect(parse({ model: 'owl', input: ['ab', 'cd'] }).inputCharacters).toBe(4)
    expect(parse({ model: 'owl', prompt: [1, 2, 3] }).inputCharacters).toBe(9)
    expect(parse({ model: 'owl', input: [{ role: 'user', content: [{ type: 'input_text', text: 'hey' }] }] }).inputCharacters).toBe(3)
  })

  test('the summary shows the last thing the user said, as plain text', () => {
    const summary = parse({
      model: 'owl',
      tools: [{}, {}],
      messages: [
        { role: 'user', content: 'first' },
        { role: 'user', content: [{ type: 'text', text: `secret\u202edrawkcab\n${'x'.repeat(3000)}` }] },
        { role: 'assistant', content: 'answer' },
      ],
    }).summary
    expect(summary).toMatchObject({ messages: 3, tools: 2, images: 0, maxTokens: null })
    expect(summary.excerpt).toMatch(/^secret drawkcab\nx+$/)
    expect(summary.excerpt).toHaveLength(2000)
    expect(parse({ model: 'owl', input: 'embed me' }).summary.excerpt).toBe('embed me')
    expect(parse({ model: 'owl', input: [{ role: 'user', content: 'respond' }] }).summary.excerpt).toBe('respond')
  })
})

describe('what is refused before any money moves', () => {
  test.each([
    ['no body', null, 'JSON body'],
    ['an empty body', '  ', 'JSON body'],
    ['no JSON', '{"model":', 'not valid JSON'],
    ['a list', '[]', 'JSON object'],
    ['null', 'null', 'JSON object'],
    ['no model', '{}', 'names no "model"'],
    ['a number as model', '{"model":7}', 'non-empty string'],
    ['an empty model', '{"model":" "}', 'non-empty string'],
    ['an endless model', `{"model":"${'x'.repeat(257)}"}`, '256'],
    ['max_tokens as text', '{"model":"m","max_tokens":"10"}', 'whole number'],
    ['max_tokens as a float, which the node refuses', '{"model":"m","max_tokens":10.0}', 'whole number'],
    ['max_tokens with an exponent', '{"model":"m","max_tokens":1e3}', 'whole number'],
    ['max_tokens below zero', '{"model":"m","max_tokens":-1}', 'whole number'],
    ['max_tokens true', '{"model":"m","max_tokens":true}', 'whole number'],
    ['max_tokens beyond all numbers', '{"model":"m","max_tokens":99999999999999999999}', 'whole number'],
  ])('%s', (_what, text, says) => {
    expect(() => parseInferenceRequest('/chat/completions', text === null ? null : bytes(text))).toThrow(
      expect.objectContaining({ code: 'invalid_request_error', message: expect.stringContaining(says) }),
    )
  })

  test('what is no text in UTF-8', () => {
    expect(() => parseInferenceRequest('/chat/completions', new Uint8Array([0x7b, 0xff, 0x7d]))).toThrow(
      expect.objectContaining({ code: 'invalid_request_error', message: expect.stringContaining('UTF-8') }),
    )
  })

  test('a body above the limit', () => {
    expect(() => parse(`${' '.repeat(MAX_BODY_BYTES)}{}`)).toThrow(expect.objectContaining({ code: 'request_too_large' }))
  })
})

describe('the body stays the page’s own', () => {
  const text = '{ "messages" : [{"content":"\\u0041 \\" } , \\"model\\": 1e2"}],\n\t"temperature":1.50, "model" : "a\\/b" ,"x":1e400}'

  test('nothing changed: the identical string', () => {
    const request = parse(text)
    expect(request.body({})).toBe(text)
    expect(request.body({ model: 'a/b' })).toBe(text)
  })

  test('only the model changed', () => {
    expect(parse(text).body({ model: 'owl "2"' })).toBe(text.replace('"a\\/b"', '"owl \\"2\\""'))
  })

  test('a missing max_tokens is put in front, an existing one replaced', () => {
    expect(parse(text).body({ maxTokens: 4096 })).toBe(`{"max_tokens":4096,${text.slice(1)}`)
    expect(parse('{"max_tokens":null,"model":"m"}').body({ maxTokens: 5 })).toBe('{"max_tokens":5,"model":"m"}')
    expect(parse('{"model":"m","max_tokens":9,"s":{"max_tokens":9}}').body({ maxTokens: 5 })).toBe('{"model":"m","max_tokens":5,"s":{"max_tokens":9}}')
  })

  test('a key written twice or with escapes is replaced everywhere', () => {
    expect(parse('{"model":"a","mod\\u0065l":"b"}').body({ model: 'c' })).toBe('{"model":"c","mod\\u0065l":"c"}')
  })

  test('for any object: the result parses to the same object with the changes, however it was written', () => {
    const key = fc.oneof(fc.constantFrom('model', 'max_tokens', '"', '\\', '}'), fc.string())
    const objects = fc.dictionary(
      key.filter((name) => name !== '__proto__'),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(objects, fc.constantFrom(0, 2, '\t'), fc.string({ minLength: 1 }), (object, indent, model) => {
        const written = JSON.stringify({ ...object, model: 'm', max_tokens: 3 }, null, indent)
        const changed: unknown = JSON.parse(String(parse(written).body({ model, maxTokens: 4 })))
        expect(changed).toEqual(JSON.parse(JSON.stringify({ ...object, model, max_tokens: 4 })))
      }),
    )
  })
})
