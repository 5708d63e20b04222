/**
 * Small notes are paid away; in idle time one large note is exchanged for a new ladder, so that the next payments find exact
 * notes without asking the mint (`cashu.md` §5.1). Never on the path of a payment, never two swaps at one mint.
 */
import { isBitcoin } from '../domain/units.ts'
import type { Connections } from './connections.ts'
import { isSwap } from './journal.ts'
import type { Account } from './mint-wallet.ts'
import { noteForLadder } from './notes.ts'
import type { NoteBucket, WalletStore } from './store.ts'
import type { SwapRunner } from './swaps.ts'

/** @returns a function that refills what needs it; call it when nothing is being paid */
export function createLadderKeeper(world: { readonly store: WalletStore; readonly swaps: SwapRunner; readonly connections: Connections }): () => Promise<void> {
  const { store, swaps, connections } = world
  return async () => {
    const busy = new Set((await store.operations({ state: 'requested' })).filter(isSwap).map(({ mint }) => mint))
    const ready = (await store.buckets(null)).filter(({ state }) => state === 'ready')
    for (const buckets of Map.groupBy(ready, ({ mint, unit }) => `${unit} ${mint}`).values()) {
      const [account] = buckets
      if (account === undefined || !isBitcoin(account.unit) || busy.has(account.mint) || !(await connections.isTrusted(account.mint))) continue
      await refill(account, buckets)
    }
  }

  async function refill(account: Account, buckets: readonly NoteBucket[]): Promise<void> {
    const connection = await connections.connect(account).catch(() => null)
    if (connection === null) return
    const bucket = noteForLadder(buckets, { unit: account.unit, ppk: connection.facts().inputFeePpk })
    if (bucket === null) return
    const [note] = await store.readyNotes(account, { keysetId: bucket.keysetId, choice: [{ amount: bucket.amount, count: 1 }] })
    if (note === undefined) return
    const operation = await swaps.begin({ kind: 'split', ownSecrets: [note.secret], incomingIds: [], sendId: null }, connection, [note])
    if (operation !== null) await swaps.run(operation, connection)
  }
}
