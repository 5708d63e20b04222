/** What the mints and the providers themselves say about money: the wallet is not asked. */
import type { Devnet } from '../devnet/devnet.ts'

export interface OutsideBooks {
  /** By mint: notes signed and not redeemed, sat. */
  readonly outstandingSat: ReadonlyMap<string, number>
  /** In the purses of the providers, sat. */
  readonly heldSat: number
  /** Earned by the providers, with rests they keep, msat. */
  readonly keptMsat: number
}

export function readBooks({ mint, otherMint, providers }: Devnet): OutsideBooks {
  const books = [providers.cheap.books(), providers.dear.books()]
  return {
    outstandingSat: new Map([mint, otherMint].map((one) => [one.url, one.outstandingSat()])),
    heldSat: books.reduce((sum, { heldSat }) => sum + heldSat, 0),
    keptMsat: books.reduce((sum, { earnedMsat, forfeitedMsat, balancesMsat }) => sum + earnedMsat + forfeitedMsat + balancesMsat, 0),
  }
}
