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
  test('headers go on as the page said them, unbound: which of them leave the browser is the background’s business', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ headers }, answer) => answer.json(headers)
    const { fetch } = provider
    const response = await fetch('/chat/completions', { ...post, headers: { 'Content-Type': 'application/json; charset=utf-8', 'x-stainless-retry-count': '1' } })
    expect(Object.fromEntries(await response.json())).toEqual({ 'content-type': 'application/json; charset=utf-8', 'x-stainless-retry-count': '1' })
  })

  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256)
  const chunks = (...pieces: unknown[]) =>
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece)
        controller.close()
      },
    })

  test.each<[string, () => BodyInit, Uint8Array, string?]>([
    ['a string', () => body, Buffer.from(body), 'text/plain;charset=UTF-8'],
    ['a string with a byte order mark', () => `\ufeff${body}`, Buffer.from(`\ufeff${body}`), 'text/plain;charset=UTF-8'],
    ['an ArrayBuffer', () => bytes.slice().buffer, bytes],
    ['a typed array', () => bytes, bytes],
    ['a view in the middle', () => new Uint8Array(bytes.buffer, 3, 5), bytes.subarray(3, 8)],
    ['a Blob', () => new Blob([bytes], { type: 'audio/mpeg' }), bytes, 'audio/mpeg'],
    ['URLSearchParams', () => new URLSearchParams({ a: 'b c' }), Buffer.from('a=b+c'), 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['a ReadableStream', () => chunks(bytes.subarray(0, 1), bytes.subarray(1, 70_000), new Uint8Array(), bytes.subarray(70_000)), bytes],
    ['nothing', () => '', new Uint8Array(), 'text/plain;charset=UTF-8'],
  ])('%s arrives byte for byte', async (_, given, expected, type) => {
    const { background, provider } = connect()
    background.onRequest = ({ bytes: seen, headers }, answer) => answer.json([Buffer.from(seen).equals(expected), Object.fromEntries(headers)['content-type'] ?? null])
    const response = await provider.fetch('/chat/completions', { method: 'POST', body: given() })
    expect(await response.json()).toEqual([true, type ?? null])
  })

  test('FormData arrives as a form, with its file', async () => {
    const { background, provider } = connect()
    let parsed: Promise<FormData> | undefined
    background.onRequest = ({ bytes: seen, headers }, answer) => {
      parsed = new Response(Buffer.from(seen), { headers }).formData()
      answer.json({})
    }
    const form = new FormData()
    form.append('model', 'm')
    form.append('file', new Blob([bytes]), 'x.mp3')
    await provider.fetch('/audio/transcriptions', { method: 'POST', body: form })
    const seen = await parsed
    expect(seen?.get('model')).toBe('m')
    const file = seen?.get('file')
    expect(file instanceof File && [file.name, Buffer.from(await file.arrayBuffer()).equals(bytes)]).toEqual(['x.mp3', true])
  })

  test('Request bodies, and only of our own address', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ body, headers, method }, answer) => answer.json({ method, body, type: headers[0]?.[1] })
    const request = await provider.fetch(new Request(`${BASE_URL}/x`, { ...post, headers: { 'content-type': 'text/json' } }))
    expect(await request.json()).toEqual({ method: 'POST', body, type: 'text/json' })
    const replaced = await provider.fetch(new Request(`${BASE_URL}/x`, post), { body: 'other' })
    expect(await replaced.json()).toMatchObject({ method: 'POST', body: 'other' })
    expect(await rejection(provider.fetch(new Request('https://evil.test/v1/x', post)))).toBeInstanceOf(TypeError)
  })

  test.each([
    ['a GET with a body', { body }],
    ['a stream of something else than bytes', { method: 'POST', body: chunks('text') }],
    ['a stream of buffers', { method: 'POST', body: chunks(new ArrayBuffer(5)) }],
    ['a header that is none', { ...post, headers: { 'x y': '1' } }],
  ])('%s is a TypeError and sends nothing', async (_, init) => {
    const { background, provider } = connect()
    expect(await rejection(provider.fetch('/x', init))).toBeInstanceOf(TypeError)
    await pause()
    expect(background.frames).toEqual([])
  })

  test('a body that breaks rejects with its own error', async () => {
    const { background, provider } = connect()
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('the disk is gone')) })
    expect((await rejection(provider.fetch('/x', { method: 'POST', body: broken }))).message).toBe('the disk is gone')
    await pause()
    expect(background.frames).toEqual([])
  })

  test('a long body comes in pieces, none split wrongly', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ body }, answer) => answer.json(body)
    const long = 'x'.repeat(BODY_FRAME_CHARACTERS - 1) + '😀'.repeat(BODY_FRAME_CHARACTERS)
    expect((await (await provider.fetch('/x', { method: 'POST', body: long })).json()) === long).toBe(true)
    // 48 kB each
    expect(background.of('body')).toHaveLength(13)
  })

  test('over 20 MB is 413 and never sent, also when nobody knows how long it will be', async () => {
    const { background, provider } = connect()
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)) })
    for (const large of ['x'.repeat(20 * 1024 * 1024 + 1), endless]) {
      const response = await provider.fetch('/x', { method: 'POST', body: large })
      expect([response.status, (await response.json()).error.code, response.headers.get('x-should-retry')]).toEqual([413, 'request_too_large', 'false'])
    }
    await pause()
    expect(background.frames).toEqual([])
  })

  test('prompt: none by option is the header', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ headers }, answer) => answer.json(headers)
    const asked = async (init: object) => (await provider.fetch('/models', init)).json()
    expect(await asked({})).toEqual([])
    expect(await asked({ prompt: 'none' })).toEqual([['x-routstr-prompt', 'none']])
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
