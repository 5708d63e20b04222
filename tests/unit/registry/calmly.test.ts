/** What relays tell in a flood is passed on at once, and then together. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { calmly } from '../../../src/registry/calmly.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('the first is done at once, a flood behind it once per rest, and the last of it is not lost', () => {
  let done = 0
  const calm = calmly(() => done++, 200)
  calm.soon()
  expect(done).toBe(1)
  for (let ms = 0; ms < 1_000; ms++) {
    calm.soon()
    vi.advanceTimersByTime(1)
  }
  expect(done).toBe(6)
  calm.soon()
  vi.advanceTimersByTime(200)
  expect(done).toBe(7)
  vi.advanceTimersByTime(10_000)
  expect([done, vi.getTimerCount()]).toEqual([7, 0])
})

test('asked for by what it does itself, it comes back after the rest', () => {
  let done = 0
  const calm = calmly(() => {
    if (++done < 3) calm.soon()
  }, 200)
  calm.soon()
  expect(done).toBe(1)
  vi.advanceTimersByTime(1_000)
  expect(done).toBe(3)
})

test('stopped, nothing is done later on, and no timer stays', () => {
  let done = 0
  const calm = calmly(() => done++, 200)
  calm.soon()
  calm.soon()
  calm.stop()
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(1_000)
  expect(done).toBe(1)
})
