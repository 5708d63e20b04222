import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inputFee, ladder, selectAtLeast, selectExact, sumAmounts } from '../../../src/wallet/notes.ts'
import { note } from './some-notes.ts'

const amounts = fc.array(
  fc.integer({ min: 0, max: 10 }).map((power) => 2 ** power),
  { maxLength: 40 },
)

describe('exact notes', () => {
  it('finds the amount whenever the notes are a full ladder', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (amount) => {
        const found = selectExact(
          ladder(2047, 0, { have: [] }).map((value) => note(value)),
          amount,
        )
        expect(found === null ? null : sumAmounts(found)).toBe(amount)
      }),
    )
  })

  it('is exact, uses each note once and only notes of one keyset', () => {
    fc.assert(
      fc.property(amounts, amounts, fc.integer({ min: 1, max: 3000 }), (a, b, amount) => {
        const found = selectExact([...a.map((value) => note(value, '01a')), ...b.map((value) => note(value, '01b'))], amount)
        if (found === null) return
        expect(sumAmounts(found)).toBe(amount)
        expect(new Set(found.map(({ secret }) => secret)).size).toBe(found.length)
        expect(new Set(found.map(({ keysetId }) => keysetId)).size).toBe(1)
      }),
    )
  })

  it('says no instead of searching for ever', () => {
    expect(
      selectExact(
        Array.from({ length: 400 }, () => note(2)),
        401,
      ),
    ).toBeNull()
  })
})

describe('notes for a deposit', () => {
  const feePpk = (): number => 100

  it('cover the need after the fee, stay below the cap, and never hold a note that is not needed', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 200 }), (values, need, more) => {
        const cap = need + more + 40
        const found = selectAtLeast(
          values.map((value) => note(value)),
          { need, aim: need + more, cap, feePpk },
        )
        if (found === null) return
        const value = sumAmounts(found) - inputFee(found.length, 100)
        expect(value).toBeGreaterThanOrEqual(need)
        expect(value).toBeLessThanOrEqual(cap)
        expect(new Set(found.map(({ secret }) => secret)).size).toBe(found.length)
      }),
    )
  })

  it.each([
    ['the one that fits', [64, 32, 16, 8, 4, 2, 1], 13, 13, 20, [8, 4, 2]],
    ['the smallest above when the small ones do not reach', [64, 16, 1, 1], 13, 13, 20, [16]],
    ['nothing when even the smallest is above the cap', [1024], 13, 13, 20, null],
    ['the need when the aim is out of reach', [16, 8], 13, 60, 90, [16]],
    ['nothing when the fee eats it', [1, 1, 1], 3, 3, 10, null],
  ])('takes %s', (_, values, need, aim, cap, expected) => {
    const found = selectAtLeast(
      values.map((value) => note(value)),
      { need, aim, cap, feePpk },
    )
    expect(found?.map(({ amount }) => amount).sort((a, b) => b - a) ?? null).toEqual(expected)
  })
})

describe('the ladder', () => {
  it('keeps the sum, holds the exact part, and knows only powers of two', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 5000 }), amounts, (exact, more, have) => {
        const made = ladder(exact + more, exact, { have: have.map((amount) => ({ amount })) })
        expect(made.reduce((sum, value) => sum + value, 0)).toBe(exact + more)
        expect(made.every((value) => Number.isInteger(Math.log2(value)))).toBe(true)
        expect(
          selectExact(
            made.map((value) => note(value)),
            exact,
          ) !== null || exact === 0,
        ).toBe(true)
      }),
    )
  })
})
