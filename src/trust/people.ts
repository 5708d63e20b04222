/** The people around the user: their follows, and their words and audits about providers, kept, and read anew when they are old. */
import type { FollowGraph, ReadEvents } from './follow-graph.ts'
import { distancesOf, readGraph } from './follow-graph.ts'
import { type HeardAudit, latestOf, readWords, type Recommendation, WORDS_FILTER } from './recommendations.ts'
import type { TrustStore } from './store.ts'
import { type Distances, type Voices, voicesOf } from './voices.ts'

export interface People {
  /** What was saved is in memory. */
  load(): Promise<void>
  /** Reads anew what is older than six hours, or all of it for another user. @param root hex key of the user; null: nobody is heard */
  refresh(root: string | null): Promise<void>
  about(providerId: string): Voices
  /** Follows between the user and this key; undefined: it is not around. */
  hopsTo(key: string): number | undefined
}

/** What is kept, one row. */
export interface PeopleRow {
  readonly graph: FollowGraph
  readonly words: readonly Recommendation[]
  readonly audits: readonly HeardAudit[]
}

const HOPS = 2
const OLD_MS = 6 * 3_600_000
/** Silent relays are not asked again before. */
const PAUSE_MS = 5 * 60_000
const MOST_KEPT = 2_000
/** The nearest are asked for by name: a flood of strangers' words does not cover theirs. */
const NEAREST = 1_000
const PORTION = 250

export function createPeople(world: {
  readonly store: Pick<TrustStore, 'loadPeople' | 'savePeople'>
  readonly read: ReadEvents
  readonly now: () => number
  readonly onChange: () => void
}): People {
  let row: PeopleRow | null = null
  let distances: Distances = new Map()
  let wordsOf = new Map<string, Recommendation[]>()
  let auditsOf = new Map<string, HeardAudit[]>()
  let reading: Promise<void> | null = null
  let tried: { readonly root: string; readonly at: number } | null = null

  function take(next: PeopleRow | null): void {
    row = next
    distances = next === null ? new Map() : distancesOf(next.graph)
    wordsOf = Map.groupBy(next?.words ?? [], ({ providerId }) => providerId)
    auditsOf = Map.groupBy(next?.audits ?? [], ({ providerId }) => providerId)
  }

  async function readAll(root: string): Promise<void> {
    const graph = await readGraph(root, HOPS, world.read, world.now())
    if (graph === null) return
    const known = distancesOf(graph)
    const fresh = readWords(await wordEvents([...known.keys()]), (author) => known.has(author), Math.floor(world.now() / 1000))
    const before = row?.graph.root === root ? row : null
    const kept = <T extends { readonly author: string; readonly at: number }>(heard: readonly T[]): readonly T[] =>
      heard.filter(({ author }) => known.has(author)).toSorted((a, b) => b.at - a.at).slice(0, MOST_KEPT)
    take({
      graph,
      words: kept(latestOf([...(before?.words ?? []), ...fresh.words], fresh.deletions)),
      audits: kept(latestOf([...(before?.audits ?? []), ...fresh.audits], fresh.deletions)),
    })
    await world.store.savePeople(row)
    world.onChange()
  }

  /** @param keys nearest first */
  async function wordEvents(keys: readonly string[]): Promise<readonly unknown[]> {
    const events = [...((await world.read(WORDS_FILTER)) ?? [])]
    const nearest = keys.slice(0, NEAREST)
    for (let from = 0; from < nearest.length; from += PORTION) events.push(...((await world.read({ ...WORDS_FILTER, authors: nearest.slice(from, from + PORTION) })) ?? []))
    return events
  }

  return {
    load: async () => take(await world.store.loadPeople()),
    async refresh(root) {
      if (root === null) {
        if (row !== null) await world.store.savePeople(null)
        return take(null)
      }
      if (row?.graph.root === root && world.now() - row.graph.at < OLD_MS) return
      if (row !== null && row.graph.root !== root) take(null)
      if (reading === null && tried?.root === root && world.now() - tried.at < PAUSE_MS) return
      tried = { root, at: world.now() }
      reading ??= readAll(root).finally(() => {
        reading = null
      })
      await reading
    },
    hopsTo: (key) => distances.get(key),
    about: (providerId) => voicesOf(wordsOf.get(providerId) ?? [], auditsOf.get(providerId) ?? [], distances),
  }
}
