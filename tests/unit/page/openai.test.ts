/** The unmodified SDK over the real provider: its retry rules decide which denials cost a second prompt or payment (T15). */
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { isErrorCode, statusOf } from '../../../src/domain/errors.ts'
import { ask, chunk, collect, completion, connect, rejection, until } from './harness.ts'

function client() {
  const { background, provider } = connect()
  const { baseURL, fetch } = provider
  return { background, openai: new OpenAI({ baseURL, fetch, apiKey: 'routstr', dangerouslyAllowBrowser: true }) }
}

test('a completion', async () => {
  const { background, openai } = client()
  background.onRequest = ({ path, body, headers }, answer) => answer.json({ ...completion, path, body: JSON.parse(body), headers })
  const answer = await openai.chat.completions.create(ask)
  expect(answer).toMatchObject({ ...completion, path: '/chat/completions', body: ask })
})

test('a stream, whole and broken off', async () => {
  const { background, openai } = client()
  background.onRequest = (_, answer) => answer.events([chunk('a'), chunk('b', 'stop')])
  expect(await collect(await openai.chat.completions.create({ ...ask, stream: true }))).toEqual([chunk('a'), chunk('b', 'stop')])
  background.onRequest = (_, answer) => answer.events([chunk('a'), chunk('b')], { done: false, end: false })
  for await (const _ of await openai.chat.completions.create({ ...ask, stream: true })) break
  await until(() => background.of('abort').length === 1)
})

test('models and embeddings', async () => {
  const { background, openai } = client()
  background.onRequest = ({ path }, answer) => answer.json(path === '/models' ? { object: 'list', data: [{ id: 'a' }] } : { data: [], path })
  expect(await collect(openai.models.list())).toEqual([{ id: 'a' }])
  expect(await openai.embeddings.create({ model: 'm', input: 'x', encoding_format: 'float' })).toMatchObject({ path: '/embeddings' })
})

describe('T15: one call for every denial', () => {
  const codes = [
    'invalid_request_error',
    'unsupported_parameter',
    'request_too_large',
    'wallet_not_configured',
    'insufficient_balance',
    'budget_exceeded',
    'max_cost_exceeded',
    'permission_required',
    'user_rejected',
    'prompt_timeout',
    'origin_blocked',
    'insecure_origin',
    'opaque_origin',
    'frame_not_allowed',
    'payments_paused',
    'model_not_allowed',
    'too_many_requests',
    'model_not_found',
    'no_provider_available',
    'provider_unreachable',
    'upstream_failed_after_payment',
    'worker_lost',
    'extension_reloaded',
    'internal_error',
  ].filter(isErrorCode)

  test.each(codes)('%s', async (code) => {
    const { background, openai } = client()
    background.onRequest = (_, answer) => answer.fail(code)
    const error = await rejection(openai.chat.completions.create(ask))
    expect(error).toBeInstanceOf(OpenAI.APIError)
    expect(error).toMatchObject({ status: statusOf(code), code })
    expect(background.of('request')).toHaveLength(1)
  })
})

test('an abort is one call and an APIUserAbortError', async () => {
  const { background, openai } = client()
  const controller = new AbortController()
  const promise = openai.chat.completions.create(ask, { signal: controller.signal })
  await until(() => background.of('request').length === 1)
  controller.abort()
  expect(await rejection(promise)).toBeInstanceOf(OpenAI.APIUserAbortError)
  await until(() => background.of('abort').length === 1)
  expect(background.of('request')).toHaveLength(1)
})

test('T15: a stream that dies throws with the code, and is not repeated', async () => {
  const { background, openai } = client()
  background.onRequest = (_, answer) => answer.events([chunk('a')], { done: false, end: false })
  const stream = await openai.chat.completions.create({ ...ask, stream: true })
  background.write({ t: 'lost', reason: 'worker_lost' })
  const error = await rejection(collect(stream))
  expect(error).toBeInstanceOf(OpenAI.APIError)
  expect(error.code).toBe('worker_lost')
  expect(background.of('request')).toHaveLength(1)
})

test("the SDK's own retries are new requests", async () => {
  const { background, openai } = client()
  background.onRequest = (_, answer) => {
    answer.head(500, { 'content-type': 'application/json', 'retry-after-ms': '1' })
    answer.end()
  }
  expect(await rejection(openai.chat.completions.create(ask))).toBeInstanceOf(OpenAI.InternalServerError)
  expect(new Set(background.of('request').map(({ id }) => id)).size).toBe(3)
})
