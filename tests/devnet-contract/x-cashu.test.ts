/** The stateless payment mode with its quirks (routstr-node.md §3.2, §7.4, §9.1), told like the recorded payments of 20 sat. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { soon } from './patience.ts'
import { createStage, dataAt, dataLines, must, recorded, recordedJson, shapeOf, type Stage, stubChat, textAt } from './recorded.ts'

let stage: Stage
beforeAll(async () => {
  stage = await createStage()
})
afterAll(() => stage.stop())

const ten = [1, 1, 1, 1, 2, 2, 2, 2, 4, 4]
const pay = (): Promise<string> => stage.mint.mintToken(20, { denominations: ten })
const chat = (token: string, extra: object = {}): Promise<Response> => stage.post('/v1/chat/completions', stubChat(extra), { 'x-cashu': token })
const recover = (token: string): Promise<Response> => stage.post('/v1/balance/refund', {}, { 'x-cashu': token })
const worth = (token: string | null): number => stage.mint.decode(token ?? '').reduce((total, note) => total + note.amount.toNumber(), 0)

test('20 sat, redeemed 19, cost 18 msat, change 18 in the header', async () => {
  const token = await pay()
  const response = await chat(token)
  const body: unknown = await response.json()
  expect(shapeOf(body)).toEqual(shapeOf(recordedJson('xcashu_chat_chunked')))
  expect(worth(response.headers.get('x-cashu'))).toBe(18)
  expect(response.headers.get('x-routstr-cost-msats')).toBe('18')
  const again = await recover(token)
  expect(await again.json()).toEqual({ token: response.headers.get('x-cashu'), sats: '18' })
  expect(again.headers.get('x-cashu')).toBe(response.headers.get('x-cashu'))
  const respent = await chat(token)
  expect([respent.status, respent.headers.get('x-cashu')]).toEqual([400, null])
  expect(textAt(await respent.json(), 'error', 'code')).toBe(textAt(recordedJson('xcashu_respent'), 'error', 'code'))
})

test('a stream comes at once, ends with one newline, and has its change in the header', async () => {
  const response = await chat(await pay(), { stream: true })
  const text = await response.text()
  expect(text.endsWith('data: [DONE]\n') && !text.endsWith('\n\n')).toBe(true)
  expect(shapeOf(dataAt(dataLines(text), -2))).toEqual(shapeOf(dataAt(dataLines(recorded('xcashu_chat_stream').text), -2)))
  expect(worth(response.headers.get('x-cashu'))).toBe(18)
})

test('the 402 is a free quote: nothing is redeemed', async () => {
  const token = await stage.mint.mintToken(1)
  const response = await chat(token, { max_tokens: undefined, messages: [{ role: 'user', content: 'hi' }] })
  const body: unknown = await response.json()
  expect([response.status, shapeOf(body), textAt(body, 'detail', 'amount_required_msat')]).toEqual([402, shapeOf(recordedJson('xcashu_402')), '6387'])
  expect(stage.mint.isSpent(must(stage.mint.decode(token)[0]).secret)).toBe(false)
  expect((await recover(token)).status).toBe(404)
})

describe('failures', () => {
  test('an upstream 500 gives everything back, in header and body', async () => {
    stage.provider.fault('upstream-500')
    const response = await chat(await pay())
    const body: unknown = await response.json()
    expect(shapeOf(body)).toEqual(shapeOf(recordedJson('xcashu_upstream_500')))
    expect(worth(response.headers.get('x-cashu'))).toBe(19)
    expect(textAt(body, 'error', 'refund_token')).toBe(response.headers.get('x-cashu'))
  })

  test.each([
    ['a dead upstream', 'upstream-dead', {}, 500],
    ['an error inside the stream', 'midstream-error', { stream: true }, 200],
    ['a stream without usage', 'no-usage', { stream: true }, 200],
  ] as const)('%s keeps the token, 425 for ever', async (_, fault, extra, status) => {
    const token = await pay()
    stage.provider.fault(fault)
    const response = await chat(token, extra)
    expect([response.status, response.headers.get('x-cashu')]).toEqual([status, null])
    const waiting = await recover(token)
    expect([waiting.status, waiting.headers.get('retry-after')]).toEqual([425, null])
    expect(textAt(await waiting.json(), 'detail')).toBe(textAt(recordedJson('xcashu_refund_425'), 'detail'))
  })

  test('an answer that contains "data:" keeps the token, a non-stream without usage gives all back', async () => {
    const kept = await chat(await pay(), { messages: [{ role: 'user', content: '[[say:here is a data: uri]]' }], max_tokens: 100 })
    expect([kept.status, kept.headers.get('x-cashu')]).toEqual([200, null])
    stage.provider.fault('no-usage')
    expect(worth((await chat(await pay())).headers.get('x-cashu'))).toBe(19)
  })

  test('/v1/responses as a stream keeps the token and ends in a literal \\n', async () => {
    const response = await stage.post('/v1/responses', { model: 'tiny-chat', input: 'hi', stream: true }, { 'x-cashu': await pay() })
    expect((await response.text()).endsWith('}\\n')).toBe(true)
    expect(response.headers.get('x-cashu')).toBeNull()
  })

  test('a stale length: the change arrives, the body breaks', async () => {
    stage.provider.fault('stale-content-length')
    const response = await chat(await pay())
    expect(worth(response.headers.get('x-cashu'))).toBe(18)
    await expect(response.text()).rejects.toThrow()
  })

  test('a mint that is down: 503, the token is echoed', async () => {
    const token = await pay()
    stage.mint.down = true
    const response = await chat(token)
    stage.mint.down = false
    expect([response.status, response.headers.get('x-cashu')]).toEqual([503, token])
    expect((await chat('cashuBrubbish')).status).toBe(401)
  })

  test('the payer leaves: the answer is completed, charged, and recoverable', async () => {
    const token = await pay()
    const body = JSON.stringify({ ...stubChat(), messages: [{ role: 'user', content: '[[delay:3000]][[usage:12,7]]' }] })
    const leaving = new AbortController()
    const before = stage.upstream.requests.length
    const asked = expect(fetch(`${stage.provider.url}/v1/chat/completions`, { method: 'POST', body, headers: { 'x-cashu': token }, signal: leaving.signal })).rejects.toThrow()
    await expect.poll(() => stage.upstream.requests.length, soon).toBe(before + 1)
    leaving.abort()
    await asked
    expect((await recover(token)).status).toBe(425)
    await expect.poll(async () => (await recover(token)).status, soon).toBe(200)
  })
})
