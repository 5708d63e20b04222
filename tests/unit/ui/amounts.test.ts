import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromSat, msat } from '../../../src/domain/msat.ts'
import { amountPhrase, amountText, parseSat, perMillion } from '../../../src/ui/parts/amounts.ts'

const THIN = '\u2009'

describe('amounts', () => {
  it.each([
    [1_986_000, 'exact', `1${THIN}986`],
    [1_234, 'exact', '1.234'],
    [1_200, 'exact', '1.2'],
    [0, 'exact', '0'],
    [1_986_999, 'whole', `1${THIN}986`],
    [999, 'whole', '0'],
    [1_134, 'about', '1.2'],
    [8_512, 'about', '8.6'],
    [10_001, 'about', '11'],
    [140_000, 'about', '140'],
    [150, 'about', '0.2'],
    [12, 'about', '0.012'],
  ] as const)('writes %i msat (%s) as %s', (value, precision, text) => {
    expect(amountText(msat(value), precision)).toBe(text)
  })

  it('never shows an estimate below the amount, and never a spendable sum above it', () => {
    const shown = (text: string): number => Math.round(Number(text.replaceAll(THIN, '')) * 1000)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (value) => {
        expect(shown(amountText(msat(value), 'about'))).toBeGreaterThanOrEqual(value)
        expect(shown(amountText(msat(value), 'whole'))).toBeLessThanOrEqual(value)
        expect(shown(amountText(msat(value), 'exact'))).toBe(value)
      }),
    )
  })

  it('keeps number and unit on one line', () => {
    expect(amountPhrase(fromSat(21))).toBe('21\u202fsat')
  })

  it('reads whole sats as people type them', () => {
    expect(parseSat('1 000')).toBe(1_000_000)
    expect(parseSat(`12${THIN}345`)).toBe(12_345_000)
    expect(parseSat('1,000')).toBe(1_000_000)
    for (const wrong of ['', '1.5', '-3', '1e3', 'ten', '9999999999999', '0x10']) expect(parseSat(wrong)).toBeNull()
  })

  it('compares prices per million tokens', () => {
    expect(perMillion(0.0001674)).toBe('167')
    expect(perMillion(0.003348)).toBe(`3${THIN}348`)
    expect(perMillion(0.0000052)).toBe('5.2')
    expect(perMillion(0.00000000021)).toBe('0.00021')
    expect(perMillion(0)).toBe('0')
    expect(perMillion(Number.NaN)).toBe('?')
  })
})
