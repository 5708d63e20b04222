/**
 * How many follow a provider's key: counted by relays that can (NIP-45), else sampled: "at least". Relays may lie and keys cost nothing, so it moves
 * the score by a hair; that the user or somebody near follows it is another matter.
 */
import { inPortions } from '../domain/in-portions.ts'
import type { TrustPart } from '../domain/trust.ts'
import type { ReadEvents } from './follow-lists.ts'
import { checkedEvent } from './signed-event.ts'
import type { TrustStore } from './store.ts'

/** The largest answer of the relays that count; null: none does. */
export type CountEvents = (filter: Readonly<Record<string, unknown>>) => Promise<number | null>

export interface FollowersRow {
  readonly key: string
  readonly count: number
  /** From a sample: there are at least so many. */
  readonly sampled: boolean
  /** ms */
  readonly at: number
}

export interface Followers {
  load(): Promise<void>
  /** Counts anew those that were counted more than a day ago, one after the other. @param keys of announcements */
  refresh(keys: readonly string[]): Promise<void>
  about(key: string): FollowersRow | null
}

const OLD_MS = 24 * 3_600_000
/** Keys that are counted at all. */
const MOST = 50
/** Of a sample, so many signatures are checked. */
const MOST_CHECKED = 200
const STRANGER = 0.4
const WEIGHT = 0.1

export function createFollowers(world: {
  readonly store: Pick<TrustStore, 'loadFollowers' | 'saveFollowers'>
  readonly count: CountEvents
  readonly read: ReadEvents
  readonly now: () => number
  readonly onChange: () => void
}): Followers {
  const rows = new Map<string, FollowersRow>()
  /** Silent relays are not asked again at once. */
  const triedAt = new Map<string, number>()
  let turn: Promise<void> = Promise.resolve()

  async function countOf(key: string): Promise<Omit<FollowersRow, 'key' | 'at'> | null> {
    const filter = { kinds: [3], '#p': [key] }
    const counted = await world.count(filter)
    if (counted !== null) return { count: counted, sampled: false }
    const events = await world.read(filter)
    if (events === null) return null
    const nowSeconds = Math.floor(world.now() / 1000)
    const authors = new Set<string>()
    await inPortions(events.slice(0, MOST_CHECKED), (event) => {
      const list = checkedEvent(event, nowSeconds)
      if (list !== null && list.kind === 3 && list.tags.some(([name, value]) => name === 'p' && value === key)) authors.add(list.pubkey)
    })
    return { count: authors.size, sampled: true }
  }

  async function countAll(keys: readonly string[]): Promise<void> {
    for (const key of keys.slice(0, MOST)) {
      const last = Math.max(rows.get(key)?.at ?? 0, triedAt.get(key) ?? 0)
      if (world.now() - last < OLD_MS) continue
      triedAt.set(key, world.now())
      const found = await countOf(key)
      if (found === null) continue
      rows.set(key, { key, at: world.now(), ...found })
      await world.store.saveFollowers([...rows.values()].toSorted((a, b) => b.at - a.at).slice(0, MOST))
      world.onChange()
    }
  }

  return {
    async load() {
      for (const row of await world.store.loadFollowers()) rows.set(row.key, row)
    },
    refresh(keys) {
      turn = turn.then(() => countAll(keys))
      return turn
    },
    about: (key) => rows.get(key) ?? null,
  }
}

/** @param hops follows between the user and the provider's own key; undefined: nobody near follows it */
export function followerParts(row: FollowersRow | null, hops: number | undefined): TrustPart[] {
  const parts: TrustPart[] = []
  if (hops !== undefined && hops > 0)
    parts.push({ name: 'followed', value: 1, weight: hops === 1 ? 1 : 0.4, says: hops === 1 ? 'you follow its key' : 'somebody you follow follows its key' })
  if (row !== null && row.count > 0) {
    const value = STRANGER + 0.3 * Math.min(1, Math.log10(1 + row.count) / 4)
    parts.push({ name: 'followers', value, weight: WEIGHT, says: `${row.sampled ? 'at least ' : ''}${row.count} follow its key; anybody can make keys, so this hardly counts` })
  }
  return parts
}
