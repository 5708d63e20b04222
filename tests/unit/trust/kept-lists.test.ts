/** Lists of follows, packed and unpacked: the same, and small. */
import { serialize } from 'node:v8'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packed, unpacked } from '../../../src/trust/kept-lists.ts'
import type { FollowLists } from '../../../src/trust/follow-lists.ts'

const key = (n: number): string => n.toString(16).padStart(64, '0')

test('what was packed comes out again, without keys that are not kept', () => {
  const lists = fc.array(fc.record({ author: fc.nat(20), at: fc.integer({ min: -1, max: 2 ** 40 }), named: fc.uniqueArray(fc.nat(30)) }))
  fc.assert(
    fc.property(lists, (drawn) => {
      const keys = Array.from({ length: 21 }, (_, n) => key(n))
      const all: FollowLists = new Map(drawn.map(({ author, at, named }, n) => [key(author), { at, id: key(1_000 + n), keys: named.map(key) }]))
      const kept = [...all].map(([author, list]) => [author, { ...list, keys: list.keys.filter((each) => keys.includes(each)) }] as const)
      expect(unpacked(structuredClone(packed(all, [...all.keys()], keys)), keys)).toEqual(new Map(kept))
    }),
  )
})

test('five thousand keys that all have lists, half a million follows: two megabytes at most; what is beyond is left out whole', () => {
  const keys = Array.from({ length: 5_000 }, (_, n) => key(n))
  const lists: FollowLists = new Map(keys.map((author, n) => [author, { at: n, id: key(n + 9_999), keys: Array.from({ length: 120 }, (_, index) => key((n + index) % 5_000)) }]))
  const kept = packed(lists, keys, keys)
  expect(serialize({ root: key(1), at: 1, hops: [keys], mutes: null, lists: kept }).length).toBeLessThanOrEqual(2_000_000)
  expect(kept.ids.length).toBe(Math.floor(500_000 / 120))
  expect(unpacked(kept, keys).get(key(0))?.keys).toHaveLength(120)
  expect(unpacked(kept, keys).has(key(4_999))).toBe(false)
})
