import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { accountKey, createAccountApi } from '../../../src/protocol/account.ts'
import { endpoint } from '../../../src/protocol/node-call.ts'
import { recorded } from './recorded.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function node(answer: (seen: Seen, response: ServerResponse) => void) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += String(part)
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
    seen.push(one)
    answer(one, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const replay = (response: ServerResponse, name: string) => {
  const { status, headers, body } = recorded(name)
  response.writeHead(status, { 'content-type': 'application/json', 'x-routstr-request-id': headers.get('x-routstr-request-id') ?? '' }).end(body)
}
const playing = (name: string) => node((_seen, response) => replay(response, name))
const api = createAccountApi({ fetch })
const KEY = 'sk-95bf64a0ba227e5ce334d28b00950cc9137913c8b1015a6a04414cdb36487e0d'

test('the key is known before anything is sent', async () => {
  expect(await accountKey('cashuBexample')).toBe('sk-ed9907a65597702c00a485910524a53abc0476c31488879e50a8217e006bd54d')
})

test('an address may come with /v1 or a slash', () => {
  for (const url of ['https://x.dev', 'https://x.dev/', 'https://x.dev/v1', 'https://x.dev/v1/'])
    expect(endpoint(url, '/models')).toBe('https://x.dev/v1/models')
  expect(endpoint('https://x.dev/node', '/info')).toBe('https://x.dev/node/v1/info')
})

describe('create', () => {
  test('sends the token in the body and nowhere else', async () => {
    const { url, seen } = await playing('balance_create')
    expect(await api.create(url, 'cashuBtoken')).toEqual({
      kind: 'ok',
      value: { key: KEY, balanceMsat: 58_000 },
      nodeRequestId: '79083379-c745-40c7-8d7f-c3c156cac1fc',
    })
    expect(seen).toMatchObject([{ method: 'POST', url: '/v1/balance/create', body: '{"initial_balance_token":"cashuBtoken"}' }])
    expect(seen[0]?.headers).not.toHaveProperty('authorization')
    expect(seen[0]?.headers).not.toHaveProperty('referer')
  })

  test('an old node is funded by the info call with the token as Bearer', async () => {
    const { url, seen } = await node(({ method }, response) => replay(response, method === 'POST' ? 'notfound' : 'balance_info'))
    expect(await api.create(url, 'cashuBtoken')).toMatchObject({ kind: 'ok', value: { key: KEY, balanceMsat: 58_000 } })
    expect(seen.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual([
      ['POST', '/v1/balance/create', undefined],
      ['GET', '/v1/balance/info', 'Bearer cashuBtoken'],
    ])
  })

  test('a refusal keeps the node’s facts and does not go on', async () => {
    const { url, seen } = await playing('topup_spent')
    expect(await api.create(url, 'cashuBtoken')).toMatchObject({
      kind: 'refused',
      error: { status: 400, code: 'cashu_token_already_spent' },
      nodeRequestId: 'eb0e7121-b942-4f04-ae4b-f4b093be41f4',
    })
    expect(seen).toHaveLength(1)
  })
})

describe('read and refund', () => {
  test('the balance', async () => {
    const { url, seen } = await playing('balance_info')
    expect(await api.read(url, KEY)).toMatchObject({ kind: 'ok', value: { balanceMsat: 58_000, reservedMsat: 0, totalSpentMsat: 0 } })
    expect(seen).toMatchObject([{ method: 'GET', url: '/v1/balance/info', headers: { authorization: `Bearer ${KEY}` } }])
  })

  test('the change, as often as it is asked for', async () => {
    const { url, seen } = await playing('balance_refund')
    const first = await api.refund(url, KEY)
    expect(first).toMatchObject({ kind: 'ok', value: { token: expect.stringMatching(/^cashuB/), amountMsat: 66_000 } })
    expect(await api.refund(url, KEY)).toEqual(first)
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/v1/balance/refund', headers: { authorization: `Bearer ${KEY}` } })
  })

  test.each([
    ['{"token":"cashuBx","msats":"19977"}', 19_977],
    ['{"token":"cashuBx","sats":18}', 18_000],
    ['{"token":"cashuBx","sats":"many"}', null],
    ['{"token":"cashuBx"}', null],
  ])('the amount in %s', async (body, amountMsat) => {
    const { url } = await node((_seen, response) => response.end(body))
    expect(await api.refund(url, KEY)).toMatchObject({ kind: 'ok', value: { token: 'cashuBx', amountMsat } })
  })

  test('an unknown key', async () => {
    const { url } = await playing('balance_refund_unknown')
    expect(await api.refund(url, KEY)).toMatchObject({ kind: 'refused', error: { status: 401, code: 'key_not_found' } })
  })
})

describe('what proves nothing is told apart from what does', () => {
  test('nobody listens', async () => {
    expect(await api.read('http://127.0.0.1:1', KEY)).toEqual({ kind: 'unreachable', message: 'The connection to the provider failed.' })
  })

  test('no answer in time', async () => {
    const { url } = await node(() => undefined)
    const { read } = createAccountApi({ fetch, timeoutMs: 400 })
    expect(await read(url, KEY)).toEqual({ kind: 'unreachable', message: 'The provider did not answer within 0.4 seconds.' })
  })

  test('given up by the caller', async () => {
    const { url } = await node(() => undefined)
    const stop = new AbortController()
    const answer = api.read(url, KEY, stop.signal)
    stop.abort()
    expect(await answer).toMatchObject({ kind: 'unreachable' })
  })

  test('cut in the middle of the answer', async () => {
    const { url } = await node((_seen, response) => {
      response.writeHead(200, { 'content-length': '500' })
      response.write('{"token":"cashuB', () => response.destroy())
    })
    expect(await api.refund(url, KEY)).toMatchObject({ kind: 'unreachable' })
  })

  test('T25: a redirect is not followed: the key belongs to one origin', async () => {
    const target = await playing('balance_info')
    const { url } = await node((_seen, response) => response.writeHead(307, { location: `${target.url}/v1/balance/info` }).end())
    expect(await api.read(url, KEY)).toMatchObject({ kind: 'unreachable' })
    expect(target.seen).toEqual([])
  })

  test.each([
    ['a web page', '<html>'],
    ['no balance', '{"api_key":"sk-1"}'],
    ['a broken amount', '{"balance":1.5}'],
    ['far too much', 'x'.repeat(1024 * 1024 + 1)],
  ])('%s', async (_what, body) => {
    const { url } = await node((_seen, response) => response.end(body))
    expect(await api.read(url, KEY)).toMatchObject({ kind: 'unreadable' })
  })

  test('a refund without ecash', async () => {
    const { url } = await node((_seen, response) => response.end('{"recipient":"user@ln","sats":"5"}'))
    expect(await api.refund(url, KEY)).toMatchObject({ kind: 'unreadable' })
  })
})
