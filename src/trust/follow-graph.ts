/**
 * Whom the user follows, and whom they follow (kind 3, NIP-02), as distances: read from relays one hop at a time, in portions, newest list
 * per key. Kept as keys by distance: 5 000 keys are 320 kB. Mutes of the user (kind 10000) are left out, with whatever they lead to.
 */
import { verifyEvent } from 'nostr-tools/pure'
import * as v from 'valibot'

export interface FollowGraph {
  /** Hex key of the user. */
  readonly root: string
  /** When it was read, ms. */
  readonly at: number
  /** Keys at distance 1, 2, … */
  readonly hops: readonly (readonly string[])[]
  readonly muted: readonly string[]
}

/** Asks the relays for stored events; null when none of them answered. */
export type ReadEvents = (filter: Readonly<Record<string, unknown>>) => Promise<readonly unknown[] | null>

const MOST_KEYS = 20_000
/** Authors in one question. */
const PORTION = 250
/** One list counts up to so many follows: longer ones follow everybody. */
const MOST_FOLLOWS = 5_000

const hex = (length: number) => v.pipe(v.string(), v.length(length), v.regex(/^[0-9a-f]+$/))
const eventSchema = v.object({
  id: hex(64),
  pubkey: hex(64),
  sig: hex(128),
  kind: v.pipe(v.number(), v.integer()),
  created_at: v.pipe(v.number(), v.safeInteger()),
  tags: v.pipe(v.array(v.pipe(v.array(v.pipe(v.string(), v.maxLength(2048))), v.maxLength(16))), v.maxLength(20_000)),
  content: v.pipe(v.string(), v.maxLength(64 * 1024)),
})
export type SignedEvent = v.InferOutput<typeof eventSchema>

const KEY = /^[0-9a-f]{64}$/

/** The event, checked; null when it is none, is signed by nobody, or is dated later than `nowSeconds` and a quarter of an hour. */
export function checkedEvent(event: unknown, nowSeconds: number): SignedEvent | null {
  const parsed = v.safeParse(eventSchema, event)
  if (!parsed.success || parsed.output.created_at > nowSeconds + 900) return null
  // a fresh object: nostr-tools remembers its verdict on the one it saw
  return verifyEvent({ ...parsed.output }) ? parsed.output : null
}

/** @returns null when no relay answered: what is known stays. @param most hops */
export async function readGraph(root: string, most: number, read: ReadEvents, now: number): Promise<FollowGraph | null> {
  const nowSeconds = Math.floor(now / 1000)
  const own = await read({ kinds: [3, 10_000], authors: [root] })
  if (own === null) return null
  const muted = keysIn(newest(own, nowSeconds, 10_000).get(root))
  const seen = new Set([root, ...muted])
  const hops: string[][] = []
  let edge = fresh(keysIn(newest(own, nowSeconds, 3).get(root)), seen)
  for (let hop = 1; edge.length > 0; hop++) {
    hops.push(edge)
    if (hop >= most) break
    const next: string[] = []
    for (let from = 0; from < edge.length && seen.size < MOST_KEYS; from += PORTION) {
      const authors = edge.slice(from, from + PORTION)
      const lists = newest((await read({ kinds: [3], authors })) ?? [], nowSeconds, 3)
      for (const author of authors) next.push(...fresh(keysIn(lists.get(author)), seen))
    }
    edge = next
  }
  return { root, at: now, hops, muted }
}

/** Key → hops. The user is 0 away. */
export function distancesOf(graph: FollowGraph): ReadonlyMap<string, number> {
  const distances = new Map([[graph.root, 0]])
  for (const [index, keys] of graph.hops.entries()) for (const key of keys) distances.set(key, index + 1)
  return distances
}

/** The newest event of that kind per author. */
function newest(events: readonly unknown[], nowSeconds: number, kind: number): Map<string, SignedEvent> {
  const found = new Map<string, SignedEvent>()
  for (const each of events) {
    const event = checkedEvent(each, nowSeconds)
    if (event === null || event.kind !== kind) continue
    if ((found.get(event.pubkey)?.created_at ?? -1) < event.created_at) found.set(event.pubkey, event)
  }
  return found
}

function keysIn(list: SignedEvent | undefined): string[] {
  const keys = (list?.tags ?? []).flatMap(([name, value]) => (name === 'p' && value !== undefined && KEY.test(value) ? [value] : []))
  return keys.slice(0, MOST_FOLLOWS)
}

/** Those not seen before, remembered from now on. */
function fresh(keys: readonly string[], seen: Set<string>): string[] {
  const found: string[] = []
  for (const key of keys) {
    if (seen.has(key) || seen.size >= MOST_KEYS) continue
    seen.add(key)
    found.push(key)
  }
  return found
}
