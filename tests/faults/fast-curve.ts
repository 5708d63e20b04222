/**
 * Points are multiplied by libsecp256k1 here (`tiny-secp256k1`, in WebAssembly), by everybody: five times as fast, same results
 * (`tests/unit/fast-curve.test.ts`). Most of what tests do is mints that sign, and nobody measures this process from outside. To be
 * called before anything imports the curve; where the library looks different one day, it is merely slow again.
 */
import { registerHooks } from 'node:module'
import { pointFromScalar, pointMultiply } from 'tiny-secp256k1'

const CURVE = /@noble\/curves\/abstract\/weierstrass\.js$/
const CONSTANT_TIME = /const \{ p, f \} = wnaf\.mulSecret\(this, scalar, cofactor, normalize\);\s*return normalize\(\[p, f\]\)\[0\];/
const ONE = / {8}multiplyUnsafe\(scalar\) \{\n/
const TWO = / {8}mulAddUnsafe\(a, other, b\) \{\n/

/** The part of the library's point that is used here. */
interface Point {
  is0(): boolean
  toAffine(): { readonly x: bigint; readonly y: bigint }
}

interface PointType {
  readonly BASE: Point
  readonly Fp: { readonly ORDER: bigint }
  readonly Fn: { readonly ORDER: bigint }
  fromAffine(at: { readonly x: bigint; readonly y: bigint }): Point
}

declare global {
  /** null: for the library itself, which also says what is wrong with it. */
  var multiplyFast: (type: PointType, point: Point, scalar: bigint) => Point | null
}

const SECP256K1 = 2n ** 256n - 2n ** 32n - 977n

export function hurry(): void {
  globalThis.multiplyFast = multiply
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      if (!CURVE.test(url) || loaded.source == null) return loaded
      const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
      return {
        ...loaded,
        source: source
          .replace(CONSTANT_TIME, 'return this.multiplyUnsafe(scalar);')
          .replace(ONE, '$&const fast = globalThis.multiplyFast(Point, this, scalar); if (fast !== null) return fast;\n')
          .replace(TWO, '$&if (Point.Fp.ORDER > 2n ** 255n) return this.multiplyUnsafe(a).add(other.multiplyUnsafe(b));\n'),
      }
    },
  })
}

function multiply(type: PointType, point: Point, scalar: bigint): Point | null {
  if (type.Fp.ORDER !== SECP256K1 || typeof scalar !== 'bigint' || scalar < 1n || scalar >= type.Fn.ORDER || point.is0()) return null
  const by = bytes(scalar)
  const { x, y } = point.toAffine()
  const product = point === type.BASE ? pointFromScalar(by, false) : pointMultiply(Buffer.concat([UNCOMPRESSED, bytes(x), bytes(y)]), by, false)
  return product === null ? null : type.fromAffine({ x: number(product.subarray(1, 33)), y: number(product.subarray(33)) })
}

const UNCOMPRESSED = Uint8Array.of(4)

function bytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
}

function number(digits: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(digits).toString('hex')}`)
}
