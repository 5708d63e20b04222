/** The people around the user: their follows, and their words and audits about providers, kept, and asked for news when they are old. */
import { distancesOf, type FollowGraph, readGraph } from './follow-graph.ts'
import type { ReadEvents } from './follow-lists.ts'
import { askWords } from './ask-words.ts'
import { type HeardAudit, latestOf, readWords, type Recommendation } from './recommendations.ts'
import type { TrustStore } from './store.ts'
import { type Distances, type Voices, voicesOf } from './voices.ts'

export interface People {
  /** What was saved is in memory. */
  load(): Promise<void>
  /** Asks for news of what is older than six hours, for all of it once a week or for another user. @param root hex key of the user; null: nobody is heard */
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
  /** When everything was asked for and answered last, ms; 0: something was not, and all of it is asked for again. */
  readonly wholeAt: number
  /** The relays that were asked then. */
  readonly relays: readonly string[]
}

const HOPS = 2
const OLD_MS = 6 * 3_600_000
/** What came late to a relay, or to a relay that was silent, is missed by asking for news: now and then everything is read. */
const WHOLE_EVERY_MS = 7 * 24 * 3_600_000
/** Silent relays are not asked again before. */
const PAUSE_MS = 5 * 60_000
const MOST_KEPT = 2_000

export function createPeople(world: {
  readonly store: Pick<TrustStore, 'loadPeople' | 'savePeople'>
  readonly read: ReadEvents
  /** The relays that `read` asks. */
  readonly relays: () => readonly string[]
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
    const before = row?.graph.root === root ? row : null
    const [now, relays] = [world.now(), world.relays()]
    const whole = before === null || now - before.wholeAt >= WHOLE_EVERY_MS || before.wholeAt > now || relays.some((relay) => !before.relays.includes(relay))
    const read = await readGraph(root, { hops: HOPS, read: world.read, now, whole }, before?.graph ?? null)
    if (read === null) return
    const known = distancesOf(read.graph)
    const heard = [...(before?.words ?? []), ...(before?.audits ?? [])]
    const asked = await askWords(world.read, [...known.keys()], whole || before === null ? null : { keys: [...distancesOf(before.graph).keys()], heard })
    const fresh = await readWords(asked.events, (author) => known.has(author), new Set(heard.map(({ id }) => id)), Math.floor(now / 1000))
    const kept = <T extends { readonly author: string; readonly at: number }>(all: readonly T[]): readonly T[] =>
      all.filter(({ author }) => known.has(author)).toSorted((a, b) => b.at - a.at).slice(0, MOST_KEPT)
    take({
      graph: read.graph,
      words: kept(latestOf([...(before?.words ?? []), ...fresh.words], fresh.deletions)),
      audits: kept(latestOf([...(before?.audits ?? []), ...fresh.audits], fresh.deletions)),
      wholeAt: !read.complete || !asked.complete ? 0 : whole ? now : before.wholeAt,
      relays: whole ? relays : before.relays,
    })
    await world.store.savePeople(row)
    world.onChange()
  }

  return {
    load: async () => take(await world.store.loadPeople()),
    async refresh(root) {
      if (root === null) {
        if (row !== null) await world.store.savePeople(null)
        return take(null)
      }
      // read in the future: by a clock that was wrong
      const age = world.now() - (row?.graph.at ?? 0)
      if (row?.graph.root === root && age >= 0 && age < OLD_MS) return
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
