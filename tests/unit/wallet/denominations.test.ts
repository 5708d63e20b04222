/** The choice of notes against its laws, and against trying everything. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseDeposit, keysetsOf } from '../../../src/wallet/denominations.ts'
import { inputFee, type Note, selectAtLeast, selectExact, sumAmounts } from '../../../src/wallet/notes.ts'
import { note } from './some-notes.ts'

const power = fc.integer({ min: 0, max: 7 }).map((exponent) => 2 ** exponent)
const odd = fc.constantFrom(1, 2, 3, 5, 7, 10, 20, 25, 50, 64, 100)
const rows = (amount: fc.Arbitrary<number>, maxLength: number): fc.Arbitrary<Note[]> =>
  fc.array(
    fc.tuple(amount, fc.constantFrom('01a', '01a', '01b')).map(([value, keysetId]) => note(value, keysetId)),
    { maxLength },
  )
const few = fc.oneof(rows(power, 9), rows(odd, 9))
const many = fc.oneof(rows(power, 60), rows(odd, 40))

/** Every choice of notes of one keyset. */
function everyChoice(notes: readonly Note[]): Note[][] {
  return [...new Set(notes.map(({ keysetId }) => keysetId))].flatMap((id) => {
    const group = notes.filter(({ keysetId }) => keysetId === id)
    return Array.from({ length: 2 ** group.length - 1 }, (_, mask) => group.filter((__, bit) => ((mask + 1) >> bit) & 1))
  })
}

function expectOneKeysetEachOnce(found: readonly Note[], among: readonly Note[]): void {
  expect(new Set(found.map(({ secret }) => secret)).size).toBe(found.length)
  expect(new Set(found.map(({ keysetId }) => keysetId)).size).toBe(1)
  expect(found.every((one) => among.includes(one))).toBe(true)
}

describe('exact notes', () => {
  it('are found exactly when any choice is exact; with powers of two, no choice has fewer notes', () => {
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 300 }), (notes, amount) => {
        const found = selectExact(notes, amount)
        const exact = everyChoice(notes).filter((choice) => sumAmounts(choice) === amount)
        expect(found !== null).toBe(exact.length > 0)
        if (found === null) return
        expect(sumAmounts(found)).toBe(amount)
        expectOneKeysetEachOnce(found, notes)
        if (notes.every((one) => Number.isInteger(Math.log2(one.amount)))) expect(found.length).toBe(Math.min(...exact.map(({ length }) => length)))
      }),
      { numRuns: 500 },
    )
  })

  it('say no instead of searching for ever', () => {
    const pairs = Array.from({ length: 400 }, () => note(2))
    expect(selectExact(pairs, 401)).toBeNull()
    const stubborn = [6, 10, 14, 22, 26, 34, 38, 46].flatMap((amount) => Array.from({ length: 500 }, () => note(amount)))
    expect(selectExact(stubborn, 50_001)).toBeNull()
    const subsets = Array.from({ length: 40 }, (_, at) => note(1_000_000 + 2 * at ** 3))
    expect(selectExact(subsets, 20_000_001)).toBeNull()
    for (const amount of [0, -1]) expect(selectExact(pairs, amount)).toBeNull()
  })
})

describe('of several keysets', () => {
  const index = [...Array.from({ length: 16 }, () => note(1)), note(8, '01b'), note(8, '01c'), note(4, '01c')]
  const amounts = (found: readonly Note[] | null): number[] | undefined => found?.map(({ amount }) => amount)

  it('the one is taken where the fewest notes do', () => {
    expect(amounts(selectExact(index, 8))).toEqual([8])
    expect(amounts(selectExact(index, 12))).toEqual([8, 4])
    expect(amounts(selectExact(index, 13))).toEqual(Array(13).fill(1))
    expect(selectExact(index, 17)).toBeNull()
  })

  it('the one is taken where the least goes beyond what was asked for, each with its own fee', () => {
    const request = { need: 5, aim: 5, cap: 20 }
    expect(amounts(selectAtLeast(index, { ...request, feePpk: () => 0 }))).toEqual(Array(5).fill(1))
    expect(amounts(selectAtLeast(index, { ...request, feePpk: (keysetId) => (keysetId === '01a' ? 1000 : 0) }))).toEqual([8])
  })
})

describe('notes for a deposit', () => {
  const ppks = fc.constantFrom(0, 100, 500, 1000, 3000)
  const value = (notes: readonly Note[], ppk: number): number => sumAmounts(notes) - inputFee(notes.length, ppk)

  it('cover the need after the fee, stay below the cap, and are found whenever notes.ts finds some', () => {
    fc.assert(
      fc.property(
        many,
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 40 }),
        ppks,
        (notes, need, more, room, ppk) => {
          const request = { need, aim: need + more, cap: need + more + room, feePpk: () => ppk }
          const found = selectAtLeast(notes, request)
          if (found === null) {
            expect(selectAtLeast(notes, request)).toBeNull()
            return
          }
          expect(value(found, ppk)).toBeGreaterThanOrEqual(need)
          expect(value(found, ppk)).toBeLessThanOrEqual(request.cap)
          expectOneKeysetEachOnce(found, notes)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('never hold a note that is not needed, and with powers of two have the least face value of all choices', () => {
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 200 }), fc.constantFrom(0, 100, 500), (notes, need, ppk) => {
        const found = selectAtLeast(notes, { need, aim: need, cap: 10_000, feePpk: () => ppk })
        const enough = everyChoice(notes).filter((choice) => value(choice, ppk) >= need)
        expect(found !== null).toBe(enough.length > 0)
        if (found === null) return
        for (const one of found) {
          const without = found.filter((other) => other !== one)
          if (without.length > 0) expect(value(without, ppk)).toBeLessThan(need)
        }
        const groups = new Set(notes.map(({ keysetId }) => keysetId))
        if (groups.size === 1 && notes.every(({ amount }) => Number.isInteger(Math.log2(amount))))
          expect(sumAmounts(found)).toBe(Math.min(...enough.map(sumAmounts)))
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['the one that fits', [64, 32, 16, 8, 4, 2, 1], 13, 13, 20, [8, 4, 2]],
    ['the smallest above when the small ones do not reach', [64, 16, 1, 1], 13, 13, 20, [16]],
    ['nothing when even the smallest is above the cap', [1024], 13, 13, 20, null],
    ['the need when the aim is out of reach', [16, 8], 13, 60, 90, [16]],
    ['nothing when the fee eats it', [1, 1, 1], 3, 3, 10, null],
    ['the single note rather than the many', [16, 8, 4, 4], 14, 14, 16, [16]],
  ])('takes %s', (_, values, need, aim, cap, expected) => {
    const found = selectAtLeast(
      values.map((amount) => note(amount)),
      { need, aim, cap, feePpk: () => 100 },
    )
    expect(found?.map(({ amount }) => amount).sort((a, b) => b - a) ?? null).toEqual(expected)
  })

  it('reach the aim when they can', () => {
    const index = [16, 8, 4, 2, 1].map((amount) => note(amount))
    const found = selectAtLeast(index, { need: 3, aim: 12, cap: 40, feePpk: () => 100 })
    expect(value(found ?? [], 100)).toBe(12)
  })

  it('are given back when a later one makes them unnecessary', () => {
    // 3 + 3 + 3 seem to do, but their fee is higher than that of one
    const found = selectAtLeast(
      [20, 3, 3, 3].map((amount) => note(amount)),
      { need: 8, aim: 8, cap: 30, feePpk: () => 500 },
    )
    expect(found?.map(({ amount }) => amount)).toEqual([20])
  })

  it('say no at once when a mint asks for monstrous fees', () => {
    const index = Array.from({ length: 5000 }, (_, at) => note(2 ** (at % 20)))
    expect(selectAtLeast(index, { need: 1, aim: 100, cap: 10 ** 12, feePpk: () => 10 ** 9 })).toBeNull()
  })
})

describe('a deposit for several who wait', () => {
  const range = { need: 20, all: 160, aim: 220, cap: 330, feePpk: () => 100 }
  const take = (amounts: readonly number[], maySplit: boolean): number | null => {
    const found = chooseDeposit(keysetsOf(amounts.map((amount) => note(amount, '01a'))), range, maySplit)
    return found === null ? null : found.choice.reduce((sum, { amount, count }) => sum + amount * count, 0)
  }
  it.each([
    ['is for all of them where notes are there', [256, 32, 16, 8], true, 256],
    ['waits for better notes rather than serving one', [4096, 32, 32], true, null],
    ['serves one where no better notes can be made', [4096, 32, 32], false, 32],
    ['serves one where the wallet has no more', [64, 32], true, 32],
    ['is none where the wallet has less than one needs', [16, 4], true, null],
  ] as const)('%s', (_, amounts, maySplit, taken) => expect(take(amounts, maySplit)).toBe(taken))
})
