/** Which events of other browsers are taken over when a payment is short: few, and only when they are enough. */
import { describe, expect, it } from 'vitest'
import { pickOffers } from '../../../src/wallet/backup/sync/claiming.ts'
import type { Note } from '../../../src/wallet/notes.ts'

const note = (amount: number): Note => ({
  secret: `s${amount}`,
  mint: 'm',
  unit: 'sat',
  keysetId: 'k',
  amount,
  C: 'c',
  dleq: null,
  state: 'ready',
  operationId: null,
})
const offer = (bundleId: string, ...amounts: number[]) => ({
  bundleId,
  mint: 'm',
  unit: 'sat',
  notes: amounts.map(note),
  amount: amounts.reduce((sum, amount) => sum + amount, 0),
})
const offers = [offer('small', 4, 2), offer('middle', 32, 8), offer('large', 512)]
const fee = (notes: readonly Note[]): number => notes.length
const picked = (wanted: number): string[] | null => pickOffers(offers, wanted, fee)?.map(({ bundleId }) => bundleId) ?? null

describe('what is taken over', () => {
  it.each([
    [1, ['small']],
    [4, ['small']],
    // 6 less the fee of two notes is 4
    [5, ['middle']],
    [38, ['middle']],
    [39, ['large']],
    [511, ['large']],
    [512, ['middle', 'large']],
    [549, ['middle', 'large']],
    [550, ['small', 'middle', 'large']],
    [554, null],
  ])('for %i sat: %j', (wanted, ids) => expect(picked(wanted)).toEqual(ids))

  it('nothing offered, nothing taken', () => expect(pickOffers([], 1, fee)).toBeNull())
})
