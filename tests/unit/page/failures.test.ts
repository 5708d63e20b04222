import { describe, expect, test } from 'vitest'
import { isErrorCode, statusOf } from '../../../src/domain/errors.ts'
import { ask, connect, pause, present, rejection, textOf, until } from './harness.ts'

const post = { method: 'POST', body: JSON.stringify(ask) }

describe('refusals', () => {
  const codes = [
    'budget_exceeded',
    'user_rejected',
    'permission_required',
    'invalid_request_error',
    'wallet_not_configured',
    'model_not_found',
    'provider_unreachable',
    'upstream_failed_after_payment',
    'internal_error',
    'opaque_origin',
    'max_cost_exceeded',
    'insufficient_balance',
    'prompt_timeout',
    'origin_blocked',
    'insecure_origin',
    'frame_not_allowed',
    'payments_paused',
    'model_not_allowed',
    'too_many_requests',
    'no_provider_available',
    'worker_lost',
    'slow_consumer',
    'navigation_aborted',
    'extension_reloaded',
    'stream_interrupted',
    'unsupported_parameter',
    'request_too_large',
  ].filter(isErrorCode)

  test.each(codes)('%s before the head is a Response with the status of the domain', async (code) => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.fail(code, 'Not now.')
    const response = await provider.fetch('/x', post)
    expect(response.status).toBe(statusOf(code))
    expect([408, 409, 429]).not.toContain(response.status)
    expect((await response.json()).error).toMatchObject({ message: 'Not now.', code, param: null })
    expect(response.headers.get('x-should-retry')).toBe('false')
    expect(response.headers.get('x-request-id')).toBe(present(background.of('request')[0]).id)
  })

  test('request_aborted is an AbortError', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.fail('request_aborted')
    expect(await rejection(provider.fetch('/x', post))).toMatchObject({ name: 'AbortError' })
  })
})

describe('a failure after the head', () => {
  test('an event stream gets an error event, then errors; what came before is delivered first', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => {
      answer.head(200, { 'content-type': 'text/event-stream' })
      answer.data('data: {"a":1}\n\n')
      answer.fail('slow_consumer', 'Too slow.')
    }
    const reader = present((await provider.fetch('/x', post)).body).getReader()
    await pause(2)
    const text = async () => textOf(await reader.read())
    expect(await text()).toBe('data: {"a":1}\n\n')
    expect(await text()).toBe('\n\ndata: {"error":{"message":"Too slow.","type":"api_error","code":"slow_consumer","param":null}}\n\n')
    expect(await rejection(reader.read())).toMatchObject({ name: 'APIConnectionError', code: 'slow_consumer', status: 424 })
  })

  test('the error event does not stick to half an event', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => {
      answer.head(200, { 'content-type': 'text/event-stream' })
      answer.data('data: {"a":')
      answer.fail('worker_lost')
    }
    const reader = present((await provider.fetch('/x', post)).body).getReader()
    await reader.read()
    expect(textOf(await reader.read())).toMatch(/^\n\ndata: \{"error"/)
  })

  test('another body just errors, also while a reader waits', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => {
      answer.head(200, { 'content-type': 'application/json' })
      answer.data('{"half":')
      setTimeout(() => answer.fail('stream_interrupted'), 5)
    }
    const response = await provider.fetch('/x', post)
    expect(await rejection(response.text())).toMatchObject({ code: 'stream_interrupted' })
  })

  test('damaged bytes error the body and tell the background', async () => {
    const { background, provider } = connect()
    background.onRequest = ({ id }, answer) => {
      answer.head(200, { 'content-type': 'audio/mpeg' })
      background.write({ t: 'bytes', id, base64: '***' })
      answer.end()
    }
    const response = await provider.fetch('/x', post)
    expect(await rejection(response.arrayBuffer())).toMatchObject({ code: 'stream_interrupted' })
    await until(() => background.of('abort').length === 1)
  })

  test('an end before the head is a refusal, not an empty answer', async () => {
    const { background, provider } = connect()
    background.onRequest = (_, answer) => answer.end()
    expect((await provider.fetch('/x', post)).status).toBe(424)
  })
})
