import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { ask, chunk, connect, pause, present, rejection, until } from './harness.ts'

const post = { method: 'POST', body: JSON.stringify(ask) }

describe('abort', () => {
  test('an aborted signal rejects at once and sends nothing', async () => {
    const { background, provider } = connect()
    expect(await rejection(provider.fetch('/x', { ...post, signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' })
    const request = new Request('https://routstr.invalid/v1/x', { ...post, signal: AbortSignal.abort() })
    expect(await rejection(provider.fetch(request))).toMatchObject({ name: 'AbortError' })
    await pause()
    expect(background.frames).toEqual([])
  })

  test('before the head: AbortError and an abort frame; a late head is ignored', async () => {
    const { background, provider } = connect()
    const controller = new AbortController()
    const promise = provider.fetch('/x', { ...post, signal: controller.signal })
    await until(() => background.of('request').length === 1)
    controller.abort()
    const error = await rejection(promise)
    expect(error).toBeInstanceOf(DOMException)
    expect(error.name).toBe('AbortError')
    await until(() => background.of('abort').length === 1)
    const { id } = present(background.of('request')[0])
    expect(background.of('abort')[0]).toEqual({ t: 'abort', id })
    background.answer(id).json({})
    await pause(2)
    expect(background.of('abort')).toHaveLength(1)
  })

  test('while the body is still being read: nothing is sent', async () => {
    const { background, provider } = connect()
    const controller = new AbortController()
    const promise = provider.fetch('/x', { method: 'POST', body: new Blob(['x']), signal: controller.signal })
    controller.abort()
    expect(await rejection(promise)).toMatchObject({ name: 'AbortError' })
    await pause()
    expect(background.frames).toEqual([])
  })

  test('after the head: the body errors at once, read or unread', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => {
      answer.head(200, { 'content-type': 'text/event-stream' })
      answer.data('data: 1\n\n')
    }
    const controller = new AbortController()
    const response = await provider.fetch('/x', { ...post, signal: controller.signal })
    await pause()
    controller.abort()
    expect(await rejection(response.text())).toMatchObject({ name: 'AbortError' })
    await until(() => background.of('abort').length === 1)
  })

  test('the reason of the signal is what fetch rejects with', async () => {
    const { provider } = connect()
    const error = await rejection(provider.fetch('/x', { ...post, signal: AbortSignal.timeout(5) }))
    expect(error.name).toBe('TimeoutError')
  })

  test('cancelling the body is an abort; after the end it is not', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.head()
    await present((await provider.fetch('/x', post)).body).cancel()
    await until(() => background.of('abort').length === 1)
    background.onRequest = (_, answer) => answer.json({})
    const controller = new AbortController()
    await (await provider.fetch('/x', { ...post, signal: controller.signal })).text()
    controller.abort()
    await pause()
    expect(background.of('abort')).toHaveLength(1)
  })

  test('break aborts, and so does the controller of the stream', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.events([chunk('a'), chunk('b')], { done: false, end: false })
    for await (const _ of await provider.chat.completions.create({ ...ask, stream: true })) break
    await until(() => background.of('abort').length === 1)

    const stream = await provider.chat.completions.create({ ...ask, stream: true })
    const seen: string[] = []
    for await (const part of stream) {
      seen.push(part.choices[0]?.delta.content ?? '')
      if (seen.length === 2) setTimeout(() => stream.controller.abort(), 2)
    }
    expect(seen).toEqual(['a', 'b'])
    await until(() => background.of('abort').length === 2)
  })

  test("the caller's signal ends a stream, and a create that waits", async () => {
    const { background, provider } = connect()
    const { create } = provider.chat.completions
    const controller = new AbortController()
    const waiting = create(ask, { signal: controller.signal })
    setTimeout(() => controller.abort(), 2)
    expect(await rejection(waiting)).toMatchObject({ name: 'APIUserAbortError', message: 'Request was aborted.' })
    background.onRequest = (_, answer) => answer.events([chunk('a')], { done: false, end: false })
    const second = new AbortController()
    for await (const _ of await create({ ...ask, stream: true }, { signal: second.signal })) second.abort()
    await until(() => background.of('abort').length === 2)
  })
})

test('1,000 requests leave no listener and no state', async () => {
  const { background, provider } = connect()
  background.onRequest = ({ path }, answer) => {
    if (path === '/denied') answer.fail('user_rejected')
    else if (path === '/broken') {
      answer.head()
      answer.fail('worker_lost')
    } else answer.events([chunk('a', 'stop')])
  }
  const { signal } = new AbortController()
  for (let i = 0; i < 250; i++) {
    await Promise.all([
      provider.fetch('/denied', { ...post, signal }),
      provider.fetch('/broken', { ...post, signal }).then((response) => rejection(response.text())),
      provider.fetch('/fine', { ...post, signal }).then((response) => response.text()),
      (async () => {
        for await (const _ of await provider.chat.completions.create({ ...ask, stream: true }, { signal })) void 0
      })(),
    ])
  }
  expect(background.of('request')).toHaveLength(1000)
  // The last stream was read to [DONE]; its `end` is still on the way.
  await until(() => getEventListeners(signal, 'abort').length === 0)
  // No state: a lost worker finds nothing to repeat, and a late answer nobody to hear it.
  const before = background.frames.length
  background.write({ t: 'lost', reason: 'worker_lost' })
  for (const { id } of background.of('request')) background.write({ t: 'bytes', id, base64: '***' })
  await pause(5)
  expect(background.frames.length).toBe(before)
})
