/** An answer on its way to the page leaves nothing behind for each piece: a long stream has thousands. */
import { expect, it, onTestFinished } from 'vitest'
import { createCredit, forwardAnswer } from '../../../src/background/forward.ts'
import type { BackgroundFrame } from '../../../src/messaging/page-contract.ts'

const PIECES = 2_000

it('nobody waits for the end of the answer once for each piece: only while the page does not read', async () => {
  const { prototype } = ReadableStreamDefaultReader
  const closed = Object.getOwnPropertyDescriptor(prototype, 'closed')
  if (closed === undefined) throw new Error('this platform has no such getter')
  let waits = 0
  Object.defineProperty(prototype, 'closed', {
    ...closed,
    get() {
      waits++
      return closed.get?.call(this)
    },
  })
  onTestFinished(() => void Object.defineProperty(prototype, 'closed', closed))

  let left = PIECES
  const body = new ReadableStream<Uint8Array>({ pull: (controller) => (left-- > 0 ? controller.enqueue(new TextEncoder().encode('data: a piece\n\n')) : controller.close()) })
  const frames: BackgroundFrame[] = []
  const credit = createCredit()
  const send = (frame: BackgroundFrame): void => {
    frames.push(frame)
    if (frame.t === 'data') credit.add(frame.text.length)
  }
  await forwardAnswer('id', { status: 200, headers: [['content-type', 'text/event-stream']], body }, send, credit, new AbortController().signal)
  const text = frames.map((frame) => (frame.t === 'data' ? frame.text : '')).join('')
  expect(text).toHaveLength(PIECES * 'data: a piece\n\n'.length)
  expect(frames.at(-1)).toEqual({ t: 'end', id: 'id' })
  expect(waits).toBeLessThan(20)
})
