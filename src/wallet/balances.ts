/** What lies where: notes summed per mint and unit. Pure. */
import { sumMsat } from '../domain/msat.ts'
import { worthMsat } from '../domain/units.ts'
import type { AccountBalance, MintBalance } from '../domain/wallet.ts'
import type { MintRow, NoteBucket } from './store.ts'

/** Every trusted mint, and every other one that holds something; trusted ones first, in the order they were added. */
export function balancesOf(mints: readonly MintRow[], buckets: readonly Omit<NoteBucket, 'keysetId'>[]): MintBalance[] {
  const accounts = new Map<string, Map<string, AccountBalance>>()
  for (const { mint, unit, amount, count, state } of buckets) {
    if (state === 'sent') continue
    const ofMint = accounts.get(mint) ?? new Map<string, AccountBalance>()
    const account = ofMint.get(unit) ?? { unit, ready: 0, pending: 0, notes: 0 }
    const isReady = state === 'ready'
    ofMint.set(unit, {
      unit,
      ready: account.ready + (isReady ? amount * count : 0),
      pending: account.pending + (isReady ? 0 : amount * count),
      notes: account.notes + (isReady ? count : 0),
    })
    accounts.set(mint, ofMint)
  }
  return mints
    .filter(({ url, trusted }) => trusted || accounts.has(url))
    .map(({ url, name, addedAt, trusted }) => {
      const here = [...(accounts.get(url)?.values() ?? [])].sort((a, b) => rank(a.unit) - rank(b.unit))
      return {
        mint: { url, name, addedAt },
        trusted,
        readyMsat: sumMsat(here.map(({ ready, unit }) => worthMsat(ready, unit))),
        pendingMsat: sumMsat(here.map(({ pending, unit }) => worthMsat(pending, unit))),
        notes: here.reduce((sum, account) => sum + account.notes, 0),
        accounts: here,
      }
    })
    .sort((a, b) => Number(b.trusted) - Number(a.trusted) || a.mint.addedAt - b.mint.addedAt)
}

const rank = (unit: string): number => (unit === 'sat' ? 0 : unit === 'msat' ? 1 : 2)
