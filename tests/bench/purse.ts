/** A wallet with ten thousand notes in the real database, put there the way the wallet itself does it. */
import { RoutstrDatabase } from '../../src/storage/database.ts'
import { openStores } from '../../src/storage/stores.ts'
import type { SwapOperation } from '../../src/wallet/journal.ts'
import type { Note } from '../../src/wallet/notes.ts'
import type { WalletStore } from '../../src/wallet/store.ts'

export const ACCOUNT = { mint: 'https://mint.example.com', unit: 'sat' }
export const NOTES = 10_000

/** A second wallet under another name leaves the first alone. */
export function openWallet(name: string): { readonly store: WalletStore; readonly close: () => void } {
  const database = new RoutstrDatabase(name)
  return { store: openStores(database).stores.wallet, close: () => database.close() }
}

/** @returns the notes, of 14 denominations, that were added as the outputs of one swap */
export async function fill(store: WalletStore): Promise<Note[]> {
  const notes = Array.from(
    { length: NOTES },
    (_, index): Note => ({
      secret: hex(32),
      ...ACCOUNT,
      keysetId: `01${'ab'.repeat(32)}`,
      amount: 2 ** (index % 14),
      C: `02${hex(32)}`,
      dleq: { e: hex(32), s: hex(32), r: hex(32) },
      state: 'ready',
      operationId: null,
    }),
  )
  await store.saveMint(ACCOUNT.mint, { trusted: true, name: 'Bench', addedAt: 1 })
  const swap: SwapOperation = {
    ...ACCOUNT,
    id: crypto.randomUUID(),
    kind: 'receive',
    state: 'requested',
    swap: { keysetId: '', inputs: [], outputs: [] },
    ownSecrets: [],
    incomingIds: [],
    sendId: null,
    inputAmount: 0,
    outputAmount: 0,
    createdAt: Date.now(),
    tries: 0,
    nextTryAt: 0,
    problem: null,
  }
  if (!(await store.beginSwap(swap)) || !(await store.finishSwap(swap.id, notes))) throw new Error('the notes could not be stored')
  return notes
}

export function hex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
