/** An answer that keeps us waiting, and one that does not: how long, and at what cost. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
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

afterEach(() => vi.restoreAllMocks())

it('a silent provider is given up after the limit, and not before', async () => {
  const { reader } = provider()
  const began = performance.now()
  await expect(reader.read(60)).rejects.toMatchObject({ code: 'stream_interrupted' })
  expect(performance.now() - began).toBeGreaterThanOrEqual(59)
  reader.letGo()
})

it('each piece has the whole limit for itself, a slow page costs none of it, and a shorter limit holds at once', async () => {
  const { write, reader } = provider()
  for (let n = 0; n < 4; n++) {
    const read = reader.read(80)
    await sleep(40)
    write()
    expect(await read).toEqual({ done: false, value: PIECE })
  }
  await sleep(120)
  write()
  expect((await reader.read(80)).done).toBe(false)
  // armed for a long wait
  write()
  await reader.read(60_000)
  const began = performance.now()
  await expect(reader.read(30)).rejects.toMatchObject({ code: 'stream_interrupted' })
  expect(performance.now() - began).toBeLessThan(10_000)
  reader.letGo()
})

it('given up by its page, or before it began: the reason, although the connection stays silent', async () => {
  const controller = new AbortController()
  const { reader } = provider(controller.signal)
  const read = reader.read(60_000)
  controller.abort(new Error('the page has gone'))
  await expect(read).rejects.toThrow('the page has gone')
  await expect(provider(controller.signal).reader.read(60_000)).rejects.toThrow('the page has gone')
  reader.letGo()
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
