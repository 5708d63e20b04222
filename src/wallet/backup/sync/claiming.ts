/**
 * Taking over money that another browser of the user shows: by a swap, so that the mint decides between the two. Whole events are
 * taken, as tokens that came in: everything that makes those safe (`receiving.ts`) makes this safe.
 */
import type { IncomingToken } from '../../../domain/wallet.ts'
import { incomingOf } from '../restore.ts'
import type { BackupStore } from '../store.ts'
import type { Account } from '../../mint-wallet.ts'
import { type Note, sumAmounts } from '../../notes.ts'
import type { WalletStore } from '../../store.ts'
import type { BundleRow, SyncStore } from './store.ts'

/** An event of another browser, and what of it is worth something here: no note is in two offers. */
export interface Offer extends Account {
  readonly bundleId: string
  readonly notes: readonly Note[]
  readonly amount: number
}

export interface Claiming {
  offers(): Promise<readonly Offer[]>
  /** @returns what came, whole units of their account; 0 when others were faster. Goes on by itself when the mint does not answer. */
  claim(offers: readonly Offer[]): Promise<number>
  /** Notes what became of claims. */
  settle(): Promise<void>
  hasOpen(): Promise<boolean>
}

export function createClaiming(world: {
  readonly store: SyncStore
  readonly known: BackupStore['known']
  readonly walletStore: Pick<WalletStore, 'incoming'>
  readonly redeemStored: () => Promise<void>
  readonly now: () => number
}): Claiming {
  const { store } = world

  async function settle(): Promise<void> {
    for (const row of await store.bundles(['claiming'])) {
      const tokens = await tokensOf(row)
      if (tokens.some(isOpen)) continue
      const came = tokens.some(({ state }) => state === 'redeemed')
      await store.changeBundles([row.id], ['claiming'], came ? { state: 'claimed', notes: [] } : { state: 'ended', notes: [], named: true })
    }
  }

  async function tokensOf({ incomingIds }: Pick<BundleRow, 'incomingIds'>): Promise<IncomingToken[]> {
    return (await Promise.all(incomingIds.map((id) => world.walletStore.incoming(id)))).filter((token) => token !== undefined)
  }

  return {
    async offers() {
      // the newest event that shows a note is the one that counts
      const rows = (await store.bundles(['offered'])).sort((a, b) => b.at - a.at)
      const known = await world.known(rows.flatMap(({ notes }) => notes.map(({ secret }) => secret)))
      const seen = new Set<string>()
      return rows
        .map(({ id, mint, unit, notes }) => {
          const fresh = notes.filter(({ secret }) => !known.has(secret) && !seen.has(secret))
          for (const { secret } of fresh) seen.add(secret)
          return { bundleId: id, mint, unit, notes: fresh, amount: sumAmounts(fresh) }
        })
        .filter(({ amount }) => amount > 0)
    },

    async claim(offers) {
      const claims = await Promise.all(
        offers.map(async ({ bundleId, mint, notes }) => ({
          bundleId,
          incoming: (await incomingOf(mint, notes, world.now())).map((token): IncomingToken => ({ ...token, from: 'sync' })),
        })),
      )
      if (!(await store.beginClaim(claims))) return 0
      const incomingIds = claims.flatMap(({ incoming }) => incoming.map(({ id }) => id))
      // one swap takes a limited number of notes
      for (let before = Number.POSITIVE_INFINITY, left = incomingIds.length; left > 0 && left < before; ) {
        before = left
        await world.redeemStored()
        left = (await tokensOf({ incomingIds })).filter(({ state }) => state === 'stored').length
      }
      await settle()
      const came = (await tokensOf({ incomingIds })).filter(({ state }) => state === 'redeemed')
      return sumAmounts(came)
    },

    settle,
    hasOpen: async () => (await store.bundles(['claiming'])).length > 0,
  }
}

/** The offers to take for `wanted` units after the mint's fee: the smallest that does alone, else the largest first; null when all are too little. */
export function pickOffers(offers: readonly Offer[], wanted: number, fee: (notes: readonly Note[]) => number): readonly Offer[] | null {
  const worth = (some: readonly Offer[]): number => {
    const notes = some.flatMap((offer) => offer.notes)
    return sumAmounts(notes) - fee(notes)
  }
  const sorted = offers.toSorted((a, b) => a.amount - b.amount)
  const single = sorted.find((offer) => worth([offer]) >= wanted)
  if (single !== undefined) return [single]
  for (let count = 2; count <= sorted.length; count++) if (worth(sorted.slice(-count)) >= wanted) return sorted.slice(-count)
  return null
}

function isOpen({ state }: IncomingToken): boolean {
  return state === 'stored' || state === 'redeeming' || state === 'waiting'
}
