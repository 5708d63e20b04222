import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { msat } from '../../../src/domain/msat.ts'
import { chargeFinding, usageFindings } from '../../../src/engine/verification.ts'
import { chargeMsat } from '../../../src/protocol/price.ts'
import { parseInferenceRequest } from '../../../src/protocol/request-body.ts'
import { createStreamObserver, wholeAnswerBytes } from '../../../src/protocol/sse.ts'
import { readCharge } from '../../../src/protocol/usage.ts'
import { costOf } from '../../devnet/provider/cost.ts'

const receipt = (expected: number | null) => ({ expectedMsat: expected === null ? null : msat(expected) })

describe('a charge against the price sheet', () => {
  it.each([
    [1000, 1100, false],
    [1000, 1101, true],
    [10, 110, false],
    [10, 111, true],
    [100_000, 105_000, false],
    [100_000, 105_001, true],
    [1000, 0, false],
  ])('expected %i, charged %i: %s', (expected, charged, found) => {
    expect(chargeFinding(receipt(expected), msat(charged)) !== null).toBe(found)
  })

  it('says both numbers', () => {
    expect(chargeFinding(receipt(1234), msat(3702))).toEqual({
      kind: 'charge',
      amountMsat: 2468,
      says: 'Charged 3.702 sat; its price sheet and the tokens it reports make 1.234 sat.',
    })
  })

  it('without usage there is nothing to compare', () => {
    expect(chargeFinding(receipt(null), msat(5000))).toBeNull()
  })

  it('no honest node is ever found out: its own arithmetic over all prices and usages', () => {
    const rate = fc.double({ min: 1e-6, max: 1, noNaN: true })
    const count = fc.integer({ min: 0, max: 200_000 })
    fc.assert(
      fc.property(rate, rate, count, count, (prompt, completion, promptTokens, completionTokens) => {
        const entry = { sats_pricing: { prompt, completion, input_cache_read: 0 } }
        const usage = { prompt_tokens: promptTokens, completion_tokens: completionTokens }
        const { total_msats } = costOf(usage, entry as never, 0, { satUsd: 0.001, providerFee: 1.05, overcharge: 1 })
        const expected = chargeMsat({ promptSat: prompt, completionSat: completion, maxPromptSat: 0, maxCompletionSat: 0, maxCostSat: 0 }, { promptTokens, completionTokens })
        expect(chargeFinding(receipt(expected), msat(total_msats))).toBeNull()
      }),
    )
  })
})

describe('reported tokens against what was sent and written', () => {
  const request = parseInferenceRequest('/chat/completions', new TextEncoder().encode(JSON.stringify({ model: 'owl', messages: [{ role: 'user', content: 'Why is the sky blue?' }] })))
  const usage = (facts: object, rest: object = {}) => readCharge({ usage: { ...facts, ...rest } }) ?? (expect.fail('no usage') as never)

  it('a bill for more tokens than the text has bytes', () => {
    expect(usageFindings(usage({ prompt_tokens: 12, completion_tokens: 300 }), request, 100)).toEqual([])
    expect(usageFindings(usage({ prompt_tokens: 12, completion_tokens: 301 }), request, 100)).toEqual([
      { kind: 'usage', amountMsat: 0, says: 'Reports 301 tokens for an answer of 100 bytes, which can not be more than 100.' },
    ])
  })

  it('thinking, sound and pictures that the report names are not text', () => {
    const thinking = usage({ completion_tokens: 5000 }, { completion_tokens_details: { reasoning_tokens: 4800, audio_tokens: 50 } })
    expect(usageFindings(thinking, request, 100)).toEqual([])
    expect(usageFindings(usage({ output_tokens: 5000 }, { output_tokens_details: { reasoning_tokens: 10 } }), request, 100)).toHaveLength(1)
  })

  it('a bill for a longer prompt than was sent', () => {
    expect(usageFindings(usage({ prompt_tokens: 1000, completion_tokens: 1 }), request, 10)).toEqual([])
    expect(usageFindings(usage({ prompt_tokens: 1200, completion_tokens: 1 }), request, 10)).toHaveLength(1)
  })

  it('pictures and files are counted by nobody alike: not judged', () => {
    const picture = { model: 'owl', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] }] }
    const withPicture = parseInferenceRequest('/chat/completions', new TextEncoder().encode(JSON.stringify(picture)))
    expect(usageFindings(usage({ prompt_tokens: 40_000, completion_tokens: 1 }), withPicture, 10)).toEqual([])
  })

  it('an answer whose length is not known is not judged', () => {
    expect(usageFindings(usage({ completion_tokens: 9000 }), request, null)).toEqual([])
  })
})

describe('what was written, in bytes', () => {
  it('streams: text, thinking, calls, in UTF-8', () => {
    const observer = createStreamObserver()
    for (const delta of [{ content: 'héllo' }, { reasoning_content: 'hm', reasoning: 'hm' }, { tool_calls: [{ function: { arguments: '{"a":1}' } }] }, { content: '空' }])
      observer.push(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`)
    expect([observer.textBytes, observer.textCharacters]).toEqual([6 + 2 + 7 + 3, 5 + 2 + 7 + 1])
  })

  it('whole answers of chat, completions and Responses; nothing else is one', () => {
    expect(wholeAnswerBytes({ choices: [{ message: { content: 'héllo', tool_calls: [{ function: { arguments: '{}' } }] } }, { text: 'ab' }] })).toBe(10)
    expect(wholeAnswerBytes({ choices: [{ message: { content: [{ type: 'text', text: 'abc' }] } }] })).toBe(3)
    expect(wholeAnswerBytes({ output: [{ type: 'message', content: [{ type: 'output_text', text: 'abcd' }] }, { type: 'function_call', arguments: '{}' }] })).toBe(6)
    expect(wholeAnswerBytes({ data: [{ embedding: [1] }] })).toBeNull()
    expect(wholeAnswerBytes('x')).toBeNull()
  })
})
