/** The curve of these tests is a fast one (`tests/faults/fast-curve.ts`): what OpenSSL says, it says too. */
import { createECDH } from 'node:crypto'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { expect, it } from 'vitest'

const { Point } = secp256k1
const N = Point.Fn.ORDER
const scalars = fc.oneof(fc.constantFrom(1n, 2n, N - 1n, N - 2n, 2n ** 128n), fc.bigInt({ min: 1n, max: N - 1n }))

function openssl(scalar: bigint): ReturnType<typeof createECDH> {
  const curve = createECDH('secp256k1')
  curve.setPrivateKey(scalar.toString(16).padStart(64, '0'), 'hex')
  return curve
}

it('is really used', () => {
  const before = globalThis.multiplyFast
  let times = 0
  globalThis.multiplyFast = (...given) => {
    times++
    return before(...given)
  }
  Point.BASE.multiply(5n).multiplyUnsafe(7n)
  globalThis.multiplyFast = before
  expect(times).toBe(2)
})

it('a scalar times the generator, and times any point', () => {
  fc.assert(
    fc.property(scalars, scalars, (a, b) => {
      const point = Point.BASE.multiply(a)
      expect(point.toHex(false)).toBe(openssl(a).getPublicKey('hex'))
      const shared = openssl(b).computeSecret(Buffer.from(point.toHex(false), 'hex')).toString('hex')
      for (const product of [point.multiply(b), point.multiplyUnsafe(b)]) {
        expect(product.toHex(true).slice(2)).toBe(shared)
        // and the right one of the two with this x
        expect(product.toHex()).toBe(Point.BASE.multiply((a * b) % N).toHex())
      }
    }),
    { numRuns: 50 },
  )
})

it('sums of two', () => {
  fc.assert(
    fc.property(scalars, scalars, scalars, (a, b, c) => {
      const sum = Point.BASE.mulAddUnsafe(a, Point.BASE.multiply(c), b)
      const scalar = (a + b * c) % N
      if (scalar === 0n) expect(sum.is0()).toBe(true)
      else expect(sum.toHex(false)).toBe(openssl(scalar).getPublicKey('hex'))
    }),
    { numRuns: 50 },
  )
})

it('refuses what the slow one refuses', () => {
  for (const scalar of [0n, N, N + 1n, -1n]) expect(() => Point.BASE.multiply(scalar)).toThrow('invalid scalar')
  expect(Point.BASE.multiplyUnsafe(0n).is0()).toBe(true)
  expect(Point.ZERO.multiplyUnsafe(5n).is0()).toBe(true)
})

it('signatures are made and checked, and a bit that is wrong is seen', () => {
  const secret = new Uint8Array(32).fill(7)
  const message = new Uint8Array(32).fill(9)
  const signature = schnorr.sign(message, secret)
  const key = schnorr.getPublicKey(secret)
  expect(bytesToHex(key)).toBe(openssl(BigInt(`0x${'07'.repeat(32)}`)).getPublicKey('hex', 'compressed').slice(2))
  expect(schnorr.verify(signature, message, key)).toBe(true)
  signature[40] = (signature[40] ?? 0) ^ 1
  expect(schnorr.verify(signature, message, key)).toBe(false)
})
