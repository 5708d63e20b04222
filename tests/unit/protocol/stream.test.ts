import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createStreamObserver, type StreamObserver } from '../../../src/protocol/sse.ts'
import { readCharge, readChargeHeaders } from '../../../src/protocol/usage.ts'
import { recorded } from './recorded.ts'

function watch(...pieces: string[]): StreamObserver {
  const observer = createStreamObserver()
  for (const piece of pieces) observer.push(piece)
  observer.end()
  return observer
}
const facts = ({ charge, done, finished, failed, textCharacters, oversized }: StreamObserver) => ({ charge, done, finished, failed, textCharacters, oversized })
const charge = (chargedMsat: number | null, promptTokens: number | null, completionTokens: number | null, modelServed: string | null = 'test/tiny-chat') => ({
  chargedMsat,
  promptTokens,
  completionTokens,
  hiddenTokens: 0,
  modelServed,
})

describe('what a request cost', () => {
  test.each([
    ['bearer_chat', charge(18, 12, 7)],
    ['bearer_responses', charge(18, 12, 7)],
    ['bearer_embeddings', charge(1, 4, null, 'stub-embed')],
    ['xcashu_chat_chunked', charge(18, 12, 7)],
    ['xcashu_data_colon_bug', charge(null, 12, 7)],
  ])('%s', (name, expected) => {
    expect(readCharge(JSON.parse(recorded(name).body))).toEqual(expected)
  })

  test('a cost in another currency is not ours', () => {
    expect(readCharge({ model: 'm', usage: { prompt_tokens: 1, completion_tokens: 2, cost: 0.5 } })).toEqual(charge(null, 1, 2, 'm'))
  })

  test('an Anthropic cost event', () => {
    expect(readCharge({ cost: { total_msats: 5 } })).toEqual(charge(5, null, null, null))
  })

  test.each([[null], [7], [[]], [{}], [{ model: 'm' }], [{ usage: null, cost: {} }]])('%j tells nothing', (value) => {
    expect(readCharge(value)).toBeNull()
  })

  test('impossible numbers are not believed', () => {
    expect(readCharge({ usage: { prompt_tokens: -1, completion_tokens: '7', cost: { total_msats: -3 } } })).toEqual(charge(null, null, null, null))
    expect(readCharge({ usage: { cost: { total_msats: 1e300 } } })).toEqual(charge(null, null, null, null))
  })

  test('the headers of a non-stream answer', () => {
    expect(readChargeHeaders(recorded('bearer_chat').headers)).toEqual(charge(18, null, null, null))
    expect(readChargeHeaders(new Headers({ 'x-routstr-cost-msats': '1.5e3' }))).toBeNull()
    expect(readChargeHeaders(new Headers())).toBeNull()
  })
})

describe('a watched stream', () => {
  test.each([
    ['bearer_chat_stream', { charge: charge(18, 12, 7), done: true, finished: true, failed: false, textCharacters: 16, oversized: false }],
    ['xcashu_chat_stream', { charge: charge(18, 12, 7), done: true, finished: true, failed: false, textCharacters: 16, oversized: false }],
    ['bearer_responses_stream', { charge: charge(0, 12, 7), done: false, finished: true, failed: false, textCharacters: 2, oversized: false }],
    ['bearer_stream_midstream_error', { charge: charge(0, 0, 0), done: false, finished: false, failed: true, textCharacters: 16, oversized: false }],
  ])('%s', (name, expected) => {
    expect(facts(watch(recorded(name).body))).toEqual(expected)
  })

  test('any split gives the same', () => {
    const names = ['bearer_chat_stream', 'xcashu_chat_stream', 'bearer_responses_stream', 'bearer_stream_midstream_error']
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(fc.nat({ max: 5000 }), { maxLength: 20 }), fc.boolean(), (name, cuts, crlf) => {
        const body = crlf ? recorded(name).body.replaceAll('\n', '\r\n') : recorded(name).body
        const points = [0, ...cuts.filter((cut) => cut < body.length).sort((a, b) => a - b), body.length]
        const pieces = points.slice(1).map((end, index) => body.slice(points[index], end))
        expect(facts(watch(...pieces))).toEqual(facts(watch(body)))
      }),
    )
  })

  test('one character at a time', () => {
    const body = recorded('bearer_chat_stream').body
    expect(facts(watch(...body))).toEqual(facts(watch(body)))
  })

  test('a cut stream is neither done nor finished, and has no charge', () => {
    const body = recorded('bearer_chat_stream').body
    expect(facts(watch(body.slice(0, body.indexOf('stub "'))))).toMatchObject({ charge: null, done: false, finished: false, failed: false })
  })

  test('a later usage chunk does not wipe out the charge', () => {
    const observer = watch(
      'data: {"usage":{"prompt_tokens":1,"completion_tokens":2,"cost":{"total_msats":9}}}\n\n',
      'data: {"usage":{"prompt_tokens":1,"completion_tokens":3}}\n\n',
    )
    expect(observer.charge).toMatchObject({ chargedMsat: 9, completionTokens: 3 })
  })

  test('tool calls, reasoning and Anthropic deltas count as text', () => {
    const events = [
      { choices: [{ delta: { reasoning_content: 'abc', tool_calls: [{ function: { arguments: '{}' } }] } }] },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'four' } },
      { type: 'response.function_call_arguments.delta', delta: '12' },
      { choices: [{ text: 'x' }] },
      { type: 'message_stop' },
    ]
    const observer = watch(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))
    expect(observer).toMatchObject({ textCharacters: 3 + 2 + 4 + 2 + 1, finished: true })
  })

  test('a line without end is given up, quietly and for good', () => {
    const observer = createStreamObserver()
    observer.push('data: ')
    for (let index = 0; index < 40; index++) observer.push('x'.repeat(64 * 1024))
    observer.push('\n\ndata: [DONE]\n\n')
    observer.end()
    expect(observer).toMatchObject({ oversized: true, done: false })
    expect(watch(`data: ${'x'.repeat(1024 * 1024 + 1)}\n\n`).oversized).toBe(true)
  })

  test('nonsense passes by', () => {
    expect(facts(watch(': comment\n\nevent: x\n\ndata: {broken\n\ndata: 7\n\nfoo\n\ndata: {"choices":7}\n\n'))).toEqual({
      charge: null,
      done: false,
      finished: false,
      failed: false,
      textCharacters: 0,
      oversized: false,
    })
  })
})
