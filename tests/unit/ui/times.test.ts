import { describe, expect, it } from 'vitest'
import { agoText, countdownPhrase, countdownText, spanText, untilText } from '../../../src/ui/parts/times.ts'

const NOW = new Date(2026, 10, 20, 15, 30).getTime()
const MINUTE = 60_000

describe('countdown', () => {
  it.each([
    [300_000, '5:00'],
    [299_001, '5:00'],
    [299_000, '4:59'],
    [61_000, '1:01'],
    [7_000, '0:07'],
    [1, '0:01'],
    [0, '0:00'],
    [-5_000, '0:00'],
  ])('%i ms is %s', (left, text) => {
    expect(countdownText(left)).toBe(text)
  })

  it('is spoken in few steps', () => {
    const phrases = new Set(Array.from({ length: 301 }, (_, second) => countdownPhrase(second * 1000)))
    expect(phrases.size).toBe(7)
    expect(countdownPhrase(59_000)).toBe('Less than one minute left.')
    expect(countdownPhrase(0)).toBe('The time is over.')
  })
})

describe('times', () => {
  it('says how long ago', () => {
    expect(agoText(NOW - 10_000, NOW)).toBe('just now')
    expect(agoText(NOW - 3 * MINUTE, NOW)).toBe('3 min ago')
    expect(agoText(NOW - 5 * 60 * MINUTE, NOW)).toBe('5 h ago')
    expect(agoText(NOW - 30 * 60 * MINUTE, NOW)).toBe('yesterday')
    expect(agoText(NOW - 4 * 24 * 60 * MINUTE, NOW)).toBe('4 days ago')
  })

  it('says until when', () => {
    expect(untilText(new Date(2026, 10, 20, 18, 0).getTime(), NOW)).toMatch(/^today /)
    expect(untilText(new Date(2026, 10, 21, 0, 0).getTime(), NOW)).toBe('at midnight')
    expect(untilText(new Date(2026, 10, 21, 9, 0).getTime(), NOW)).toMatch(/^tomorrow /)
    expect(untilText(new Date(2026, 11, 1).getTime(), NOW)).not.toMatch(/tomorrow|today/)
  })

  it('says how long', () => {
    expect(spanText(412)).toBe('412\u202fms')
    expect(spanText(4_230)).toBe('4.2\u202fs')
    expect(spanText(42_000)).toBe('42\u202fs')
    expect(spanText(185_000)).toBe('3\u202fmin 05\u202fs')
  })
})
