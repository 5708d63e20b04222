/** Public keys of mints as curve points, with a table of multiples for those that come back again and again (`cashu.md` §6). */
import type { WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'

export type CurvePoint = WeierstrassPoint<bigint>

export interface MintKey {
  readonly point: CurvePoint
  /** `scalar · A` in constant time, with or without a table. @throws RangeError unless 0 < scalar < n */
  multiply(scalar: bigint): CurvePoint
  /** The same for a scalar that everybody may know: its bits show in the time this takes. */
  multiplyPublic(scalar: bigint): CurvePoint
}

export interface MintKeys {
  /**
   * @param hex a key as the mint publishes it. The table belongs to the key itself, so no keyset can borrow another one's.
   * @param comingUses how many times `multiply` will be called now: what makes a table worth its price
   * @throws Error of the curve library when this is not a point
   */
  find(hex: string, comingUses?: number): MintKey
  /** How many tables are held. */
  tables(): number
}

/** A table costs what it saves in about five uses: 1.2 ms against 0.39 − 0.12 ms each (Chromium 156). */
const USES_WORTH_A_TABLE = 5
/** Eight multiples per four bits: about 0.1 MB. A wider window is hardly faster and dearer to build. */
const WINDOW_BITS = 4

/** @param limits how many keys and tables are remembered; the longest unused go first */
export function createMintKeys(limits: { readonly keys: number; readonly tables: number } = { keys: 256, tables: 32 }): MintKeys {
  const known = new Map<string, { readonly point: CurvePoint; uses: number }>()
  const tables = new Map<string, CurvePoint>()

  return {
    find(hex, comingUses = 0) {
      const entry = known.get(hex) ?? { point: secp256k1.Point.fromHex(hex), uses: 0 }
      entry.uses += comingUses
      touch(known, hex, entry, limits.keys)
      const { point } = entry
      // a point of its own: the curve library would also give `multiplyUnsafe` of this point a (second) table
      const tabled = tables.get(hex) ?? (entry.uses >= USES_WORTH_A_TABLE ? secp256k1.Point.fromHex(hex).precompute(WINDOW_BITS) : null)
      if (tabled === null) return { point, multiply: (scalar) => point.multiply(scalar), multiplyPublic: (scalar) => point.multiplyUnsafe(scalar) }
      touch(tables, hex, tabled, limits.tables)
      // even in constant time a table beats the fastest way without one
      const multiply = (scalar: bigint): CurvePoint => tabled.multiply(scalar)
      return { point, multiply, multiplyPublic: multiply }
    },
    tables: () => tables.size,
  }
}

function touch<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key)
  map.set(key, value)
  const oldest = map.keys().next()
  if (map.size > most && oldest.done !== true) map.delete(oldest.value)
}
