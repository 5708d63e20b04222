import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainText } from '../../../src/ui/parts/page-text.ts'

describe('T11, T29: text of strangers', () => {
  it.each([
    ['bidi override', 'pay \u202e001 tas\u202c now', 'pay 001 tas now'],
    ['bidi isolates and marks', '\u2066a\u2069\u200fb\u200ec\u061c', 'abc'],
    ['zero width', 'Rout\u200bstr\u200d\ufeff\u2060', 'Routstr'],
    ['controls', 'a\u0000b\u0007c\u001b[31md', 'abc[31md'],
    ['tags', `hi\u{e0041}\u{e0042}`, 'hi'],
    ['fillers', 'a\u3164\u2800\u115fb', 'ab'],
    ['white space', '  a \t\n\r b\u00a0\u3000c\u2028d ', 'a b c d'],
    ['lone surrogates', 'a\ud800b', 'ab'],
    ['private use', 'a\ue000b', 'ab'],
    ['markup stays as it is', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['international text stays', 'Привет, 世界! שלום 👋', 'Привет, 世界! שלום 👋'],
  ])('%s', (_, text, shown) => {
    expect(plainText(text, 280)).toBe(shown)
  })

  it('thins towers of accents', () => {
    expect([...plainText(`z${'\u0301'.repeat(60)}`, 280)].length).toBeLessThanOrEqual(3)
  })

  it('keeps single line breaks where asked, and never more than two', () => {
    expect(plainText('a\nb\n\n\n\n  c', 100, true)).toBe('a\nb\n\nc')
  })

  it('cuts with an ellipsis', () => {
    expect(plainText('x'.repeat(300), 280)).toBe(`${'x'.repeat(279)}…`)
    expect(plainText('x'.repeat(280), 280)).toBe('x'.repeat(280))
  })

  it('is never longer than allowed, has nothing invisible, and is stable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), fc.integer({ min: 1, max: 300 }), (text, most) => {
        const shown = plainText(text, most)
        expect([...shown].length).toBeLessThanOrEqual(most)
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u)
        expect(plainText(shown, most)).toBe(shown)
      }),
    )
  })

  it('does not take long on a huge text', () => {
    const started = performance.now()
    plainText('\u200b'.repeat(5_000_000), 280)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
