import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import { describe, expect, test } from 'vitest'
import { ask, chunk, collect, completion, connect, rejection } from './harness.ts'

const stream = { ...ask, stream: true as const }

describe('create', () => {
  test('answers with the parsed body, unbound, with the request as given', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ body, path }, answer) => answer.json({ ...completion, path, sent: JSON.parse(body) })
    const { create } = provider.chat.completions
    expect(await create(ask)).toMatchObject({ ...completion, path: '/chat/completions', sent: ask })
  })

  test('withResponse and asResponse', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.json(completion)
    const { data, response, request_id } = await provider.chat.completions.create(ask).withResponse()
    expect([data.id, response.status, request_id]).toEqual(['c1', 200, 'req-1'])
    const raw = await provider.chat.completions.create(ask).asResponse()
    expect(await raw.json()).toEqual(completion)
    const again = provider.chat.completions.create(ask)
    expect(await again).toBe(await again)
    expect(await again.finally(() => {})).toEqual(completion)
    expect(again).toBeInstanceOf(Promise)
  })

  test('headers, prompt and the other endpoints', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ path, headers }, answer) => answer.json({ path, headers })
    const sent = await provider.embeddings.create({ model: 'm', input: 'x' }, { headers: { 'x-routstr-strict': '1' }, prompt: 'none' })
    expect(sent).toEqual({
      path: '/embeddings',
      headers: [
        ['content-type', 'text/plain;charset=UTF-8'],
        ['x-routstr-prompt', 'none'],
        ['x-routstr-strict', '1'],
      ],
    })
    expect(await provider.responses.create({ model: 'm', input: 'x' })).toMatchObject({ path: '/responses' })
    expect(await provider.completions.create({ model: 'm', prompt: 'x' })).toMatchObject({ path: '/completions' })
    expect(await provider.moderations.create({ model: 'm', input: 'x' })).toMatchObject({ path: '/moderations' })
    expect(await provider.images.generate({ model: 'm', prompt: 'x' })).toMatchObject({ path: '/images/generations' })
    expect(await provider.models.retrieve('openai/gpt-4o')).toMatchObject({ path: '/models/openai%2Fgpt-4o' })
  })

  test('speech is a Response with the sound in it', async () => {
    const { background, provider } = connect()
    const sound = Uint8Array.from({ length: 256 }, (_, i) => i)
    background.onRequest = ({ body, path }, answer) => {
      answer.head(200, { 'content-type': 'audio/mpeg', 'x-spoken': `${path} ${JSON.parse(body).input}` })
      answer.bytes(sound)
      answer.end()
    }
    const spoken = await provider.audio.speech.create({ model: 'm', voice: 'alloy', input: 'Hello' })
    expect(spoken.headers.get('x-spoken')).toBe('/audio/speech Hello')
    expect(new Uint8Array(await spoken.arrayBuffer())).toEqual(sound)
  })

  test('a transcription is sent as a form, and read as JSON or as text', async () => {
    const { background, provider } = connect()
    let sent: Promise<FormData> | undefined
    let text = false
    background.onRequest = ({ bytes, headers, path }, answer) => {
      sent = new Response(Buffer.from(bytes), { headers }).formData()
      if (!text) return answer.json({ text: path })
      answer.head(200, { 'content-type': 'text/plain' })
      answer.data('1\n00:00')
      answer.end()
    }
    const file = new File(['sound'], 'a.mp3')
    const form = { file, model: 'm', temperature: 0, timestamp_granularities: ['word' as const, 'segment' as const] }
    expect(await provider.audio.transcriptions.create(form)).toEqual({ text: '/audio/transcriptions' })
    expect(Array.from((await sent)?.entries() ?? []).map(([name, value]) => [name, value instanceof File ? value.name : value])).toEqual([
      ['file', 'a.mp3'],
      ['model', 'm'],
      ['temperature', '0'],
      ['timestamp_granularities[]', 'word'],
      ['timestamp_granularities[]', 'segment'],
    ])
    text = true
    expect(await provider.audio.transcriptions.create({ file, model: 'm', response_format: 'srt' })).toBe('1\n00:00')
  })

  test('tee gives every chunk twice, and each reader its own speed', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.events([chunk('a'), chunk('b', 'stop')])
    const [left, right] = (await provider.chat.completions.create(stream)).tee()
    expect(await collect(left)).toEqual([chunk('a'), chunk('b', 'stop')])
    expect(await collect(right)).toEqual([chunk('a'), chunk('b', 'stop')])
    expect(right.controller).toBe(left.controller)
  })

  test('toReadableStream is what the SDK’s helpers read: events, the whole message at the end', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.events([{ ...chunk(''), choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }, chunk('Hel'), chunk('lo', 'stop')])
    const running = ChatCompletionStream.fromReadableStream((await provider.chat.completions.create(stream)).toReadableStream())
    const contents: string[] = []
    running.on('content', (delta) => contents.push(delta))
    expect((await running.finalMessage()).content).toBe('Hello')
    expect(contents).toEqual(['Hel', 'lo'])
  })

  test('models.list is a page, iterable with and without await', async () => {
    const { background, provider } = connect()
    const data = [
      { id: 'a', object: 'model', created: 1, owned_by: 'x' },
      { id: 'b', object: 'model', created: 1, owned_by: 'x' },
    ]
    background.onRequest = (_, answer) => answer.json({ object: 'list', data })
    expect((await provider.models.list()).data).toEqual(data)
    expect(await collect(provider.models.list())).toEqual(data)
    expect(await collect(await provider.models.list())).toEqual(data)
  })
})

describe('streams', () => {
  test('give the chunks and end at [DONE]', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.events([chunk('a'), chunk('b', 'stop')])
    expect(await collect(await provider.chat.completions.create(stream))).toEqual([chunk('a'), chunk('b', 'stop')])
  })

  test('toReadableStream gives lines of JSON', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.events([chunk('a'), chunk('b')])
    const lines = await new Response((await provider.chat.completions.create(stream)).toReadableStream()).text()
    expect(lines).toBe(`${JSON.stringify(chunk('a'))}\n${JSON.stringify(chunk('b'))}\n`)
  })

  test('can be read once', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.events([chunk('a')])
    const chunks = await provider.chat.completions.create(stream)
    await collect(chunks)
    expect(await rejection(collect(chunks))).toBeInstanceOf(TypeError)
  })

  test('the same chunks whatever bytes the text is cut at (G15)', async () => {
    const text = `: comment\r\nevent: message\r\ndata: ${JSON.stringify(chunk('ä😀\r\n'))}\r\n\r\ndata:{"choices":\ndata: []}\n\ndata: [DONE]\n\n`
    const bytes = Buffer.from(text)
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { background, provider } = connect()
      background.onRequest = (_, answer) => {
        answer.head(200, { 'content-type': 'text/event-stream' })
        answer.bytes(bytes.subarray(0, cut))
        answer.bytes(bytes.subarray(cut))
        answer.end()
      }
      expect(await collect(await provider.chat.completions.create(stream)), `cut at ${cut}`).toEqual([chunk('ä😀\r\n'), { choices: [] }])
    }
  })

  test('byte by byte', async () => {
    const { background, provider } = connect()
    const bytes = Buffer.from(`data: ${JSON.stringify(chunk('😀'))}\r\n\r\ndata: [DONE]`)
    background.onRequest = (_, answer) => {
      answer.head(200, { 'content-type': 'text/event-stream' })
      for (const byte of bytes) answer.bytes(Uint8Array.of(byte))
      answer.end()
    }
    expect(await collect(await provider.chat.completions.create(stream))).toEqual([chunk('😀')])
  })

  test('an end without [DONE] is fine after a finish reason, truncated without', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.events([chunk('a'), chunk('b', 'stop')], { done: false })
    expect(await collect(await provider.chat.completions.create(stream))).toHaveLength(2)
    background.onRequest = (_, answer) => answer.events([chunk('a')], { done: false })
    const seen: unknown[] = []
    const error = await rejection(
      (async () => {
        for await (const part of await provider.chat.completions.create(stream)) seen.push(part)
      })(),
    )
    expect(error.message).toContain('truncated')
    expect(error).toMatchObject({ code: 'stream_interrupted', name: 'APIConnectionError' })
    expect(seen).toHaveLength(1)
    background.onRequest = (_, answer) => {
      answer.head(200, { 'content-type': 'text/event-stream' })
      answer.data('data: {"id":')
      answer.end()
    }
    expect((await rejection(collect(await provider.chat.completions.create(stream)))).message).toContain('truncated')
  })

  test('the Responses API ends with its own last event', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.events([{ type: 'response.created' }, { type: 'response.completed' }], { done: false })
    expect(await collect(await provider.responses.create({ model: 'm', input: 'x', stream: true }))).toHaveLength(2)
    background.onRequest = (_, answer) => answer.events([{ type: 'response.created' }], { done: false })
    expect((await rejection(collect(await provider.responses.create({ model: 'm', input: 'x', stream: true })))).message).toContain('truncated')
  })

  test('an error event throws with its code, after what came before it', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => {
      answer.events([chunk('a')], { done: false, end: false })
      answer.fail('slow_consumer', 'Too slow.')
    }
    const seen: unknown[] = []
    const error = await rejection(
      (async () => {
        for await (const part of await provider.chat.completions.create(stream)) seen.push(part)
      })(),
    )
    expect(seen).toHaveLength(1)
    expect(error).toMatchObject({ name: 'APIError', status: undefined, code: 'slow_consumer', type: 'api_error', message: 'Too slow.' })
  })
})

describe('errors', () => {
  test.each([
    [400, 'BadRequestError'],
    [401, 'AuthenticationError'],
    [402, 'APIError'],
    [403, 'PermissionDeniedError'],
    [404, 'NotFoundError'],
    [429, 'RateLimitError'],
    [500, 'InternalServerError'],
    [503, 'InternalServerError'],
  ])('%i throws a %s with the fields of the envelope', async (status, name) => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.json({ error: { message: 'No.', type: 't', code: 'c', param: 'p' } }, status)
    const error = await rejection(provider.chat.completions.create(ask))
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name, status, code: 'c', type: 't', param: 'p', message: `${status} No.`, requestID: 'req-1' })
    expect(error.error).toEqual({ message: 'No.', type: 't', code: 'c', param: 'p' })
    expect(error.headers instanceof Headers && error.headers.get('content-type')).toBe('application/json')
    expect((await rejection(provider.chat.completions.create(ask).asResponse())).name).toBe(name)
  })

  test('a body that is not an envelope becomes the message', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => {
      answer.head(502, { 'content-type': 'text/html' })
      answer.data('<h1>Bad gateway</h1>')
      answer.end()
    }
    expect(await rejection(provider.chat.completions.create(ask))).toMatchObject({ status: 502, message: '502 <h1>Bad gateway</h1>' })
  })

  test('a denial throws too, also for streams', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.fail('user_rejected', 'The user said no.')
    for (const body of [ask, stream]) {
      const error = await rejection(provider.chat.completions.create(body as typeof ask))
      expect(error).toMatchObject({ name: 'PermissionDeniedError', status: 403, code: 'user_rejected', message: '403 The user said no.' })
    }
  })
})
