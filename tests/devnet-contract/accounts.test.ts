/** The life of an account, told like the recorded session (fixtures/routstr-node/README.md). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountKey, sha256Hex } from '../devnet/provider/accounts.ts'
import { soon } from './patience.ts'
import { at, bearer, createStage, dataAt, dataLines, must, numberAt, recorded, recordedJson, shapeOf, type Stage, stubChat, textAt } from './recorded.ts'

let stage: Stage
beforeAll(async () => {
  stage = await createStage()
})
afterAll(() => stage.stop())

const info = async (key: string): Promise<unknown> => (await stage.get('/v1/balance/info', bearer(key))).json()
const sixteen = [...Array.from({ length: 8 }, () => 1), ...Array.from({ length: 4 }, () => 2), 4, 8, 16, 16]

test('the recorded session, to the msat', async () => {
  const token = await stage.mint.mintToken(60, { denominations: sixteen })
  expect(stage.mint.decode(token)).toHaveLength(16)
  const created: unknown = await (await stage.post('/v1/balance/create', { initial_balance_token: token })).json()
  expect(created).toEqual({ api_key: accountKey(token), balance: 58_000 })
  const key = accountKey(token)
  expect(await (await stage.post('/v1/balance/create', { initial_balance_token: token })).json()).toEqual(created)
  expect(shapeOf(await info(key))).toEqual(shapeOf(recordedJson('balance_info')))

  const chat = await stage.post('/v1/chat/completions', stubChat(), bearer(key))
  const answer: unknown = await chat.json()
  expect(shapeOf(answer)).toEqual(shapeOf(recordedJson('bearer_chat')))
  const { usage, cost, metadata } = JSON.parse(recorded('bearer_chat').text)
  expect(answer).toMatchObject({ model: 'test/tiny-chat', usage, cost, metadata })
  for (const name of ['x-routstr-cost-msats', 'x-routstr-input-cost-msats', 'x-routstr-output-cost-msats', 'x-routstr-cost-usd']) {
    expect(chat.headers.get(name)).toBe(recorded('bearer_chat').headers.get(name))
  }

  const stream = await stage.post('/v1/chat/completions', stubChat({ stream: true }), bearer(key))
  const lines = dataLines(await stream.text())
  const expected = dataLines(recorded('bearer_chat_stream').text)
  expect(stream.headers.get('x-routstr-cost-msats')).toBeNull()
  expect(lines.at(-1)).toBe('[DONE]')
  expect(shapeOf(dataAt(lines, -2))).toEqual(shapeOf(dataAt(expected, -2)))
  expect(dataAt(lines, -2)).toMatchObject({ choices: [], usage: at(dataAt(expected, -2), 'usage') })
  expect(shapeOf(dataAt(lines, 0))).toEqual(shapeOf(dataAt(expected, 0)))
  expect(numberAt(await info(key), 'balance')).toBe(57_964)

  const embeddings: unknown = await (await stage.post('/v1/embeddings', { model: 'stub-embed', input: '[[usage:4,0]]hi' }, bearer(key))).json()
  expect(shapeOf(embeddings)).toEqual(shapeOf(recordedJson('bearer_embeddings')))
  expect(numberAt(embeddings, 'usage', 'remaining_balance_msats')).toBe(57_963)

  const responses: unknown = await (await stage.post('/v1/responses', { model: 'tiny-chat', input: '[[usage:12,7]]hi' }, bearer(key))).json()
  expect(nodesShape(responses)).toEqual(nodesShape(recordedJson('bearer_responses')))
  const responseStream = await (await stage.post('/v1/responses', { model: 'tiny-chat', input: '[[usage:12,7]][[say:hi]]', stream: true }, bearer(key))).text()
  const completed = recorded('bearer_responses_stream').text
  expect(responseStream).toMatch(/\n\ndata: \{"type":"response.completed"/)
  expect(nodesShape(at(dataAt(dataLines(responseStream), -1), 'response'))).toEqual(nodesShape(at(dataAt(dataLines(completed), -1), 'response')))
  expect(numberAt(await info(key), 'balance')).toBe(57_945)

  const more = await stage.mint.mintToken(10, { denominations: [1, 1, 1, 1, 2, 2, 2] })
  expect(await (await stage.post('/v1/balance/topup', { cashu_token: more }, bearer(key))).json()).toEqual(recordedJson('topup'))
  const again = await stage.post('/v1/balance/topup', { cashu_token: more }, bearer(key))
  expect([again.status, withoutId(await again.json())]).toEqual([400, withoutId(recordedJson('topup_spent'))])
  const history: unknown = await (await stage.get('/v1/balance/history', bearer(key))).json()
  expect(shapeOf(history)).toEqual(shapeOf(recordedJson('balance_history')))
  expect([textAt(history, 'transactions', 0, 'id'), textAt(history, 'transactions', 1, 'id')]).toEqual([sha256Hex(`in\0${more}`), sha256Hex(`in\0${token}`)])

  const refunded: unknown = await (await stage.post('/v1/balance/refund', {}, bearer(key))).json()
  expect(shapeOf(refunded)).toEqual(shapeOf(recordedJson('balance_refund')))
  expect(textAt(refunded, 'sats')).toBe('66') // 945 msat are forfeited
  const notes = stage.mint.decode(textAt(refunded, 'token'))
  expect(notes.reduce((total, note) => total + note.amount.toNumber(), 0)).toBe(66)
  expect(notes.every((note) => note.dleq === undefined && stage.mint.stateOf(note.secret) === 'UNSPENT')).toBe(true)
  expect(await (await stage.post('/v1/balance/refund', {}, bearer(key))).json()).toEqual(refunded)
  const books = stage.provider.books()
  expect(books.heldSat * 1000).toBe(books.floatSat * 1000 + books.balancesMsat + books.earnedMsat + books.forfeitedMsat - books.feesPaidSat * 1000)
})

/** request ids differ; everything else must not */
function withoutId(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'request_id' ? 'id' : inner)))
}

describe('refusals have the recorded bodies', () => {
  test.each([
    ['bearer_401', 401, () => stage.post('/v1/chat/completions', stubChat(), bearer('sk-nobody'))],
    ['balance_refund_unknown', 401, () => stage.post('/v1/balance/refund', {}, bearer('sk-nobody'))],
    ['notfound', 404, () => stage.get('/foo')],
    ['providers_disabled', 404, () => stage.get('/v1/providers/')],
    ['models_paths', 200, () => stage.get('/v1/models/paths')],
  ])('%s', async (name, status, send) => {
    const response = await send()
    const body: unknown = await response.json()
    expect(response.status).toBe(status)
    expect(withoutId(body)).toEqual(withoutId(recordedJson(name)))
    if (status !== 200) expect(response.headers.get('x-routstr-request-id')).toBe(textAt(body, 'request_id'))
  })

  test('402 names both amounts', async () => {
    const key = await stage.open(60)
    const response = await stage.post('/v1/chat/completions', { model: 'gpt-stub', messages: [{ role: 'user', content: 'hi' }] }, bearer(key))
    const balance = stage.provider.accounts.balanceOf(key)
    expect(response.status).toBe(402)
    expect(textAt(await response.json(), 'error', 'message')).toBe(
      textAt(recordedJson('bearer_402'), 'error', 'message').replaceAll('57964', String(balance)).replaceAll('57.964', String(balance / 1000)),
    )
  })

  test('a fresh token is redeemed first, and the text is the other one', async () => {
    const token = await stage.mint.mintToken(4)
    const response = await stage.post('/v1/chat/completions', { model: 'gpt-stub', messages: [{ role: 'user', content: 'hi' }] }, bearer(token))
    expect(textAt(await response.json(), 'error', 'message')).toMatch(/: 1995840 mSats required\. 3000 available\. \(reserved: 0\)$/)
    expect(stage.provider.accounts.balanceOf(accountKey(token))).toBe(3000)
  })

  test('order of checks, envelopes, 422 and 401', async () => {
    expect(at(await (await stage.post('/v1/chat/completions', { model: 'nope' })).json(), 'error')).toEqual({ message: "Model 'nope' not found", type: 'invalid_model', code: 400 })
    expect(textAt(await (await stage.get('/v1/balance')).json(), 'error', 'message')).toBe("Model 'unknown' not found")
    expect(textAt(await (await stage.post('/chat/completions', stubChat({ max_tokens: null }))).json(), 'error')).toBe('max_tokens must be an integer')
    expect(await (await fetch(`${stage.provider.url}/v1/chat/completions`, { method: 'POST', body: '{' })).json()).toMatchObject({ error: { code: 'invalid_json' } })
    expect((await stage.post('/v1/chat/completions', stubChat())).status).toBe(401)
    expect((await stage.get('/v1/balance/info')).status).toBe(422)
    expect((await stage.post('/v1/balance/refund', {})).status).toBe(401)
    expect((await stage.get('/v1/wallet/nothing')).status).toBe(404)
    expect((await fetch(`${stage.provider.url}/v1/models`, { method: 'DELETE' })).status).toBe(405)
  })
})

describe('tokens that are not taken stay the client’s', () => {
  test.each([
    ['a cashu: prefix', (token: string) => `cashu:${token}`, 'invalid_cashu_token'],
    ['rubbish', () => 'cashuBrubbish', 'invalid_cashu_token'],
    ['nothing', () => '', 'missing_api_key'],
  ])('%s', async (_, change, code) => {
    const response = await stage.post('/v1/balance/create', { initial_balance_token: change(await stage.mint.mintToken(4)) })
    expect(textAt(await response.json(), 'error', 'code')).toBe(code)
  })

  test('notes of two keysets in one token', async () => {
    const stranger = await createStage()
    const { getEncodedToken } = await import('@cashu/cashu-ts')
    const first = stranger.mint.decode(await stranger.mint.mintToken(4))
    stranger.mint.rotate()
    const second = stranger.mint.decode(await stranger.mint.mintToken(8))
    const token = getEncodedToken({ mint: stranger.mint.url, unit: 'sat', proofs: [...first, ...second] })
    const response = await stranger.post('/v1/balance/create', { initial_balance_token: token })
    expect([response.status, textAt(await response.json(), 'error', 'code')]).toEqual([400, 'cashu_token_redemption_failed'])
    expect(stranger.mint.isSpent(must(first[0]).secret)).toBe(false)
    await stranger.stop()
  })

  test('a mint that is down is 503, a lost swap answer is token_consumed', async () => {
    const own = await createStage()
    const token = await own.mint.mintToken(8)
    own.mint.down = true
    const refused = await own.post('/v1/balance/create', { initial_balance_token: token })
    own.mint.down = false
    expect([refused.status, textAt(await refused.json(), 'error', 'code')]).toEqual([503, 'cashu_mint_unreachable'])
    own.mint.fault(/swap/, 'after')
    const consumed = await own.post('/v1/balance/create', { initial_balance_token: token })
    expect([consumed.status, textAt(await consumed.json(), 'error', 'code')]).toEqual([500, 'cashu_token_consumed'])
    expect((await own.post('/v1/balance/refund', {}, bearer(accountKey(token)))).status).toBe(401)
    await own.stop()
  })

  test('another mint is refused with 422', async () => {
    const elsewhere = await createStage()
    const response = await stage.post('/v1/balance/create', { initial_balance_token: await elsewhere.mint.mintToken(40) })
    expect([response.status, textAt(await response.json(), 'error', 'code')]).toEqual([422, 'cashu_foreign_mint_swap_failed'])
    await elsewhere.stop()
  })
})

test('concurrent first uses of one token give one account and one credit', async () => {
  const token = await stage.mint.mintToken(60)
  const answers = await Promise.all([1, 2, 3].map(() => stage.post('/v1/chat/completions', stubChat(), bearer(token))))
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
  expect(stage.provider.accounts.balanceOf(accountKey(token))).toBe(59_000 - 3 * 18)
})

test('child keys spend the parent’s balance', async () => {
  const parent = await stage.open(60)
  const made: unknown = await (await stage.post('/v1/balance/child-key', { count: 1 }, bearer(parent))).json()
  expect(shapeOf(made)).toEqual(shapeOf(recordedJson('child_key')))
  const child = textAt(made, 'api_keys', 0)
  const before = stage.provider.accounts.balanceOf(parent)
  expect(numberAt(await (await stage.post('/v1/chat/completions', stubChat(), bearer(child))).json(), 'usage', 'remaining_balance_msats')).toBe(0)
  expect(before - stage.provider.accounts.balanceOf(parent)).toBe(18)
  expect((await stage.post('/v1/balance/refund', {}, bearer(child))).status).toBe(400)
})

test('an account funded by invoice has the derivable key', async () => {
  const invoice: unknown = await (await stage.post('/lightning/invoice', { amount_sats: 21, purpose: 'create' })).json()
  expect(shapeOf(invoice)).toEqual(shapeOf(recordedJson('lightning_invoice')))
  const derived = `sk-${sha256Hex(`invoice-${textAt(invoice, 'invoice_id')}-${textAt(invoice, 'payment_hash')}`)}`
  await expect
    .poll(async () => (await stage.get(`/v1/balance/lightning/invoice/${textAt(invoice, 'invoice_id')}/status`)).json(), soon)
    .toMatchObject({ status: 'paid', api_key: derived, amount_sats: 21 })
  expect(stage.provider.accounts.balanceOf(derived)).toBe(21_000)
})

/** Of an answer, without what the model said: that has the shape its upstream gives it. */
function nodesShape(answer: unknown): unknown {
  const { output, ...rest }: { output?: unknown } = { ...(answer ?? {}) }
  expect(output).toHaveLength(1)
  return shapeOf(rest)
}
