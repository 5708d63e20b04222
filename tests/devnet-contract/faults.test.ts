/** Streams that are left or break, reservations, and the switchable faults (routstr-node.md §3.5, §12.2). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { soon } from './patience.ts'
import { bearer, createStage, dataAt, dataLines, recorded, recordedJson, shapeOf, type Stage, stubChat, textAt } from './recorded.ts'

let stage: Stage
let key: string
beforeAll(async () => {
  stage = await createStage({ settings: { sweepMs: 50 } })
})
afterAll(() => stage.stop())
beforeEach(async () => {
  stage.provider.clearFaults()
  key = await stage.open(62)
})

const chat = (extra: object = {}): Promise<Response> => stage.post('/v1/chat/completions', stubChat(extra), bearer(key))
const refund = (): Promise<Response> => stage.post('/v1/balance/refund', {}, bearer(key))
const balance = (): number => stage.provider.accounts.balanceOf(key)
const reserved = (): number => stage.provider.accounts.reservedOf(key)
const slowly = (text: string): object => ({ model: 'tiny-chat', max_tokens: 1000, messages: [{ role: 'user', content: `[[slow]]${text}` }] })
const full = 61_000

test('parallel requests reserve each their own maximum', async () => {
  const asked = { ...slowly('[[words:30]]'), max_tokens: 4000 }
  const running = [1, 2, 3].map(() => stage.post('/v1/chat/completions', asked, bearer(key)))
  await expect.poll(reserved, soon).toBeGreaterThan(3 * 6000)
  expect(reserved() % 3).toBe(0)
  const tooMuch = await stage.post('/v1/chat/completions', { model: 'gpt-stub', messages: [] }, bearer(key))
  expect(tooMuch.status).toBe(402)
  expect((await refund()).status).toBe(400)
  await Promise.all(running)
  expect(reserved()).toBe(0)
})

test('a stream that is left is charged 0 and released at once', async () => {
  const leaving = new AbortController()
  const response = await fetch(`${stage.provider.url}/v1/chat/completions`, {
    method: 'POST',
    headers: bearer(key),
    body: JSON.stringify({ ...slowly('[[words:400]]'), stream: true }),
    signal: leaving.signal,
  })
  await response.body?.getReader().read()
  expect(reserved()).toBeGreaterThan(0)
  leaving.abort()
  await expect.poll(reserved, soon).toBe(0)
  expect(balance()).toBe(full)
  expect(stage.provider.requests.at(-1)).toMatchObject({ aborted: true, authorization: 'sk' })
  await expect.poll(() => stage.upstream.requests.at(-1)?.aborted, soon).toBe(true)
})

test('a non-streaming request that is left completes and is charged', async () => {
  const leaving = new AbortController()
  const body = JSON.stringify(slowly('[[words:20]]'))
  const asked = expect(fetch(`${stage.provider.url}/v1/chat/completions`, { method: 'POST', headers: bearer(key), body, signal: leaving.signal })).rejects.toThrow()
  await expect.poll(reserved, soon).toBeGreaterThan(0)
  leaving.abort()
  await asked
  await expect.poll(balance, soon).toBeLessThan(full)
})

describe('upstream failures release the reservation', () => {
  test.each([
    ['upstream-500', 'bearer_upstream_500', 500],
    ['upstream-429', 'bearer_upstream_429', 429],
    ['upstream-dead', 'bearer_upstream_dead', 502],
  ] as const)('%s', async (fault, name, status) => {
    stage.provider.fault(fault)
    const response = await chat()
    expect(response.status).toBe(status)
    const body: unknown = await response.json()
    expect(shapeOf(body)).toEqual(shapeOf(recordedJson(name)))
    if (fault !== 'upstream-500') expect(textAt(body, 'error', 'message')).toBe(textAt(recordedJson(name), 'error', 'message'))
    expect(response.headers.get('retry-after')).toBe(recorded(name).headers.get('retry-after') ?? null)
    expect([balance(), reserved()]).toEqual([full, 0])
  })

  test('a real dead upstream, and the second one taking over', async () => {
    stage.upstream.fail('dead')
    expect((await chat()).status).toBe(502)
    stage.upstream.fail(400)
    expect((await chat()).status).toBe(400)
    expect(balance()).toBe(full)
  })
})

test('an error inside the stream: its event, a zero-cost trailer, no [DONE]', async () => {
  stage.provider.fault('midstream-error')
  const lines = dataLines(await (await chat({ stream: true })).text())
  const expected = dataLines(recorded('bearer_stream_midstream_error').text)
  expect(lines.slice(-2).map((line) => shapeOf(JSON.parse(line)))).toEqual(expected.slice(-2).map((line) => shapeOf(JSON.parse(line))))
  expect(balance()).toBe(full)
})

test('a cut inside the stream leaves the reservation stuck until the sweep', async () => {
  stage.provider.fault('midstream-cut')
  await expect(chat({ stream: true }).then((response) => response.text())).rejects.toThrow()
  expect(reserved()).toBeGreaterThan(0)
  expect(textAt(await (await refund()).json(), 'detail')).toBe('Cannot refund key. There are ongoing requests for this api key.')
  stage.provider.settings.staleReservationMs = 10
  await expect.poll(reserved, soon).toBe(0)
  stage.provider.settings.staleReservationMs = 300_000
  expect(balance()).toBe(full)
  expect((await refund()).status).toBe(200)
})

test('no usage, nothing charged', async () => {
  stage.provider.fault('no-usage', 2)
  expect((await chat()).status).toBe(200)
  const lines = dataLines(await (await chat({ stream: true })).text())
  expect(dataAt(lines, -2)).toMatchObject({ usage: { total_tokens: 0, cost: { total_msats: 0 } } })
  expect(balance()).toBe(full)
})

test('answers dropped after the work is done', async () => {
  stage.provider.fault('drop-chat-response')
  await expect(chat()).rejects.toThrow()
  expect(balance()).toBe(full - 18)
  stage.provider.fault('drop-refund-response')
  await expect(refund()).rejects.toThrow()
  expect(balance()).toBe(0)
  const again: unknown = await (await refund()).json()
  expect(textAt(again, 'sats')).toBe('60')
  expect(await stage.mint.swapAll(textAt(again, 'token'))).toMatch(/^cashuB/)
  const token = await stage.mint.mintToken(8)
  stage.provider.fault('drop-create-response')
  await expect(stage.post('/v1/balance/create', { initial_balance_token: token })).rejects.toThrow()
  expect(await (await stage.post('/v1/balance/create', { initial_balance_token: token })).json()).toMatchObject({ balance: 7000 })
})

describe('hostile answers', () => {
  test('overcharge, huge 402, no price', async () => {
    stage.provider.fault('overcharge', 1, 5)
    expect(await (await chat()).json()).toMatchObject({ cost: { total_msats: 90 } })
    stage.provider.fault('huge-402')
    expect((await chat()).status).toBe(402)
    stage.provider.fault('price-null')
    expect(textAt(await (await stage.get('/v1/models')).json(), 'data', 0, 'sats_pricing')).toBe('null')
    expect((await chat()).status).toBe(500)
    expect([balance(), reserved()]).toEqual([full - 90, 0])
  })

  test('redirect to another origin, a sign-in page, silence', async () => {
    stage.provider.fault('redirect')
    await expect(fetch(`${stage.provider.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(stubChat()), headers: bearer(key), redirect: 'error' })).rejects.toThrow()
    expect(stage.provider.requests.some(({ path }) => path === '/stolen')).toBe(false)
    stage.provider.fault('html')
    expect((await chat()).headers.get('content-type')).toBe('text/html')
    stage.provider.fault('silence', 1, { path: /info/ })
    await expect(fetch(`${stage.provider.url}/v1/info`, { signal: AbortSignal.timeout(100) })).rejects.toThrow()
    expect((await stage.get('/v1/info')).status).toBe(200)
  })

  test('a stream without end stops when it is left', async () => {
    stage.provider.fault('never-ending')
    const response = await chat({ stream: true })
    const reader = response.body?.getReader()
    for (let count = 0; count < 5; count += 1) await reader?.read()
    await reader?.cancel()
    await expect.poll(reserved, soon).toBe(0)
  })

  test('down, restart, wipe', async () => {
    stage.provider.down = true
    await expect(stage.get('/v1/info')).rejects.toThrow()
    stage.provider.down = false
    const running = chat({ stream: true, messages: [{ role: 'user', content: '[[slow]][[words:100]]' }], max_tokens: 1000 }).then((response) => response.text())
    await expect.poll(reserved, soon).toBeGreaterThan(0)
    stage.provider.restart()
    await expect(running).rejects.toThrow()
    expect([balance(), reserved()]).toEqual([full, 0])
    const forgotten = fetch(`${stage.provider.url}/v1/chat/completions`, { method: 'POST', headers: bearer(key), body: JSON.stringify(stubChat({ messages: [{ role: 'user', content: '[[delay:200]]' }] })) })
    const lost = expect(forgotten).rejects.toThrow()
    await expect.poll(reserved, soon).toBeGreaterThan(0)
    const before = stage.provider.earningsMsat()
    stage.provider.restart()
    await lost
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(stage.provider.earningsMsat()).toBe(before) // a request that a restart cut is nobody's debt
    stage.provider.wipe()
    expect(textAt(await (await refund()).json(), 'error', 'code')).toBe('key_not_found')
  })
})

test('the second upstream takes over from a dead one', async () => {
  const own = await createStage({ upstreams: [{ url: 'http://127.0.0.1:9', key: '' }, stage.upstream] })
  const account = await own.open(62)
  expect((await own.post('/v1/chat/completions', stubChat(), bearer(account))).status).toBe(200)
  await own.stop()
})

test('an old node: no POST create, 404 while pending, no cost headers', async () => {
  const own = await createStage({ settings: { oldNode: true } })
  const token = await own.mint.mintToken(20)
  expect((await own.post('/v1/balance/create', { initial_balance_token: token })).status).toBe(404)
  const response = await own.post('/v1/chat/completions', stubChat(), bearer(token))
  expect([response.status, response.headers.get('x-routstr-cost-msats')]).toEqual([200, null])
  own.provider.fault('upstream-dead')
  const paid = await own.mint.mintToken(20)
  expect((await own.post('/v1/chat/completions', stubChat(), { 'x-cashu': paid })).status).toBe(500)
  expect((await own.post('/v1/balance/refund', {}, { 'x-cashu': paid })).status).toBe(404)
  await own.stop()
})

test('prices change at once, by hand and by the engine', async () => {
  const listed = async (): Promise<unknown> => textAt(await (await stage.get('/v1/models')).json(), 'data', 0, 'sats_pricing', 'completion')
  const before = await listed()
  stage.provider.setPrices('test/tiny-chat', { promptSat: 0.01, completionSat: 0.04 })
  expect(await listed()).toBe('0.04')
  stage.provider.pricing.start({ intervalMs: 60_000, script: [2, 3] })
  stage.provider.pricing.step()
  expect(await listed()).toBe('0.08')
  stage.provider.pricing.step()
  expect(await listed()).toBe('0.12')
  stage.provider.pricing.stop()
  expect([before, await listed()]).toEqual(['0.0015750000000000002', '0.04'])
})

test('CORS echoes the origin and exposes the money headers', async () => {
  const origin = 'chrome-extension://abcdefghijklmnop'
  const preflight = await fetch(`${stage.provider.url}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
  })
  expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([200, 'authorization,content-type'])
  const response = await stage.get('/v1/info', { origin })
  expect(response.headers.get('access-control-allow-origin')).toBe(origin)
  expect(response.headers.get('access-control-expose-headers')).toContain('x-cashu, x-routstr-cost-msats')
})
