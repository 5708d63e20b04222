/**
 * Whom the user follows, and whom they follow, as distances: read from relays one hop at a time, in portions. The lists behind it are kept, so that
 * reading again asks for what is new only. 5 000 keys and 500 000 follows among them are 1.7 MB. Mutes of the user are left out, with whatever
 * they lead to.
 */
import { type FollowList, readLists, type ReadEvents } from './follow-lists.ts'
import { type KeptLists, packed, unpacked } from './kept-lists.ts'

export interface FollowGraph {
  /** Hex key of the user. */
  readonly root: string
  /** When it was read, ms. */
  readonly at: number
  /** Keys at distance 1, 2, … */
  readonly hops: readonly (readonly string[])[]
  /** null: none is known. */
  readonly mutes: FollowList | null
  /** Of the user, and of the keys whose follows are in the graph. */
  readonly lists: KeptLists
}

export interface ReadGraph {
  readonly graph: FollowGraph
  /** Some relay has answered each question. */
  readonly complete: boolean
}

const FOLLOWS = 3
const MUTES = 10_000
/** More is not kept: who comes after them is left out until everything is read again. */
const MOST_KEYS = 20_000
/** Authors in one question. */
const PORTION = 250

/**
 * @param asked.hops at most @param asked.whole what is known is asked for again, too @param before of the same user; null: nothing is known
 * @returns null when no relay answered: what is known stays
 */
export async function readGraph(
  root: string,
  asked: { readonly hops: number; readonly read: ReadEvents; readonly now: number; readonly whole: boolean },
  before: FollowGraph | null,
): Promise<ReadGraph | null> {
  const asking = { ...asked, nowSeconds: Math.floor(asked.now / 1000) }
  const lists = before === null ? new Map<string, FollowList>() : unpacked(before.lists, keysOf(before))
  const mutes = new Map<string, FollowList>(before?.mutes == null ? [] : [[root, before.mutes]])
  if (!((await readLists(FOLLOWS, [root], lists, asking)) && (await readLists(MUTES, [root], mutes, asking)))) return null
  const seen = new Set([root, ...(mutes.get(root)?.keys ?? [])])
  const hops: string[][] = []
  let complete = true
  let edge = fresh(lists.get(root)?.keys ?? [], seen)
  for (let hop = 1; edge.length > 0; hop++) {
    hops.push(edge)
    if (hop >= asked.hops) break
    const next: string[] = []
    for (let from = 0; from < edge.length && seen.size < MOST_KEYS; from += PORTION) {
      const authors = edge.slice(from, from + PORTION)
      complete = (await readLists(FOLLOWS, authors, lists, asking)) && complete
      for (const author of authors) next.push(...fresh(lists.get(author)?.keys ?? [], seen))
    }
    edge = next
  }
  const found = { root, at: asked.now, hops, mutes: mutes.get(root) ?? null }
  return { graph: { ...found, lists: packed(lists, [root, ...hops.slice(0, asked.hops - 1).flat()], keysOf(found)) }, complete }
}

/** Key → hops, nearest first. The user is 0 away. */
export function distancesOf(graph: FollowGraph): ReadonlyMap<string, number> {
  const distances = new Map([[graph.root, 0]])
  for (const [index, keys] of graph.hops.entries()) for (const key of keys) distances.set(key, index + 1)
  return distances
}

/** Those whose places the kept lists name: muted ones as well, they may be heard again one day. */
function keysOf({ root, hops, mutes }: Pick<FollowGraph, 'root' | 'hops' | 'mutes'>): readonly string[] {
  return [root, ...hops.flat(), ...(mutes?.keys ?? [])]
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
