import { describe, expect, test } from 'vitest'
import { BASE_URL, INITIAL_CREDIT, BODY_FRAME_CHARACTERS } from '../../../src/messaging/page-constants.ts'
import { ask, connect, pause, present, rejection, until } from './harness.ts'

const body = JSON.stringify(ask)
const post = { method: 'POST', body }

describe('addresses', () => {
  test.each(['/chat/completions', 'chat/completions', '/v1/chat/completions', 'v1/chat/completions', `${BASE_URL}/chat/completions`])(
    'fetch(%j) asks for /chat/completions',
    async (address) => {
      const { background, provider } = connect()
      background.onRequest = ({ method, path }, answer) => answer.json({ method, path })
      expect(await (await provider.fetch(address, post)).json()).toEqual({ method: 'POST', path: '/chat/completions' })
    },
  )

  test('keeps the query, takes URL objects', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ method, path }, answer) => answer.json({ method, path })
    expect(await (await provider.fetch(new URL(`${BASE_URL}/models?limit=2`))).json()).toEqual({ method: 'GET', path: '/models?limit=2' })
  })

  test.each([
    'https://api.openai.com/v1/chat/completions',
    '//api.openai.com/v1/models',
    'http://routstr.invalid/v1/models',
    'https://user@routstr.invalid.evil.test/v1/models',
    'https://routstr.invalid:8443/v1/models',
    'data:,x',
    'blob:https://routstr.invalid/v1/x',
    `/${'x'.repeat(5000)}`,
  ])('%j is a TypeError and sends nothing', async (address) => {
    const { background, provider } = connect()
    expect(await rejection(provider.fetch(address, post))).toBeInstanceOf(TypeError)
    await pause()
    expect(background.frames).toEqual([])
  })
})

describe('the request', () => {
  test('passes the allowed headers only, and works unbound', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ headers }, answer) => answer.json(headers)
    const { fetch } = provider
    const response = await fetch('/chat/completions', {
      ...post,
      headers: {
        authorization: 'Bearer x',
        'Content-Type': 'application/json; charset=utf-8',
        accept: 'application/json',
        'openai-beta': 'assistants=v2',
        'idempotency-key': 'k',
        'x-routstr-strict': '1',
        'x-stainless-retry-count': '1',
        'x-cashu': 'cashuB',
        'x-api-key': 'x',
      },
    })
    expect(Object.fromEntries(await response.json())).toEqual({
      'content-type': 'application/json; charset=utf-8',
      accept: 'application/json',
      'openai-beta': 'assistants=v2',
      'idempotency-key': 'k',
      'x-routstr-strict': '1',
    })
  })

  test.each([
    ['string', body],
    ['ArrayBuffer', new TextEncoder().encode(body).buffer],
    ['typed array', new TextEncoder().encode(body)],
    ['Blob', new Blob([body])],
  ])('a %s body arrives as text, as JSON when nothing else was said', async (_, given) => {
    const { background, provider } = connect()
    background.onRequest = ({ body, headers }, answer) => answer.json({ body, headers })
    const seen = await (await provider.fetch('/chat/completions', { method: 'POST', body: given })).json()
    expect(seen).toEqual({ body, headers: [['content-type', 'application/json']] })
  })

  test('URLSearchParams and Request bodies', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ body, headers, method }, answer) => answer.json({ method, body, type: headers[0]?.[1] })
    const form = await provider.fetch('/x', { method: 'POST', body: new URLSearchParams({ a: 'b' }) })
    expect(await form.json()).toEqual({ method: 'POST', body: 'a=b', type: 'application/x-www-form-urlencoded;charset=UTF-8' })
    const request = await provider.fetch(new Request(`${BASE_URL}/x`, { ...post, headers: { 'content-type': 'text/json' } }))
    expect(await request.json()).toEqual({ method: 'POST', body, type: 'text/json' })
    expect(await rejection(provider.fetch(new Request('https://evil.test/v1/x', post)))).toBeInstanceOf(TypeError)
  })

  test('a long body comes in pieces, none split wrongly', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ body }, answer) => answer.json(body)
    const long = 'x'.repeat(BODY_FRAME_CHARACTERS - 1) + '😀'.repeat(BODY_FRAME_CHARACTERS)
    expect((await (await provider.fetch('/x', { method: 'POST', body: long })).json()) === long).toBe(true)
    expect(background.of('body')).toHaveLength(2)
  })

  test.each([
    [
      'FormData',
      (() => {
        const form = new FormData()
        form.append('file', new Blob(['x']), 'x.mp3')
        return form
      })(),
    ],
    ['not UTF-8', new Uint8Array([0xff, 0xfe, 0xfd])],
  ])('%s is refused with 400 and never sent', async (_, given) => {
    const { background, provider } = connect()
    const response = await provider.fetch('/audio/transcriptions', { method: 'POST', body: given })
    expect(response.status).toBe(400)
    expect((await response.json()).error).toMatchObject({ code: 'unsupported_parameter', type: 'invalid_request_error', param: null })
    expect(response.headers.get('x-should-retry')).toBe('false')
    await pause()
    expect(background.frames).toEqual([])
  })

  test('over 20 MB is 413, other methods 400', async () => {
    const { provider } = connect()
    const large = await provider.fetch('/x', { method: 'POST', body: 'x'.repeat(20 * 1024 * 1024 + 1) })
    expect([large.status, (await large.json()).error.code]).toEqual([413, 'request_too_large'])
    expect((await provider.fetch('/x', { method: 'DELETE' })).status).toBe(400)
  })

  test('prompt: none by option and by header', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ prompt, headers }, answer) => answer.json([prompt, headers.length])
    const asked = async (init: object) => (await provider.fetch('/models', init)).json()
    expect(await asked({})).toEqual(['auto', 0])
    expect(await asked({ prompt: 'none' })).toEqual(['none', 0])
    expect(await asked({ headers: { 'x-routstr-prompt': 'none' } })).toEqual(['none', 0])
  })

  test('a header the contract has no room for is left out', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ headers }, answer) => answer.json(headers.length)
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-routstr-${i}`, 'v']))
    expect(await (await provider.fetch('/models', { headers: many })).json()).toBe(64)
    expect(await (await provider.fetch('/models', { headers: { 'x-routstr-a': 'v'.repeat(5000) } })).json()).toBe(0)
  })
})

describe('the answer', () => {
  test('resolves with the head, before the body', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.head(201, { 'x-routstr-provider': 'p', 'content-type': 'application/json' })
    const response = await provider.fetch('/x', post)
    expect(response).toBeInstanceOf(Response)
    expect([response.status, response.ok, response.headers.get('x-routstr-provider')]).toEqual([201, true, 'p'])
    const id = present(background.of('request')[0]).id
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    background.answer(id).data('{"a":"ä😀"}')
    background.answer(id).end()
    expect(await response.json()).toEqual({ a: 'ä😀' })
  })

  test('bytes arrive as bytes, 204 has no body', async () => {
    const { background, provider } = connect()
    const audio = Uint8Array.from({ length: 256 }, (_, i) => i)
    background.onRequest = ({ path }, answer) => {
      answer.head(path === '/empty' ? 204 : 200, { 'content-type': 'audio/mpeg' })
      answer.bytes(audio)
      answer.end()
    }
    expect(new Uint8Array(await (await provider.fetch('/audio/speech', post)).arrayBuffer())).toEqual(audio)
    expect((await provider.fetch('/empty', post)).body).toBeNull()
  })

  test('gives credit for what was read, exactly, and none for what was not', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.head(200, { 'content-type': 'application/json' })
    const response = await provider.fetch('/x', post)
    const id = present(background.of('request')[0]).id
    const reader = present(response.body).getReader()
    const piece = 'ä'.repeat(4096)
    for (let i = 0; i < INITIAL_CREDIT / piece.length; i++) background.answer(id).data(piece)
    await pause(3)
    expect(background.of('credit')).toEqual([])
    for (let i = 0; i < INITIAL_CREDIT / piece.length; i++) expect((await reader.read()).value).toHaveLength(8192)
    await pause(2)
    // everything is read, but nobody waits for more
    expect(background.of('credit')).toEqual([])
    const next = reader.read()
    await until(() => background.of('credit').length === 1)
    expect(present(background.of('credit')[0]).units).toBe(INITIAL_CREDIT)
    background.answer(id).bytes(new Uint8Array(10_000))
    await next
    void reader.read()
    await until(() => background.of('credit').length === 2)
    expect(present(background.of('credit')[1]).units).toBe(10_000)
  })

  test('a sender that waits for credit gets a long answer through', async () => {
    const { background, provider } = connect()
    const long = 'x'.repeat(1_000_000)
    background.onRequest = ({ id }, answer) => {
      answer.head()
      let sent = 0
      const step = async () => {
        while (sent < long.length) {
          const granted = INITIAL_CREDIT + background.of('credit').reduce((sum, { units }) => sum + units, 0)
          const size = Math.min(granted - sent, 16_384, long.length - sent)
          if (size === 0) await pause()
          else background.write({ t: 'data', id, text: long.slice(sent, sent + size) })
          sent += size
        }
        answer.end()
      }
      void step()
    }
    expect((await (await provider.fetch('/x', post)).text()) === long).toBe(true)
  })
})
