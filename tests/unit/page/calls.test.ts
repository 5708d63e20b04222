import { errorFacts, RoutstrError } from '../../../src/domain/errors.ts'
import { describe, expect, test, vi } from 'vitest'
import { connect, pause, rejection, until } from './harness.ts'

const grant = { id: 'g', limitMsat: 1000, remainingMsat: 900, period: 'day', resetsAt: 5, maxPerRequestMsat: 100, expiresAt: null } as const

describe('calls', () => {
  test('ask the background, unbound, and give its results', async () => {
    const { background, provider } = connect()
    background.onCall = ({ id, call }) => {
      const value = call.method === 'availability' ? 'ready' : call.method === 'disconnect' ? null : grant
      background.write({ t: 'result', id, value })
    }
    const { availability, getGrant, enable, requestBudget, disconnect } = provider
    expect(await availability()).toBe('ready')
    expect(await getGrant()).toEqual(grant)
    expect(await enable({ budgetMsat: 5, period: 'week', reason: 'Summaries' })).toEqual(grant)
    expect(await requestBudget({ maxPerRequestMsat: 7 })).toEqual(grant)
    await disconnect()
    expect(background.of('call').map(({ call }) => call)).toEqual([
      { method: 'availability' },
      { method: 'getGrant' },
      { method: 'enable', request: { budgetMsat: 5, period: 'week', reason: 'Summaries' } },
      { method: 'requestBudget', request: { maxPerRequestMsat: 7 } },
      { method: 'disconnect' },
    ])
  })

  test('a refusal rejects with name, status and code', async () => {
    const { background, provider } = connect()
    background.onCall = ({ id }) => background.write({ t: 'fail', id, error: errorFacts(new RoutstrError('user_rejected', 'No.')) })
    expect(await rejection(provider.enable())).toMatchObject({ name: 'PermissionDeniedError', status: 403, code: 'user_rejected', message: '403 No.' })
  })

  test('what JSON can not say rejects and sends nothing: no pipe breaks on it', async () => {
    const { background, provider } = connect()
    // a page in plain JavaScript may say anything
    const wrong: object = { budgetMsat: 5n }
    expect(await rejection(provider.enable(wrong))).toBeInstanceOf(TypeError)
    await pause()
    expect(background.frames).toEqual([])
  })
})

describe('events', () => {
  test('on and the EventTarget flavour, until they are removed', async () => {
    const { background, provider } = connect()
    const seen: unknown[] = []
    const off = provider.on('grantChanged', (detail) => seen.push(['on', detail]))
    const listener = (event: CustomEvent) => seen.push(['listener', event.type, event.detail])
    provider.addEventListener('grantChanged', listener)
    provider.addEventListener('grantChanged', listener)
    provider.addEventListener('disconnect', listener, { once: true })
    background.write({ t: 'event', name: 'grantChanged', detail: grant })
    background.write({ t: 'event', name: 'disconnect', detail: { reason: 'revoked' } })
    background.write({ t: 'event', name: 'disconnect', detail: { reason: 'paused' } })
    await until(() => seen.length === 3)
    expect(seen).toEqual([
      ['on', grant],
      ['listener', 'grantChanged', grant],
      ['listener', 'disconnect', { reason: 'revoked' }],
    ])
    off()
    provider.removeEventListener('grantChanged', listener)
    background.write({ t: 'event', name: 'grantChanged', detail: null })
    await pause(2)
    expect(seen).toHaveLength(3)
  })

  test('connect once per connection; disconnect when something was lost, not when a worker slept', async () => {
    const { background, provider } = connect()
    const seen: unknown[] = []
    provider.on('connect', () => seen.push('connect'))
    provider.on('disconnect', ({ reason }) => seen.push(reason))
    background.onCall = ({ id }) => background.write({ t: 'result', id, value: null })
    await provider.getGrant()
    await provider.getGrant()
    background.write({ t: 'lost', reason: 'worker_lost' })
    await pause(2)
    await provider.getGrant()
    background.onCall = () => {}
    const lost = rejection(provider.getGrant())
    background.write({ t: 'lost', reason: 'worker_lost' })
    background.write({ t: 'lost', reason: 'extension_reloaded' })
    await lost
    expect(seen).toEqual(['connect', 'connect', 'worker_lost', 'extension_updated'])
  })

  test('a listener that throws breaks nothing', async () => {
    const { background, provider } = connect()
    const thrown = vi.fn()
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', thrown)
    try {
      const seen: unknown[] = []
      provider.on('grantChanged', () => {
        throw new Error('the page is broken')
      })
      provider.on('grantChanged', (detail) => seen.push(detail))
      background.write({ t: 'event', name: 'grantChanged', detail: null })
      background.onCall = ({ id }) => background.write({ t: 'result', id, value: null })
      expect(await provider.getGrant()).toBeNull()
      await until(() => thrown.mock.calls.length === 1)
      expect(seen).toEqual([null])
    } finally {
      process.removeListener('uncaughtException', thrown)
      for (const listener of listeners) process.on('uncaughtException', listener)
    }
  })
})
