/** Asks what people say of providers: everybody, and the nearest by name, so that a flood of strangers' words does not cover theirs. */
import type { ReadEvents } from './follow-lists.ts'
import { type Heard, WORDS_FILTER } from './recommendations.ts'
import { sinceLast } from './signed-event.ts'

const NEAREST = 1_000
/** Authors in one question. */
const PORTION = 250

export interface AskedWords {
  readonly events: readonly unknown[]
  /** Some relay has answered each question. */
  readonly complete: boolean
}

/**
 * @param keys of the people around, nearest first
 * @param before who was around the last time, and what was heard of them: only what is newer is asked for, and all of those who are new. null: nothing is known
 */
export async function askWords(read: ReadEvents, keys: readonly string[], before: { readonly keys: readonly string[]; readonly heard: readonly Heard[] } | null): Promise<AskedWords> {
  const near = keys.slice(0, NEAREST)
  const strange = before === null ? [] : newcomers(keys, before.keys)
  // more new people than are asked by name: as if nothing were known
  const heard = before === null || strange.length > NEAREST ? null : latestByAuthor(before.heard)
  const events: unknown[] = []
  let complete = true

  async function ask(question: Readonly<Record<string, unknown>>): Promise<void> {
    const answer = await read({ ...WORDS_FILTER, ...question })
    if (answer === null) complete = false
    else for (const event of answer) events.push(event)
  }

  await ask(heard === null ? {} : sinceLast(heard.values()))
  const isStrange = new Set(heard === null ? near : strange)
  for (const authors of portions(near.filter((key) => !isStrange.has(key)))) await ask({ authors, ...sinceLast(authors.flatMap((author) => heard?.get(author) ?? [])) })
  for (const authors of portions([...isStrange])) await ask({ authors })
  return { events, complete }
}

/** Not around before, or too far away to be asked by name. */
function newcomers(keys: readonly string[], before: readonly string[]): readonly string[] {
  const known = new Set(before)
  const named = new Set(before.slice(0, NEAREST))
  return keys.filter((key, index) => !known.has(key) || (index < NEAREST && !named.has(key)))
}

/** Author → s. */
function latestByAuthor(heard: readonly Heard[]): ReadonlyMap<string, number> {
  const latest = new Map<string, number>()
  for (const { author, at } of heard) latest.set(author, Math.max(at, latest.get(author) ?? 0))
  return latest
}

function portions(keys: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(keys.length / PORTION) }, (_, n) => keys.slice(n * PORTION, (n + 1) * PORTION))
}
