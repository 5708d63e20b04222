import { createNewMintKeys, pointFromHex, serializeMintKeys } from '@cashu/cashu-ts'
import { describe, expect, it } from 'vitest'
import { createMintKeys } from '../../../src/wallet/mint-keys.ts'

const hexes = Object.values(serializeMintKeys(createNewMintKeys(6, new Uint8Array(32).fill(7)).pubKeys))

describe('the tables of mint keys', () => {
  it('are built for keys that are used again, and never more than the limit', () => {
    const mintKeys = createMintKeys({ keys: 4, tables: 2 })
    for (const hex of hexes) mintKeys.find(hex, 4)
    expect(mintKeys.tables()).toBe(0)
    for (const hex of hexes) mintKeys.find(hex, 5)
    expect(mintKeys.tables()).toBe(2)
  })

  it('count the uses over time, not those for which no table is needed', () => {
    const mintKeys = createMintKeys({ keys: 10, tables: 10 })
    const [hex = ''] = hexes
    for (let use = 0; use < 4; use++) mintKeys.find(hex, 1)
    for (let look = 0; look < 20; look++) mintKeys.find(hex)
    expect(mintKeys.tables()).toBe(0)
    mintKeys.find(hex, 1)
    expect(mintKeys.tables()).toBe(1)
  })

  it('change no result', () => {
    const mintKeys = createMintKeys()
    for (const hex of hexes) {
      for (const uses of [0, 5]) {
        const key = mintKeys.find(hex, uses)
        const expected = pointFromHex(hex).multiply(123_456_789n)
        expect(key.multiply(123_456_789n).equals(expected)).toBe(true)
        expect(key.multiplyPublic(123_456_789n).equals(expected)).toBe(true)
        expect(() => key.multiply(0n)).toThrow(RangeError)
      }
    }
    expect(() => mintKeys.find('02', 1)).toThrow()
  })
})
