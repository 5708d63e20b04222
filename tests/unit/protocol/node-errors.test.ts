import { describe, expect, test } from 'vitest'
import { isProviderFault, parseNodeError, retryAfterMs } from '../../../src/protocol/node-errors.ts'
import { recorded } from './recorded.ts'

const read = (name: string) => {
  const { status, body } = recorded(name)
  return parseNodeError(status, body)
}

describe('a node’s refusals', () => {
  test.each([
    ['xcashu_402', { status: 402, code: null, type: 'minimum_balance_required', message: 'Insufficient balance', requiredMsat: 6387 }],
    ['bearer_402', { status: 402, code: 'insufficient_balance', type: 'insufficient_quota', requiredMsat: 1_995_840 }],
    ['bearer_401', { status: 401, code: 'invalid_api_key', type: 'invalid_request_error', requiredMsat: null }],
    ['balance_refund_unknown', { status: 401, code: 'key_not_found' }],
    ['bearer_upstream_429', { status: 429, code: 'UPSTREAM_RATE_LIMIT', type: 'rate_limit' }],
    ['bearer_upstream_500', { status: 500, code: '500', type: 'upstream_error' }],
    ['bearer_upstream_dead', { status: 502, code: '502', message: 'Error connecting to upstream service: RemoteProtocolError' }],
    ['notfound', { status: 404, code: '404', type: 'not_found', message: "Path '/foo' not found" }],
    ['providers_disabled', { status: 404, code: null, type: null, message: 'Provider discovery is disabled' }],
    ['topup_spent', { status: 400, code: 'cashu_token_already_spent', type: 'token_already_spent' }],
    ['xcashu_upstream_dead', { status: 500, type: 'internal_error' }],
  ])('%s', (name, facts) => {
    expect(read(name)).toMatchObject(facts)
  })

  test('the text of a 402 at the reservation', () => {
    const message = 'Insufficient balance: 8515 mSats required. 0 available. (reserved: 8515)'
    expect(parseNodeError(402, JSON.stringify({ detail: { error: { message } }, error: { message } })).requiredMsat).toBe(8515)
  })

  test.each([
    [
      'a string as error',
      '{"detail":{"error":"max_tokens must be an integer"},"error":"max_tokens must be an integer"}',
      'max_tokens must be an integer',
      null,
    ],
    [
      'an error without message',
      '{"error":{"type":"invalid_request_error","code":"invalid_json"}}',
      'The provider answered 400 without a readable message.',
      'invalid_json',
    ],
    ['validation', '{"detail":[{"type":"missing","loc":["header","authorization"],"msg":"Field required"}]}', 'Field required', 'validation'],
    ['a web page', '<html><h1>502 Bad Gateway</h1></html>', 'The provider answered 400 with a web page instead of an answer.', null],
    ['nothing', '', 'The provider answered 400 without a message.', null],
    ['odd types', '{"error":[],"detail":7}', 'The provider answered 400 without a readable message.', 'validation'],
    ['far too long', `{"error":{"message":"${'x'.repeat(300_000)}"}}`, 'The provider answered 400 without a readable message.', null],
  ])('%s', (_what, text, message, code) => {
    expect(parseNodeError(400, text)).toMatchObject({ message, code })
  })

  test('a message is one short line and carries no money', () => {
    const { message } = parseNodeError(
      500,
      JSON.stringify({ error: { message: `Bad\n\u001b[31m token cashuBo2F0gaJhaUgBp6NgH00C1GFw and sk-95bf64a0ba227e5ce334d28b ${'x'.repeat(500)}` } }),
    )
    expect(message).toMatch(/^Bad \[31m token cashu… and sk-… x+$/)
    expect(message).toHaveLength(300)
  })

  test('an absurd amount is none', () => {
    expect(parseNodeError(402, '{"detail":{"amount_required_msat":1e300,"reason":"x"}}').requiredMsat).toBeNull()
    expect(parseNodeError(402, '{"detail":{"amount_required_msat":-5,"reason":"x"}}').requiredMsat).toBeNull()
  })
})

describe('when it may be asked again', () => {
  const NOW = Date.UTC(2026, 10, 20, 14, 8, 0)
  const waits = (header: string | null, text = '') => retryAfterMs(new Headers(header === null ? {} : { 'retry-after': header }), text, NOW)

  test('the recorded rate limit', () => {
    const { headers, body } = recorded('bearer_upstream_429')
    expect(retryAfterMs(new Headers(headers), body, NOW)).toBe(1000)
    expect(waits(null, body)).toBe(2)
  })

  test.each([
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Fri, 20 Nov 2026 14:08:41 GMT', 41_000],
    ['Fri, 20 Nov 2026 14:00:00 GMT', 0],
    ['-5', null],
    ['soon', null],
    ['', null],
  ])('%j', (header, ms) => {
    expect(waits(header)).toBe(ms)
  })
})

describe('whose fault', () => {
  test.each([
    [500, '{}', true],
    [502, '<html>', true],
    [429, '{}', true],
    [402, '{"error":{"message":"upstream out of credit"}}', true],
    [401, '{}', true],
    [403, '{}', true],
    [404, '{}', true],
    [408, '', true],
    [400, '{"error":{"message":"Model not found","type":"invalid_model","code":400}}', true],
    [400, '{"error":{"message":"context too long","code":"context_length_exceeded"}}', false],
    [413, '', false],
    [422, '{"detail":[]}', false],
  ])('%d %s', (status, text, provider) => {
    expect(isProviderFault(parseNodeError(status, text))).toBe(provider)
  })
})
