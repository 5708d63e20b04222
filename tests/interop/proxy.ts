/**
 * The bad network in front of any mint: it loses a request before the mint sees it or the answer after, holds one until a test
 * lets it go (also when its sender has died), sends one twice. WebSockets pass straight through.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { cut, readText, sendText, serve } from '../devnet/http.ts'

export interface MintProxy {
  /** The address a wallet knows the mint by. */
  readonly url: string
  /** `POST /v1/swap` …: what arrived here, in order. */
  readonly calls: string[]
  /** While true nobody gets through. */
  down: boolean
  /** The mint never sees it. */
  loseRequest(path: RegExp, times?: number): void
  /** The mint has done it; nobody hears. */
  loseAnswer(path: RegExp, times?: number): void
  /** The next one waits; those after it pass. */
  hold(path: RegExp): Held
  /** The mint gets the next one twice at the same moment; the sender hears the worse answer. */
  double(path: RegExp): void
  stop(): Promise<void>
}

export interface Held {
  /** Resolves when the request has arrived. */
  readonly arrived: Promise<void>
  /** Now the mint sees it, whether or not its sender still lives. @returns HTTP status of the mint */
  release(): Promise<number>
}

interface Fault {
  readonly path: RegExp
  readonly kind: 'lose request' | 'lose answer' | 'hold' | 'double'
  left: number
  readonly gate: ReturnType<typeof holdGate>
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly type: string
}

export async function startProxy(target: string): Promise<MintProxy> {
  const calls: string[] = []
  const faults: Fault[] = []
  const plan = (path: RegExp, kind: Fault['kind'], left: number): Fault => {
    const fault = { path, kind, left, gate: holdGate() }
    faults.push(fault)
    return fault
  }

  async function handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const body = await readText(request)
    calls.push(`${request.method} ${url.pathname}`)
    const fault = faults.find(({ path, left }) => left > 0 && path.test(url.pathname))
    if (fault !== undefined) fault.left -= 1
    const forward = (): Promise<Answer> => send(`${target}${url.pathname}${url.search}`, request.method ?? 'GET', body)
    switch (fault?.kind) {
      case 'lose request':
        return cut(response)
      case 'lose answer':
        await forward()
        return cut(response)
      case 'hold': {
        fault.gate.arrive()
        await fault.gate.released
        const answer = await forward()
        fault.gate.answer(answer.status)
        return sendText(response, answer.status, answer.text, { 'content-type': answer.type })
      }
      default: {
        const answers = await Promise.all(fault === undefined ? [forward()] : [forward(), forward()])
        const worst = answers.reduce((worse, answer) => (answer.status > worse.status ? answer : worse))
        return sendText(response, worst.status, worst.text, { 'content-type': worst.type })
      }
    }
  }

  const host = await serve(handle, 0)
  host.server.on('upgrade', (request, socket, head) => {
    const { hostname, port } = new URL(target)
    const upstream = connect(Number(port), hostname, () => {
      const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : value}`)
      upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })

  return {
    url: host.url,
    calls,
    get down() {
      return host.down
    },
    set down(value: boolean) {
      host.down = value
    },
    loseRequest: (path, times = 1) => void plan(path, 'lose request', times),
    loseAnswer: (path, times = 1) => void plan(path, 'lose answer', times),
    double: (path) => void plan(path, 'double', 1),
    hold(path) {
      const { gate } = plan(path, 'hold', 1)
      return {
        arrived: gate.arrived,
        release: () => {
          gate.release()
          return gate.answered
        },
      }
    },
    stop: host.stop,
  }
}

async function send(url: string, method: string, body: string): Promise<Answer> {
  const response = await fetch(url, { method, ...(body === '' ? {} : { body, headers: { 'content-type': 'application/json' } }) })
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') ?? 'application/json' }
}

function holdGate() {
  const arrived = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<number>()
  return {
    arrived: arrived.promise,
    arrive: () => arrived.resolve(),
    released: released.promise,
    release: () => released.resolve(),
    answered: answered.promise,
    answer: (status: number) => answered.resolve(status),
  }
}
