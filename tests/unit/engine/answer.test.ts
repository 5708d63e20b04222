import { expect, it } from 'vitest'
import { watchAnswer } from '../../../src/engine/answer.ts'

const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`
const encode = (text: string) => new TextEncoder().encode(text)

function watch(piece: string, onEnd: () => Promise<void>): ReadableStreamDefaultReader<Uint8Array> {
  const provider = new Blob([piece]).stream()
  const answer = watchAnswer({
    reader: provider.getReader(),
    first: null,
    isEventStream: true,
    abort: () => undefined,
    signal: new AbortController().signal,
    idleMs: 10_000,
    onProgress: () => undefined,
    onEnd,
  })
  return answer.getReader()
}

it.each([
  ['an answer that comes in one piece', chunk('four')],
  ['one that speaks of its own end', chunk('it ends with data: [DONE]\n\ndata: [DONE]')],
  ['one with what takes two bytes', chunk('für ⚡')],
])('%s: its text waits for nothing, its end for the books', async (_, text) => {
  let close = (): void => undefined
  const books = new Promise<void>((resolve) => {
    close = resolve
  })
  const reader = watch(`${text}data: [DONE]\n\n`, () => books)
  expect(await reader.read()).toEqual({ done: false, value: encode(text) })
  const rest = reader.read()
  expect(await Promise.race([rest, new Promise((resolve) => setTimeout(() => resolve('held back'), 50))])).toBe('held back')
  close()
  expect(await rest).toEqual({ done: false, value: encode('data: [DONE]\n\n') })
  expect((await reader.read()).done).toBe(true)
})
