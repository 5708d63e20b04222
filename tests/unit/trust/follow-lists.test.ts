/** What a relay answers beside the question. */
import { finalizeEvent, getPublicKey } from 'nostr-tools/pure'
import { expect, test } from 'vitest'
import { type FollowLists, readLists } from '../../../src/trust/follow-lists.ts'
import { newKey } from './people-stage.ts'

const NOW = 1_800_000_000
const key = (n: number): string => n.toString(16).padStart(64, '0')

test('lists of keys that nobody asked for are not taken, whoever signed them; what is no event neither', async () => {
  const [asked, other] = [newKey(), newKey()]
  const list = ({ secret }: { secret: Uint8Array }): unknown => JSON.parse(JSON.stringify(finalizeEvent({ kind: 3, tags: [['p', key(1)], ['p', 'no key'], ['e', key(2)]], content: '', created_at: NOW }, secret)))
  const lists: FollowLists = new Map()
  const questions: unknown[] = []
  const read = async (...filters: readonly unknown[]): Promise<readonly unknown[]> => {
    questions.push(...filters)
    return [list(other), null, 'x', { kind: 3, pubkey: asked.key }, list(asked)]
  }
  expect(await readLists(3, [asked.key], lists, { read, nowSeconds: NOW, whole: false })).toBe(true)
  expect([...lists]).toMatchObject([[getPublicKey(asked.secret), { at: NOW, keys: [key(1)] }]])
  await readLists(3, [asked.key, other.key], lists, { read, nowSeconds: NOW, whole: false })
  // in full at first; then since what is known, and in full of the one of whom nothing is
  expect(questions).toEqual([
    { kinds: [3], authors: [asked.key] },
    { kinds: [5], '#k': ['3'], authors: [asked.key] },
    { kinds: [3], authors: [asked.key], since: NOW - 3_600 },
    { kinds: [5], '#k': ['3'], authors: [asked.key], since: NOW - 3_600 },
    { kinds: [3], authors: [other.key] },
    { kinds: [5], '#k': ['3'], authors: [other.key] },
  ])
  expect(lists.size).toBe(2)
})

test('no relay answered: nothing is known, and it says so', async () => {
  const lists: FollowLists = new Map()
  expect(await readLists(3, [key(1)], lists, { read: async () => null, nowSeconds: NOW, whole: false })).toBe(false)
  expect(lists.size).toBe(0)
})
