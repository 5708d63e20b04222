import { describe, expect, it } from 'vitest'
import { fiatText } from '../../../src/ui/lightning/fiat.ts'
import { validText } from '../../../src/ui/lightning/validity.ts'

describe('dollars beside sats', () => {
  it.each([
    [5_000_000, '≈ $4.90'],
    [1_000, 'less than $0.001'],
    [50_000, '≈ $0.049'],
    [2_000_000_000, '≈ $1\u2009959'],
    [0, '≈ $0'],
  ])('%i msat: %s', (msat, text) => {
    expect(fiatText(msat, 1_021_000)).toBe(text)
  })
  it('says nothing without a rate', () => {
    expect(fiatText(5_000, null)).toBeNull()
    expect(fiatText(5_000, 0)).toBeNull()
  })
})

describe('how long something is good for', () => {
  it.each([
    [299_000, '4:59'],
    [3_599_000, '59:59'],
    [3 * 3_600_000 + 1, '3\u202fh'],
    [49 * 3_600_000, '2 days'],
    [-5, '0:00'],
  ])('%i ms: %s', (left, text) => {
    expect(validText(left)).toBe(text)
  })
})
