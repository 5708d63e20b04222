/** Who is asked for what they say of providers, and since when. */
import { expect, test } from 'vitest'
import { askWords } from '../../../src/trust/ask-words.ts'

const key = (n: number): string => n.toString(16).padStart(64, '0')
const keys = Array.from({ length: 1_500 }, (_, n) => key(n))
const heard = [{ author: key(3), providerId: 'p', at: 1_000_000, id: 'i', address: 'a' }]

async function questions(now: readonly string[], before: readonly string[] | null) {
  const asked: { since?: unknown; authors: number; first?: unknown }[] = []
  await askWords(
    async (filter) => {
      const { since, authors } = filter ?? {}
      const names = Array.isArray(authors) ? authors : []
      asked.push({ ...(since === undefined ? {} : { since }), authors: names.length, first: names[0] })
      return []
    },
    now,
    before === null ? null : { keys: before, heard },
  )
  return asked
}

test('nothing is known: all, and the nearest thousand by name, in full', async () => {
  expect(await questions(keys, null)).toEqual([0, 250, 250, 250, 250].map((authors, n) => ({ authors, first: n === 0 ? undefined : key((n - 1) * 250) })))
})

test('known: since the newest that was heard of those asked; a portion that never said anything in full', async () => {
  const since = 1_000_000 - 3_600
  expect(await questions(keys, keys)).toEqual([{ since, authors: 0 }, { since, authors: 250, first: key(0) }, ...[250, 500, 750].map((n) => ({ authors: 250, first: key(n) }))])
})

test('who comes near, or is new, is asked in full, apart from the others', async () => {
  const asked = await questions([key(1_400), ...keys.slice(0, 1_400), key(9_999)], keys)
  expect(asked.at(-1)).toEqual({ authors: 2, first: key(1_400) })
  expect(asked[1]).toEqual({ since: 1_000_000 - 3_600, authors: 250, first: key(0) })
})

test('more new people than are asked by name: as if nothing were known; without an answer it is not complete', async () => {
  const others = Array.from({ length: 1_500 }, (_, n) => key(n + 50_000))
  expect(await questions(others, keys)).toMatchObject([{ authors: 0 }, { authors: 250 }, { authors: 250 }, { authors: 250 }, { authors: 250 }])
  expect(await askWords(async (filter) => (filter === undefined || 'authors' in filter ? null : [1]), keys, null)).toEqual({ events: [1], complete: false })
})
