/** An answer that keeps us waiting, and one that does not: how long, and at what cost. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { limitedReader } from '../../../src/engine/idle-limit.ts'

const PIECE = new Uint8Array([1])

/** A provider that writes when it is told to, and never lets go of its connection by itself. */
function provider(signal = new AbortController().signal) {
  let write = (): void => undefined
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      write = () => controller.enqueue(PIECE)
    },
  })
  return { write: () => write(), reader: limitedReader(stream.getReader(), signal) }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const GIVEN_UP = { code: 'stream_interrupted' }
const soFar = (read: Promise<unknown>): Promise<unknown> => Promise.race([read.catch((error: unknown) => error), Promise.resolve().then(() => 'waits')])

it('a silent provider is given up after the limit, and not before', async () => {
  const { reader } = provider()
  const read = reader.read(60_000).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(59_999)
  expect(await soFar(read)).toBe('waits')
  await vi.advanceTimersByTimeAsync(1)
  expect(await read).toMatchObject(GIVEN_UP)
  expect(vi.getTimerCount()).toBe(0)
})

it('one that falls silent later is given up as well: the limit counts from its last piece', async () => {
  const { write, reader } = provider()
  const first = reader.read(80)
  await vi.advanceTimersByTimeAsync(60)
  write()
  await first
  const silent = reader.read(80).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(79)
  expect(await soFar(silent)).toBe('waits')
  await vi.advanceTimersByTimeAsync(1)
  expect(await soFar(silent)).toMatchObject(GIVEN_UP)
})

it('each piece has the whole limit for itself, a slow page costs none of it, and a shorter limit holds at once', async () => {
  const { write, reader } = provider()
  for (let n = 0; n < 4; n++) {
    const read = reader.read(80)
    await vi.advanceTimersByTimeAsync(60)
    write()
    expect(await read).toEqual({ done: false, value: PIECE })
  }
  await vi.advanceTimersByTimeAsync(500)
  write()
  expect((await reader.read(80)).done).toBe(false)
  // armed for a long wait
  write()
  await reader.read(60_000)
  const read = reader.read(30).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(30)
  expect(await soFar(read)).toMatchObject(GIVEN_UP)
})

it('given up by its page, or before it began: the reason, although the connection stays silent', async () => {
  const controller = new AbortController()
  const { reader } = provider(controller.signal)
  const read = reader.read(60_000)
  controller.abort(new Error('the page has gone'))
  await expect(read).rejects.toThrow('the page has gone')
  await expect(provider(controller.signal).reader.read(60_000)).rejects.toThrow('the page has gone')
})

it('thousands of pieces are one timer and one listener, and none is left', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout')
  const { signal } = new AbortController()
  const listeners = vi.spyOn(signal, 'addEventListener')
  const { write, reader } = provider(signal)
  for (let n = 0; n < 2_000; n++) {
    const read = reader.read(60_000)
    write()
    await read
  }
  expect(timers.mock.calls.length + listeners.mock.calls.length).toBe(2)
  const cleared = vi.spyOn(globalThis, 'clearTimeout')
  const removed = vi.spyOn(signal, 'removeEventListener')
  reader.letGo()
  expect(cleared).toHaveBeenCalledWith(timers.mock.results[0]?.value)
  expect(removed).toHaveBeenCalledOnce()
})
