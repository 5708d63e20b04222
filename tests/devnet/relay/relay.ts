/** A Nostr relay on loopback: NIP-01 with verified signatures, replaceable and addressable events, NIP-09 deletion, NIP-11 info, NIP-40 expiry, NIP-45 counts. */
import { verifyEvent } from 'nostr-tools/pure'
import * as v from 'valibot'
import { WebSocketServer, type WebSocket } from 'ws'
import { openCors, sendJson, serve } from '../http.ts'
import { eventSchema, type Filter, isEphemeral, isExpired, matches, parseFilter, type RelayEvent, replacementAddress } from './filters.ts'
import { parseJson } from '../json.ts'

export type { RelayEvent } from './filters.ts'

export interface DevnetRelay {
  /** ws://127.0.0.1:PORT */
  readonly url: string
  /** while true, connections are cut and refused */
  down: boolean
  /** stored events, newest first */
  events(): RelayEvent[]
  connections(): number
  /** filters of all REQ messages so far */
  readonly requests: Filter[]
  /** stores and delivers an event as if a client had sent it; an invalid one is refused with a reason */
  publish(event: RelayEvent): { accepted: boolean; message: string }
  /** a lying relay: stores and delivers without any check */
  inject(event: RelayEvent): void
  /** milliseconds before anything is answered */
  latencyMs: number
  /** answers REQ with events but never with EOSE */
  withoutEose: boolean
  /** NIP-45; an older relay does not know COUNT */
  counts: boolean
  /** NIP-01 `OK false` for these kinds */
  readonly refusedKinds: Set<number>
  /** a forgetful relay: says OK to this kind, keeps and delivers none of it, and drops what it had */
  forget(kind: number): void
  /** ends `forget` and refusal of this kind; what was dropped stays dropped */
  keepAgain(kind: number): void
  clear(): void
  stop(): Promise<void>
}

interface Subscription {
  socket: WebSocket
  id: string
  filters: Filter[]
}

const subscriptionId = v.pipe(v.string(), v.minLength(1), v.maxLength(64))

export async function createRelay(options: { port?: number } = {}): Promise<DevnetRelay> {
  const host = await serve((request, response) => {
    if (!openCors(request, response))
      sendJson(response, 200, { name: 'Devnet relay', supported_nips: [1, 9, 11, 40, 45] }, { 'content-type': 'application/nostr+json' })
  }, options.port)
  const socketServer = new WebSocketServer({ server: host.server })
  const stored = new Map<string, RelayEvent>()
  /** `id:author`: anybody can ask to delete an event, only its author's wish counts */
  const deletedIds = new Set<string>()
  const refusedKinds = new Set<number>()
  const forgottenKinds = new Set<number>()
  const deletedAddresses = new Map<string, number>()
  const requests: Filter[] = []
  let subscriptions: Subscription[] = []
  let latencyMs = 0
  let withoutEose = false
  let counts = true

  const newestFirst = (): RelayEvent[] => [...stored.values()].sort((one, other) => other.created_at - one.created_at || one.id.localeCompare(other.id))

  function send(socket: WebSocket, message: unknown[]): void {
    const deliver = (): void => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
    }
    if (latencyMs > 0) setTimeout(deliver, latencyMs)
    else deliver()
  }

  /** NIP-09: only the author's own events; an address is deleted up to the time of the deletion. */
  function applyDeletion(event: RelayEvent): void {
    for (const [name, target] of event.tags) {
      if (target === undefined) continue
      if (name === 'e') {
        deletedIds.add(`${target}:${event.pubkey}`)
        if (stored.get(target)?.pubkey === event.pubkey) stored.delete(target)
      }
      if (name === 'a' && target.split(':')[1] === event.pubkey) {
        deletedAddresses.set(target, Math.max(deletedAddresses.get(target) ?? 0, event.created_at))
        for (const [id, candidate] of stored) {
          if (replacementAddress(candidate) === target && candidate.created_at <= event.created_at) stored.delete(id)
        }
      }
    }
  }

  /** Keeps the event; false when a newer one (or, at equal time, one with a lower id) already holds its address. */
  function keep(event: RelayEvent): boolean {
    const address = replacementAddress(event)
    if (address !== undefined) {
      if ((deletedAddresses.get(address) ?? -1) >= event.created_at) return false
      const holder = [...stored.values()].find((candidate) => replacementAddress(candidate) === address)
      if (holder && (holder.created_at > event.created_at || (holder.created_at === event.created_at && holder.id <= event.id))) return false
      if (holder) stored.delete(holder.id)
    }
    if (!isEphemeral(event)) stored.set(event.id, event)
    return true
  }

  function deliver(event: RelayEvent): void {
    for (const { socket, id, filters } of subscriptions) {
      if (filters.some((filter) => matches(filter, event))) send(socket, ['EVENT', id, event])
    }
  }

  function publish(event: RelayEvent): { accepted: boolean; message: string } {
    if (!verifyEvent({ ...event })) return { accepted: false, message: 'invalid: signature or id is wrong' }
    if (refusedKinds.has(event.kind)) return { accepted: false, message: `blocked: kind ${event.kind} is not welcome here` }
    if (isExpired(event)) return { accepted: false, message: 'invalid: event expired' }
    if (forgottenKinds.has(event.kind)) return { accepted: true, message: '' }
    if (stored.has(event.id)) return { accepted: true, message: 'duplicate: already have this event' }
    if (deletedIds.has(`${event.id}:${event.pubkey}`)) return { accepted: false, message: 'blocked: deleted by its author' }
    if (!keep(event)) return { accepted: true, message: 'duplicate: a newer event is stored' }
    if (event.kind === 5) applyDeletion(event)
    deliver(event)
    return { accepted: true, message: '' }
  }

  function onMessage(socket: WebSocket, text: string): void {
    const parsed = v.safeParse(v.array(v.unknown()), parseJson(text))
    const [verb, first, ...rest] = parsed.success ? parsed.output : []
    if (verb === 'EVENT') {
      const event = v.safeParse(eventSchema, first)
      if (!event.success) return send(socket, ['NOTICE', 'invalid: not an event'])
      const result = publish(event.output)
      return send(socket, ['OK', event.output.id, result.accepted, result.message])
    }
    const id = v.safeParse(subscriptionId, first)
    if (!id.success) return send(socket, ['NOTICE', `invalid: ${String(verb)}`])
    if (verb === 'CLOSE') {
      subscriptions = subscriptions.filter((entry) => entry.socket !== socket || entry.id !== id.output)
      return
    }
    if (verb === 'COUNT' && counts) {
      const counted = rest.map(parseFilter).filter((filter) => filter !== undefined)
      const all = newestFirst().filter((event) => counted.some((filter) => matches(filter, event)) && !isExpired(event))
      return send(socket, ['COUNT', id.output, { count: all.length }])
    }
    if (verb !== 'REQ') return send(socket, ['NOTICE', `invalid: unknown message ${String(verb)}`])
    const filters = rest.map(parseFilter)
    const valid = filters.filter((filter) => filter !== undefined)
    if (valid.length === 0 || valid.length !== filters.length) return send(socket, ['CLOSED', id.output, 'invalid: bad filter'])
    requests.push(...valid)
    subscriptions = subscriptions.filter((entry) => entry.socket !== socket || entry.id !== id.output)
    subscriptions.push({ socket, id: id.output, filters: valid })
    for (const event of query(valid)) send(socket, ['EVENT', id.output, event])
    if (!withoutEose) send(socket, ['EOSE', id.output])
  }

  /** `limit` holds per filter and keeps the newest. */
  function query(filters: Filter[]): RelayEvent[] {
    const found = new Map<string, RelayEvent>()
    for (const filter of filters) {
      const hits = newestFirst().filter((event) => matches(filter, event) && !isExpired(event))
      for (const event of hits.slice(0, filter.limit ?? 500)) found.set(event.id, event)
    }
    return newestFirst().filter((event) => found.has(event.id))
  }

  socketServer.on('connection', (socket) => {
    socket.on('message', (data) => onMessage(socket, String(data)))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      subscriptions = subscriptions.filter((entry) => entry.socket !== socket)
    })
  })

  return {
    url: host.url.replace('http', 'ws'),
    requests,
    get down() {
      return host.down
    },
    set down(value: boolean) {
      host.down = value
    },
    get latencyMs() {
      return latencyMs
    },
    set latencyMs(value: number) {
      latencyMs = value
    },
    get counts() {
      return counts
    },
    set counts(value: boolean) {
      counts = value
    },
    get withoutEose() {
      return withoutEose
    },
    set withoutEose(value: boolean) {
      withoutEose = value
    },
    events: newestFirst,
    connections: () => socketServer.clients.size,
    publish,
    inject(event) {
      stored.set(event.id, event)
      deliver(event)
    },
    refusedKinds,
    forget(kind) {
      forgottenKinds.add(kind)
      for (const [id, event] of stored) {
        if (event.kind === kind) stored.delete(id)
      }
    },
    keepAgain(kind) {
      forgottenKinds.delete(kind)
      refusedKinds.delete(kind)
    },
    clear() {
      stored.clear()
      deletedIds.clear()
      deletedAddresses.clear()
    },
    async stop() {
      for (const client of socketServer.clients) client.terminate()
      socketServer.close()
      await host.stop()
    },
  }
}
