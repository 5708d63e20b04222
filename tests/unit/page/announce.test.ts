import { describe, expect, test } from 'vitest'
import { announce } from '../../../src/page/announce.ts'
import type { RoutstrAnnouncement } from '../../../src/page/api.ts'
import { type FrameWindow, isProviderPlace } from '../../../src/page/placement.ts'
import { connect, present } from './harness.ts'

describe('the announcement', () => {
  test('installs, announces now and on request; everything is frozen', () => {
    const { provider } = connect()
    const window: EventTarget & { routstr?: unknown } = new EventTarget()
    const details: RoutstrAnnouncement[] = []
    let initialized = 0
    window.addEventListener('routstr:announceProvider', (event) => details.push((event as CustomEvent).detail))
    window.addEventListener('routstr#initialized', () => initialized++)
    announce(window, provider)
    expect(window.routstr).toBe(provider)
    expect(Object.getOwnPropertyDescriptor(window, 'routstr')).toMatchObject({ configurable: true, enumerable: false, writable: false })
    window.dispatchEvent(new Event('routstr:requestProvider'))
    expect([details.length, initialized]).toEqual([2, 1])
    const [detail] = details
    expect(detail).toMatchObject({ provider, info: { name: 'Routstr', rdns: 'com.routstr.browser' } })
    expect(present(detail).info.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(present(detail).info.icon).toMatch(/^data:image\/svg\+xml,/)
    for (const object of [detail, present(detail).info, provider, provider.chat, provider.chat.completions, provider.models, provider.responses]) {
      expect(Object.isFrozen(object)).toBe(true)
    }
    const other = new EventTarget()
    other.addEventListener('routstr:announceProvider', (event) => details.push((event as CustomEvent).detail))
    announce(other, provider)
    expect(present(details[2]).info.uuid).not.toBe(present(detail).info.uuid)
  })

  test.each([
    ['taken', (window: object) => Object.defineProperty(window, 'routstr', { value: 'theirs' })],
    ['sealed', (window: object) => Object.preventExtensions(window)],
  ])('when the name is %s, announces all the same (G48)', (_, prepare) => {
    const { provider } = connect()
    const window: EventTarget & { routstr?: unknown } = new EventTarget()
    let announced = 0
    window.addEventListener('routstr:announceProvider', () => announced++)
    prepare(window)
    announce(window, provider)
    expect(announced).toBe(1)
    expect(window.routstr).not.toBe(provider)
  })
})

describe('placement', () => {
  const top = (origin: string): FrameWindow => {
    const window = {
      origin,
      get parent(): FrameWindow {
        return window
      },
    }
    return window
  }
  const foreign = (): FrameWindow => {
    const window = {
      get origin(): string {
        throw new DOMException('Blocked a frame', 'SecurityError')
      },
      get parent(): FrameWindow {
        return window
      },
    }
    return window
  }
  const inside = (parent: FrameWindow, origin: string): FrameWindow => ({ origin, parent })

  test.each([
    ['a top document', top('https://a.test'), true],
    ['a frame of the same origin', inside(inside(top('https://a.test'), 'https://a.test'), 'https://a.test'), true],
    ['a frame of another origin', inside(foreign(), 'https://ads.test'), false],
    ['a frame whose grandparent is another origin', inside(inside(foreign(), 'https://a.test'), 'https://a.test'), false],
    ['another port', inside(top('https://a.test:8443'), 'https://a.test'), false],
    ['a sandboxed frame: a clear refusal instead of nothing', inside(foreign(), 'null'), true],
  ])('%s', (_, window, expected) => {
    expect(isProviderPlace(window)).toBe(expected)
  })
})
