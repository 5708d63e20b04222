import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costUp, fromSat, lessMsat, msat, satDown, satText, satUp, sumMsat } from '../../../src/domain/msat.ts'

describe('rounding goes the stated way', () => {
  it('costs up, change down', () => {
    fc.assert(
      fc.property(fc.nat(10 ** 12), (value) => {
        const amount = msat(value)
        expect(satUp(amount) * 1000).toBeGreaterThanOrEqual(value)
        expect(satUp(amount) * 1000 - value).toBeLessThan(1000)
        expect(satDown(amount) * 1000).toBeLessThanOrEqual(value)
        expect(lessMsat(amount, fromSat(satDown(amount)))).toBe(value % 1000)
      }),
    )
  })

  it.each([
    [17.325, 18],
    [17, 17],
    [17.0000000001, 17],
    [0, 0],
  ])('%d costs %d msat', (value, expected) => expect(Object.is(costUp(value), expected)).toBe(true))

  it('adds up what a busy year leaves: more than a call takes arguments', () => {
    expect(sumMsat(Array.from({ length: 200_000 }, () => msat(3)))).toBe(600_000)
    expect(sumMsat([])).toBe(0)
  })

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is no amount', (value) => expect(() => msat(value)).toThrow(RangeError))

  it.each([
    [0, '0'],
    [1, '0.001'],
    [1_170, '1.17'],
    [1_000_000, '1\u2009000'],
    [1_234_567_890, '1\u2009234\u2009567.89'],
  ])('%d msat reads %s sat', (value, text) => expect(satText(msat(value))).toBe(text))
})
