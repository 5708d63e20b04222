/**
 * Points are multiplied in variable time here, by everybody: three times as fast, same results. A thousand cases are mostly
 * mints that sign, and nobody measures this process from outside. To be called before anything imports the curve; where the
 * library looks different one day, it is merely slow again.
 */
import { registerHooks } from 'node:module'

const CURVE = /@noble\/curves\/abstract\/weierstrass\.js$/
const CONSTANT_TIME = /const \{ p, f \} = wnaf\.mulSecret\(this, scalar, cofactor, normalize\);\s*return normalize\(\[p, f\]\)\[0\];/

export function hurry(): void {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      if (!CURVE.test(url) || loaded.source == null) return loaded
      const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
      return { ...loaded, source: source.replace(CONSTANT_TIME, 'return this.multiplyUnsafe(scalar);') }
    },
  })
}
