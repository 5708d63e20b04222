/** The real provider on one end of a real MessageChannel, and a background that does what a test says on the other. */
import * as v from 'valibot'
import { onTestFinished } from 'vitest'
import { type ErrorFacts, errorFacts, RoutstrError } from '../../../src/domain/errors.ts'
import { pageFrameSchema, type BackgroundFrame, type PageFrame } from '../../../src/messaging/page-contract.ts'
import { joined, pieceBytes } from '../../../src/background/body-pieces.ts'
import { createProvider } from '../../../src/page/provider.ts'

type RequestFrame = Extract<PageFrame, { t: 'request' }>

/** A request with all of its body. */
export interface Asked extends Omit<RequestFrame, 'body' | 'more'> {
  /** As text. */
  readonly body: string
  readonly bytes: Uint8Array
}

export interface Answer {
  head(status?: number, headers?: Record<string, string>): void
  data(text: string): void
  bytes(bytes: Uint8Array): void
  end(): void
  fail(code: ErrorFacts['code'], message?: string): void
  /** Head, body and end of a JSON answer. */
  json(value: unknown, status?: number): void
  /** Head of an event stream, one event per value, and the end unless told otherwise. */
  events(values: readonly unknown[], options?: { done?: boolean; end?: boolean }): void
}

export class Background {
  readonly port: MessagePort
  readonly frames: PageFrame[] = []
  /** What to do with each request, once its body is there. */
  onRequest: (asked: Asked, answer: Answer) => void = () => {}
  onCall: (call: Extract<PageFrame, { t: 'call' }>) => void = () => {}
  readonly #bodies = new Map<string, { frame: RequestFrame; pieces: Uint8Array[] }>()

  constructor(port: MessagePort) {
    this.port = port
    port.onmessage = ({ data }) => this.#take(v.parse(pageFrameSchema, data))
  }

  of<T extends PageFrame['t']>(t: T): Extract<PageFrame, { t: T }>[] {
    return this.frames.filter((frame): frame is Extract<PageFrame, { t: T }> => frame.t === t)
  }

  write(frame: BackgroundFrame): void {
    this.port.postMessage(frame)
  }

  answer(id: string): Answer {
    const answer: Answer = {
      head: (status = 200, headers = {}) => this.write({ t: 'head', id, status, headers: Object.entries(headers) }),
      data: (text) => this.write({ t: 'data', id, text }),
      bytes: (bytes) => this.write({ t: 'bytes', id, base64: Buffer.from(bytes).toString('base64') }),
      end: () => this.write({ t: 'end', id }),
      fail: (code, message = 'No.') => this.write({ t: 'fail', id, error: errorFacts(new RoutstrError(code, message)) }),
      json(value, status = 200) {
        answer.head(status, { 'content-type': 'application/json', 'x-request-id': 'req-1' })
        answer.data(JSON.stringify(value))
        answer.end()
      },
      events(values, { done = true, end = true } = {}) {
        answer.head(200, { 'content-type': 'text/event-stream; charset=utf-8' })
        for (const value of values) answer.data(`data: ${JSON.stringify(value)}\n\n`)
        if (done) answer.data('data: [DONE]\n\n')
        if (end) answer.end()
      },
    }
    return answer
  }

  #take(frame: PageFrame): void {
    this.frames.push(frame)
    if (frame.t === 'call') this.onCall(frame)
    if (frame.t === 'request') this.#bodies.set(frame.id, { frame, pieces: [pieceBytes(frame.body ?? '', frame.encoding)] })
    const body = frame.t === 'body' || frame.t === 'request' ? this.#bodies.get(frame.id) : undefined
    if (body === undefined) return
    if (frame.t === 'body') body.pieces.push(pieceBytes(frame.text, body.frame.encoding))
    if ((frame.t === 'body' || frame.t === 'request') && !frame.more) {
      this.#bodies.delete(frame.id)
      const bytes = joined(body.pieces)
      this.onRequest({ ...body.frame, bytes, body: new TextDecoder().decode(bytes) }, this.answer(frame.id))
    }
  }
}

/** A provider and its background; both let go when the test ends. */
export function connect() {
  const { port1, port2 } = new MessageChannel()
  const background = new Background(port1)
  const provider = createProvider(port2)
  onTestFinished(() => {
    port1.close()
    port2.close()
  })
  return { background, provider }
}

/** Waits until `check` holds. */
export async function until(check: () => boolean): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (check()) return
    await pause()
  }
  throw new Error('It never happened.')
}

/** One turn of the event loop: everything posted before has arrived. */
export async function pause(turns = 1): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setTimeout(resolve, 1))
}

export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of stream) all.push(item)
  return all
}

/** What `promise` rejects with. */
export async function rejection(promise: PromiseLike<unknown>): Promise<Error & { readonly [field: string]: unknown }> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return Object.assign(error)
    throw error
  }
  throw new Error('It did not reject.')
}

/** `value`, which a test knows to be there. */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('It is not there.')
  return value
}

/** The bytes of one read, as text. */
export function textOf(read: ReadableStreamReadResult<Uint8Array>): string {
  return Buffer.from(present(read.value)).toString()
}

export const chunk = (content: string, finish: string | null = null) => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
})

export const completion = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop', logprobs: null }],
}

export const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }
