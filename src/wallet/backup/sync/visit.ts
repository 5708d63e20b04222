/** Short visits to relays (NIP-01): everything an author has there, or several events to be kept, over one connection each. */
import * as v from 'valibot'
import { eventSchema, type NostrEvent, type OpenSocket } from '../../nwc/relay-talk.ts'

export interface Answer {
  readonly relay: string
  /** It said that this is all it has: what is not among the events, it does not have. */
  readonly complete: boolean
  /** Of the right form; signatures are the caller's to check. */
  readonly events: readonly NostrEvent[]
}

export type Filter = Readonly<Record<string, unknown>>

const PATIENCE_MS = 8_000
const MOST_CHARACTERS = 512 * 1024
/** Of one visit together: ten thousand notes are about half of it. */
const MOST_IN_ALL = 16 * 1024 * 1024
/** As many as relays usually give at once. */
export const PAGE = 500
const MOST_PAGES = 8

/**
 * @param pages asked one after the other while each is full: for a filter whose answer may be long
 * @param also asked once
 */
export async function askRelay(openSocket: OpenSocket, relay: string, pages: Filter, also: readonly Filter[]): Promise<Answer> {
  const found = new Map<string, NostrEvent>()
  let complete = false
  await visit(openSocket, relay, (send, leave) => {
    let page = 0
    let received = 0
    let fresh: NostrEvent[] = []
    const ask = (until: number | null): void => {
      received = 0
      fresh = []
      const first = { ...pages, limit: PAGE, ...(until === null ? {} : { until }) }
      send(['REQ', `sync${page}`, first, ...(page === 0 ? also.map((filter) => ({ ...filter, limit: PAGE })) : [])])
    }
    ask(null)
    const kinds = v.safeParse(v.object({ kinds: v.array(v.number()) }), pages)
    const isPaged = ({ kind }: NostrEvent): boolean => kinds.success && kinds.output.kinds.includes(kind)
    return ([verb, subscription, body]) => {
      if (subscription !== `sync${page}`) return
      if (verb === 'EVENT') {
        const event = v.safeParse(eventSchema, body)
        if (!event.success || found.size >= PAGE * (MOST_PAGES + 1)) return
        if (isPaged(event.output)) received++
        if (isPaged(event.output) && !found.has(event.output.id)) fresh.push(event.output)
        found.set(event.output.id, event.output)
      } else if (verb === 'EOSE') {
        if (received < PAGE || fresh.length === 0 || ++page >= MOST_PAGES) {
          complete = received < PAGE
          return leave()
        }
        ask(Math.min(...fresh.map(({ created_at }) => created_at)))
      } else if (verb === 'CLOSED') leave()
    }
  })
  return { relay, complete, events: [...found.values()] }
}

/** In this order. @returns ids of those the relay said it keeps */
export async function tellRelay(openSocket: OpenSocket, relay: string, events: readonly NostrEvent[]): Promise<ReadonlySet<string>> {
  const kept = new Set<string>()
  if (events.length === 0) return kept
  const waiting = new Set(events.map(({ id }) => id))
  await visit(openSocket, relay, (send, leave) => {
    for (const event of events) send(['EVENT', event])
    return ([verb, id, accepted]) => {
      if (verb !== 'OK' || typeof id !== 'string' || !waiting.delete(id)) return
      if (accepted === true) kept.add(id)
      if (waiting.size === 0) leave()
    }
  })
  return kept
}

/** @param begin called when the line is open; its result hears every message. Resolves at `leave`, or when the line ends, whatever happens. */
function visit(
  openSocket: OpenSocket,
  relay: string,
  begin: (send: (message: unknown) => void, leave: () => void) => (message: readonly unknown[]) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const socket = open(openSocket, relay)
    if (socket === null) return resolve()
    let hear: ((message: readonly unknown[]) => void) | null = null
    const timer = setTimeout(leave, PATIENCE_MS)
    function leave(): void {
      clearTimeout(timer)
      hear = null
      resolve()
      socket?.close()
    }
    socket.onopen = () => {
      hear = begin((message) => socket.send(JSON.stringify(message)), leave)
    }
    let heard = 0
    socket.onmessage = ({ data }) => {
      if (typeof data !== 'string') return
      heard += data.length
      if (heard > MOST_IN_ALL) return leave()
      const message = data.length <= MOST_CHARACTERS ? parsed(data) : null
      if (Array.isArray(message)) hear?.(message)
    }
    socket.onclose = leave
    socket.onerror = leave
  })
}

function open(openSocket: OpenSocket, relay: string): WebSocket | null {
  try {
    return openSocket(relay)
  } catch {
    return null
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
