import { describe, expect, test } from 'vitest'
import { ask, connect, pause, present, rejection, textOf, until } from './harness.ts'

const post = { method: 'POST', body: JSON.stringify(ask) }
const grant = { id: 'g', limitMsat: 1000, remainingMsat: 900, period: 'day', resetsAt: null, maxPerRequestMsat: 100, expiresAt: null } as const

describe('worker_lost', () => {
  test('a request without head is sent again with the same id and the whole body', async () => {
    const { background, provider } = connect()
    const body = 'x'.repeat(300_000)
    const promise = provider.fetch('/x', { method: 'POST', body })
    await until(() => background.of('request').length === 1)
    background.onRequest = (asked, answer) => answer.json(asked.body === body)
    background.write({ t: 'lost', reason: 'worker_lost' })
    expect(await (await promise).json()).toBe(true)
    const [first, second] = background.of('request')
    expect(second).toEqual(first)
    expect(background.of('request')).toHaveLength(2)
  })

  test('lost six times: a refusal no SDK repeats', async () => {
    const { background, provider } = connect()
    const promise = provider.fetch('/x', post)
    for (let sent = 1; sent <= 5; sent++) {
      background.write({ t: 'lost', reason: 'worker_lost' })
      await until(() => background.of('request').length === sent + 1)
    }
    background.write({ t: 'lost', reason: 'worker_lost' })
    const response = await promise
    expect([response.status, (await response.json()).error.code]).toEqual([424, 'worker_lost'])
    await pause(2)
    expect(background.of('request')).toHaveLength(6)
  })

  test('a stream with head is never repeated: error event, then error', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => {
      answer.head(200, { 'content-type': 'text/event-stream' })
      answer.data('data: {"a":1}\n\n')
    }
    const response = await provider.fetch('/x', post)
    background.write({ t: 'lost', reason: 'worker_lost' })
    const reader = present(response.body).getReader()
    await reader.read()
    expect(textOf(await reader.read())).toContain('"code":"worker_lost"')
    expect(await rejection(reader.read())).toMatchObject({ code: 'worker_lost' })
    expect(background.of('request')).toHaveLength(1)
  })

  test('calls are sent again, and reject when it does not help', async () => {
    const { background, provider } = connect()
    const promise = provider.enable({ budgetMsat: 1000 })
    await until(() => background.of('call').length === 1)
    background.write({ t: 'lost', reason: 'worker_lost' })
    await until(() => background.of('call').length === 2)
    expect(background.of('call')[1]).toEqual(background.of('call')[0])
    background.write({ t: 'result', id: present(background.of('call')[0]).id, value: grant })
    expect(await promise).toEqual(grant)

    const second = provider.getGrant()
    for (let lost = 0; lost < 6; lost++) background.write({ t: 'lost', reason: 'worker_lost' })
    expect(await rejection(second)).toMatchObject({ name: 'APIConnectionError', code: 'worker_lost' })
  })

  test('an aborted request is not sent again', async () => {
    const { background, provider } = connect()
    const controller = new AbortController()
    const promise = provider.fetch('/x', { ...post, signal: controller.signal })
    await until(() => background.of('request').length === 1)
    controller.abort()
    await rejection(promise)
    background.write({ t: 'lost', reason: 'worker_lost' })
    await pause(2)
    expect(background.of('request')).toHaveLength(1)
  })
})

test.each([
  ['navigation_aborted', 424],
  ['extension_reloaded', 503],
] as const)('%s settles everything and repeats nothing', async (reason, status) => {
  const { background, provider } = connect()
  background.onRequest = ({ path }, answer) => path === '/head' && answer.head(200, { 'content-type': 'application/json' })
  const headless = provider.fetch('/x', post)
  const call = provider.enable()
  const body = rejection((await provider.fetch('/head', post)).text())
  await until(() => background.frames.length === 3)
  background.write({ t: 'lost', reason })
  const response = await headless
  expect([response.status, response.headers.get('x-should-retry'), (await response.json()).error.code]).toEqual([status, 'false', reason])
  expect(await rejection(call)).toMatchObject({ code: reason, name: 'APIConnectionError' })
  expect(await body).toMatchObject({ code: reason })
  await pause(2)
  expect(background.frames).toHaveLength(3)
})

describe('malformed frames (G13)', () => {
  test.each([[null], [1], ['x'], [{}], [{ t: 'nonsense', id: 'x' }], [{ t: 'head', id: 'unknown' }], [[]], [{ t: 'result' }]])(
    '%j is ignored',
    async (message) => {
      const { background, provider } = connect()
      background.port.postMessage(message)
      background.onRequest = (_, answer) => answer.json('fine')
      expect(await (await provider.fetch('/x', post)).json()).toBe('fine')
    },
  )

  test('one that belongs to a request ends that request, visibly', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ id }) => background.port.postMessage({ t: 'head', id, status: 9999, headers: [] })
    expect((await provider.fetch('/x', post)).status).toBe(424)
  })
})
