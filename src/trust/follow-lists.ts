/**
 * The newest list of each key (follows: kind 3, NIP-02; mutes: kind 10000, NIP-51): asked for since what is known of it, in full where nothing is.
 * Older, forged and future-dated ones, and those nobody asked for, change nothing; one that its author has deleted (kind 5, NIP-09) is empty.
 */
import { inPortions } from '../domain/in-portions.ts'
import { isSigned, parsedEvent, type SignedEvent, sinceLast } from './signed-event.ts'

/** Asks the relays for stored events; null when none of them answered. */
export type ReadEvents = (...filters: readonly Readonly<Record<string, unknown>>[]) => Promise<readonly unknown[] | null>

export interface FollowList {
  /** `created_at`, or when it was deleted, s. */
  readonly at: number
  /** Of the event; empty: only its deletion is known. */
  readonly id: string
  readonly keys: readonly string[]
}

/** By author, hex. */
export type FollowLists = Map<string, FollowList>

const DELETION_KIND = 5
/** One list counts up to so many keys: longer ones follow everybody. */
const MOST_FOLLOWS = 5_000
const KEY = /^[0-9a-f]{64}$/

/**
 * Puts what is newer into `lists`. @param authors at most a few hundred: one question @param whole asks for what is known as well
 * @returns false when no relay answered
 */
export async function readLists(kind: number, authors: readonly string[], lists: FollowLists, asking: { readonly read: ReadEvents; readonly nowSeconds: number; readonly whole: boolean }): Promise<boolean> {
  const isKnown = (author: string): boolean => !asking.whole && lists.has(author)
  const known = authors.filter(isKnown)
  const since = sinceLast(known.flatMap((author) => lists.get(author)?.at ?? []))
  const questions = [
    { authors: known, ...since },
    { authors: authors.filter((author) => !isKnown(author)) },
  ].filter((question) => question.authors.length > 0)
  const events = await asking.read(...questions.flatMap((question) => [{ kinds: [kind], ...question }, { kinds: [DELETION_KIND], '#k': [String(kind)], ...question }]))
  if (events === null) return false
  const asked = new Set(authors)
  const deletions: SignedEvent[] = []
  await inPortions(events, (each) => {
    const event = parsedEvent(each, asking.nowSeconds)
    if (event === null || !asked.has(event.pubkey)) return
    if (event.kind === DELETION_KIND) deletions.push(event)
    else if (event.kind === kind && event.created_at > (lists.get(event.pubkey)?.at ?? Number.NEGATIVE_INFINITY) && isSigned(event)) lists.set(event.pubkey, { at: event.created_at, id: event.id, keys: keysIn(event) })
  })
  // after the lists: which of them is meant may come behind its deletion
  await inPortions(deletions, (event) => {
    const emptied = deletedBy(event, kind, lists.get(event.pubkey))
    if (emptied !== null && isSigned(event)) lists.set(event.pubkey, emptied)
  })
  return true
}

/** What is left of the list; null: it stays as it is. */
function deletedBy({ pubkey, created_at, tags }: SignedEvent, kind: number, list: FollowList | undefined): FollowList | null {
  const address = `${kind}:${pubkey}:`
  const named = (name: string, value: string): boolean => tags.some((tag) => tag[0] === name && tag[1] === value)
  if (list === undefined) return named('a', address) ? { at: created_at, id: '', keys: [] } : null
  if (list.keys.length === 0) return null
  if (named('a', address) && created_at >= list.at) return { ...list, at: created_at, keys: [] }
  return named('e', list.id) ? { ...list, keys: [] } : null
}

function keysIn({ tags }: SignedEvent): string[] {
  const keys = tags.flatMap(([name, value]) => (name === 'p' && value !== undefined && KEY.test(value) ? [value] : []))
  return keys.slice(0, MOST_FOLLOWS)
}
