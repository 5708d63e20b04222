/** An HTTP server that writes exactly the pieces it is told to, and remembers the bytes it was sent. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RawAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly pieces: readonly Uint8Array[]
}

export interface RawServer {
  readonly url: string
  /** Bodies by the number in the path. */
  readonly received: Map<number, Buffer>
  stop(): Promise<void>
}

/** @param answer for the number in the path */
export async function rawServer(answer: (number: number) => RawAnswer): Promise<RawServer> {
  const received = new Map<number, Buffer>()
  const server = createServer(async (request, response) => {
    const number = Number(request.url?.slice(1))
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    received.set(number, Buffer.concat(parts))
    const { headers, pieces } = answer(number)
    response.socket?.setNoDelay(true)
    response.writeHead(200, headers)
    for (const piece of pieces) {
      response.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
