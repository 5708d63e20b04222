/** Pictures of codes: sizes, dirt, no code at all. */
import { encodeQR } from 'qr'
import { describe, expect, it } from 'vitest'
import { drawQr } from '../../../../src/ui/parts/qr-drawing.ts'
import { troubleOf } from '../../../../src/ui/scan/camera.ts'
import { readCode } from '../../../../src/ui/scan/read-code.ts'
import { dice } from '../../../../src/ui/ur/mixing.ts'
import { dirty, photograph } from './pixels.ts'

const TOKEN = `cashuB${'o2FteCJodHRwczovL21pbnQ'.repeat(20)}`

describe('a picture', () => {
  it.each([2, 3, 5, 8])('of a token at %i pixels a module is read', async (scale) => {
    expect(await readCode(photograph(TOKEN, { scale }), 50)).toBe(TOKEN)
  })
  it('of the longest static code is read', async () => {
    const text = 'x'.repeat(1200)
    expect(await readCode(photograph(text, { scale: 4 }), 100)).toBe(text)
  })
  it('with dirt is read', async () => {
    expect(await readCode(dirty(photograph('lnbc1pexample', { scale: 8 }), 0.03, dice(Uint8Array.of(1))), 100)).toBe('lnbc1pexample')
  })
  it('of noise, of nothing, of half a code is no code, and nothing is thrown', async () => {
    const whole = photograph(TOKEN)
    const half = { ...whole, height: whole.height >> 1, data: whole.data.slice(0, (whole.height >> 1) * whole.width * 4) }
    expect(await readCode(half, 50)).toBeNull()
    expect(await readCode(dirty(whole, 1, dice(Uint8Array.of(2))), 50)).toBeNull()
    for (const [width, height] of [
      [1, 1],
      [3, 200],
      [640, 480],
    ] as const)
      expect(await readCode({ width, height, data: new Uint8ClampedArray(width * height * 4) }, 20)).toBeNull()
  })
})

it('a drawing is exactly the dark modules, with white around', () => {
  const { size, runs } = drawQr('hello')
  const modules = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  for (const { x, y, width } of runs) modules[y]?.fill(true, x, x + width)
  expect(modules).toEqual(encodeQR('hello', 'raw', { ecc: 'low', border: 3 }))
  expect(runs.every(({ x, y, width }) => x >= 3 && y >= 3 && y < size - 3 && x + width <= size - 3)).toBe(true)
})

it.each([
  ['NotAllowedError', 'refused'],
  ['SecurityError', 'refused'],
  ['NotFoundError', 'none'],
  ['OverconstrainedError', 'none'],
  ['NotReadableError', 'busy'],
  ['AbortError', 'busy'],
])('the browser says %s: %s', (name, trouble) => expect(troubleOf(new DOMException('', name))).toBe(trouble))
