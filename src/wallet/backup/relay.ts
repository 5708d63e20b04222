/** Short talks with Nostr relays (NIP-01): publish one event, or ask for stored ones, and hang up. Events are handed on unread. */
import * as v from 'valibot'
import type { Delivery } from '../../domain/word.ts'

export interface RelayAccess {
  /** What each relay said of it, in the order of the relays. Never throws. */
  deliver(relays: readonly string[], event: { readonly id: string }): Promise<readonly Delivery[]>
  /** How many relays said they keep it. Never throws: an unreachable relay did not. */
  publish(relays: readonly string[], event: { readonly id: string }): Promise<number>
  /** How many events each relay counts (NIP-45); null: it does not count. */
  count(relays: readonly string[], filter: Readonly<Record<string, unknown>>): Promise<readonly (number | null)[]>
  /** What the relays that answered have for any of the filters; null when none of them answered. */
  query(relays: readonly string[], ...filters: readonly Readonly<Record<string, unknown>>[]): Promise<readonly unknown[] | null>
}

const QUESTION = 'routstr-backup'
const PATIENCE_MS = 8_000
/** Characters of one message, events of one answer. */
const MOST = { characters: 256 * 1024, events: 50 }

const okSchema = v.looseTuple([v.literal('OK'), v.string(), v.boolean()])
const whySchema = v.looseTuple([v.unknown(), v.unknown(), v.unknown(), v.string()])
const eventSchema = v.looseTuple([v.literal('EVENT'), v.string(), v.unknown()])
const countSchema = v.looseTuple([v.literal('COUNT'), v.string(), v.object({ count: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e9)) })])
const refusalSchema = v.looseTuple([v.picklist(['CLOSED', 'NOTICE'])])
const endSchema = v.looseTuple([v.picklist(['EOSE', 'CLOSED']), v.string()])

/** @param webSocket opens a connection; throws for an address that is none */
export function createRelayAccess(webSocket: (url: string) => WebSocket, patienceMs = PATIENCE_MS, most = MOST): RelayAccess {
  return {
    deliver,
    publish: async (relays, event) => (await deliver(relays, event)).filter(({ result }) => result === 'kept').length,
    count: (relays, filter) =>
      Promise.all(
        [...new Set(relays)].map((relay) =>
          talk<number | null>(relay, ['COUNT', QUESTION, filter], null, (message) => {
            const counted = v.safeParse(countSchema, message)
            if (counted.success && counted.output[1] === QUESTION) return { result: counted.output[2].count }
            // relays that do not count say so in one of these ways, or nothing at all
            return v.is(refusalSchema, message) ? { result: null } : null
          }),
        ),
      ),
    async query(relays, ...filters) {
      const answers = await Promise.all([...new Set(relays)].map((relay) => ask(relay, filters)))
      return answers.every((events) => events === null) ? null : answers.flatMap((events) => events ?? [])
    },
  }

  function deliver(relays: readonly string[], event: { readonly id: string }): Promise<readonly Delivery[]> {
    const tellOne = (relay: string): Promise<Delivery> =>
      talk<Delivery>(relay, ['EVENT', event], { relay, result: 'silent', why: '' }, (message) => {
        const ok = v.safeParse(okSchema, message)
        if (!ok.success || ok.output[1] !== event.id) return null
        const why = v.safeParse(whySchema, message)
        return { result: { relay, result: ok.output[2] ? 'kept' : 'refused', why: why.success ? why.output[3].slice(0, 200) : '' } }
      })
    return Promise.all([...new Set(relays)].map(tellOne))
  }

  function ask(relay: string, filters: readonly Readonly<Record<string, unknown>>[]): Promise<unknown[] | null> {
    const events: unknown[] = []
    return talk<unknown[] | null>(relay, ['REQ', QUESTION, ...filters.map((filter) => ({ ...filter, limit: most.events }))], null, (message) => {
      const event = v.safeParse(eventSchema, message)
      if (event.success) events.push(event.output[2])
      return v.is(endSchema, message) || events.length >= most.events ? { result: events } : null
    })
  }

  /** Says one thing, listens until `read` has its result. @returns `otherwise` when the relay is silent, gone or talks nonsense */
  function talk<T>(relay: string, first: unknown, otherwise: T, read: (message: unknown) => { readonly result: T } | null): Promise<T> {
    return new Promise((resolve) => {
      const socket = open(relay)
      if (socket === null) return resolve(otherwise)
      const timer = setTimeout(() => end(otherwise), patienceMs)
      function end(result: T): void {
        clearTimeout(timer)
        resolve(result)
        socket?.close()
      }
      socket.onopen = () => socket.send(JSON.stringify(first))
      socket.onmessage = ({ data }) => {
        const found = typeof data === 'string' && data.length <= most.characters ? read(parse(data)) : null
        if (found !== null) end(found.result)
      }
      socket.onclose = () => end(otherwise)
      socket.onerror = () => end(otherwise)
    })
  }

  function open(relay: string): WebSocket | null {
    try {
      return webSocket(relay)
    } catch {
      return null
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
