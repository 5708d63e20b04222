/** Lists of follows as they are kept: each key once, elsewhere; here two bytes for every time that one is named. Pure. */
import type { FollowList, FollowLists } from './follow-lists.ts'

export interface KeptLists {
  /** The `n`th list: place of its author among the keys, its date (s), the id of its event, and how many keys it names. */
  readonly authors: Uint16Array
  readonly at: Float64Array
  readonly ids: readonly string[]
  readonly lengths: Uint16Array
  /** Places of the keys named, list after list. */
  readonly named: Uint16Array
}

/** 1 MB. A list beyond that is not kept, and asked for in full the next time. */
const MOST_NAMED = 500_000

/** @param keys at most 65 536; keys in lists that are not among them are left out @param authors among `keys` */
export function packed(lists: FollowLists, authors: readonly string[], keys: readonly string[]): KeptLists {
  const places = new Map(keys.map((key, place) => [key, place]))
  const placesOf = (names: readonly string[]): number[] => names.flatMap((key) => places.get(key) ?? [])
  const kept: { readonly author: number; readonly list: FollowList; readonly named: readonly number[] }[] = []
  let total = 0
  for (const author of authors) {
    const [list, place] = [lists.get(author), places.get(author)]
    if (list === undefined || place === undefined) continue
    const named = placesOf(list.keys)
    if (total + named.length > MOST_NAMED) continue
    total += named.length
    kept.push({ author: place, list, named })
  }
  const all = new Uint16Array(total)
  let from = 0
  for (const { named } of kept) {
    all.set(named, from)
    from += named.length
  }
  return {
    authors: Uint16Array.from(kept, ({ author }) => author),
    at: Float64Array.from(kept, ({ list }) => list.at),
    ids: kept.map(({ list }) => list.id),
    lengths: Uint16Array.from(kept, ({ named }) => named.length),
    named: all,
  }
}

/** @param keys those it was packed with */
export function unpacked({ authors, at, ids, lengths, named }: KeptLists, keys: readonly string[]): FollowLists {
  const lists: FollowLists = new Map()
  let from = 0
  for (const [n, author] of authors.entries()) {
    const to = from + (lengths[n] ?? 0)
    const list = { at: at[n] ?? 0, id: ids[n] ?? '', keys: Array.from(named.subarray(from, to)).flatMap((place) => keys[place] ?? []) }
    lists.set(keys[author] ?? '', list)
    from = to
  }
  return lists
}
