/**
 * The loopback HTTP server under every part of the development network: port 0 on 127.0.0.1, all sockets tracked so that
 * `down` can cut them and `stop()` lets the process exit, bodies with a cap, errors that never kill the process.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface HttpHost {
  readonly url: string
  readonly port: number
  readonly server: Server
  /** while true, open connections are cut and new ones destroyed on accept */
  down: boolean
  stop(): Promise<void>
}

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void> | void

const MAX_BODY_BYTES = 25 * 1024 * 1024

/** Listens on 127.0.0.1; a busy wanted `port` falls back to any free one. */
export async function serve(handler: Handler, port = 0): Promise<HttpHost> {
  const sockets = new Set<Socket>()
  let down = false
  const server = createServer((request, response) => {
    void answer(handler, request, response)
  })
  server.keepAliveTimeout = 30_000
  server.on('connection', (socket) => {
    if (down) {
      socket.destroy()
      return
    }
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  })
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const boundPort = await listenOn(server, port)
  return {
    url: `http://127.0.0.1:${boundPort}`,
    port: boundPort,
    server,
    get down() {
      return down
    },
    set down(value: boolean) {
      down = value
      if (value) cutAll()
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        cutAll()
      }),
  }
}

async function answer(handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => response.destroy())
  try {
    await handler(request, response, new URL(request.url ?? '/', 'http://127.0.0.1'))
  } catch (error) {
    if (response.headersSent) response.destroy()
    else sendJson(response, 500, { detail: error instanceof Error ? error.message : 'failure' })
  }
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off('listening', onListening)
      if (port !== 0 && error.code === 'EADDRINUSE') resolve(listenOn(server, 0))
      else reject(error)
    }
    const onListening = (): void => {
      server.off('error', onError)
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('no port'))
      else resolve(address.port)
    }
    server.once('error', onError)
    server.once('listening', onListening)
    server.listen(port, '127.0.0.1')
  })
}

export async function readText(request: IncomingMessage): Promise<string> {
  return (await readBytes(request)).toString('utf8')
}

export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part))
    size += bytes.length
    if (size > MAX_BODY_BYTES) throw new Error('body too large')
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}

/** Destroys the connection without an answer: what a crash or a cut cable looks like to the other side. */
export function cut(response: ServerResponse): void {
  response.socket?.destroy()
  response.destroy()
}

export function sendJson(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  sendText(response, status, JSON.stringify(value), { 'content-type': 'application/json', ...headers })
}

export function sendText(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  sendBytes(response, status, Buffer.from(text), headers)
}

export function sendBytes(response: ServerResponse, status: number, bytes: Buffer, headers: Record<string, string> = {}): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-length': String(bytes.length), ...headers })
  response.end(bytes)
}

/** CORS for the parts that hold no credentials (mint, faucet, configuration). Returns true when it answered a preflight. */
export function openCors(request: IncomingMessage, response: ServerResponse): boolean {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-methods', 'GET, POST, OPTIONS')
  response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
  response.setHeader('access-control-max-age', '600')
  if (request.method !== 'OPTIONS') return false
  response.writeHead(204)
  response.end()
  return true
}

export const wait = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) {
      resolve()
      return
    }
    const timer = setTimeout(done, milliseconds)
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done)
  })

/** Runs jobs one after another, in the order of arrival. */
export function createLock(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (job) => {
    const next = last.then(job, job)
    last = next.catch(() => undefined)
    return next
  }
}
