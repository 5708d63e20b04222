/** One lasting connection to a relay: what the service says first, what it listens to, and a new try after every cut. */
import * as v from 'valibot'
import { WebSocket } from 'ws'
import { parseJson } from '../json.ts'
import { eventSchema, type RelayEvent } from '../relay/filters.ts'

export interface RelayConnection {
  /** sent now, or with the next connection */
  publish(event: RelayEvent): void
  stop(): void
}

const RETRY_MS = 100
const delivery = v.tuple([v.literal('EVENT'), v.string(), eventSchema])

/** Resolves when the relay has answered the first subscription (EOSE). */
export async function connectToRelay(
  url: string,
  filter: object,
  world: { hello: () => RelayEvent; onEvent: (event: RelayEvent) => void },
): Promise<RelayConnection> {
  let socket: WebSocket
  let stopped = false
  let retry: NodeJS.Timeout | undefined
  let waiting: RelayEvent[] = []
  let onReady: () => void = () => undefined
  const ready = new Promise<void>((resolve) => {
    onReady = resolve
  })
  const send = (message: unknown[]): void => socket.send(JSON.stringify(message))

  function open(): void {
    socket = new WebSocket(url)
    socket.on('error', () => undefined) // 'close' follows
    socket.on('open', () => {
      send(['EVENT', world.hello()])
      send(['REQ', 'requests', filter])
      for (const event of waiting) send(['EVENT', event])
      waiting = []
    })
    socket.on('message', (data) => {
      const message = parseJson(String(data))
      if (Array.isArray(message) && message[0] === 'EOSE') onReady()
      const event = v.safeParse(delivery, message)
      if (event.success) world.onEvent(event.output[2])
    })
    socket.on('close', () => {
      if (!stopped) retry = setTimeout(open, RETRY_MS)
    })
  }
  open()
  await ready

  return {
    publish(event) {
      if (socket.readyState === WebSocket.OPEN) send(['EVENT', event])
      else waiting.push(event)
    },
    stop() {
      stopped = true
      clearTimeout(retry)
      socket.terminate()
    },
  }
}
