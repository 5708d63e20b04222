/** One connection per account and worker, made with the seed of this wallet; keys come from the database, the network is asked only the first time ever. */
import { connectMint, type MintConnection } from './mint.ts'
import type { Account } from './mint-wallet.ts'
import { loadSeedWords, seedBytes } from './seed.ts'
import type { WalletStore } from './store.ts'

export interface Connections {
  /** @throws RoutstrError `mint_unreachable`, `mint_misbehaved`, `wallet_locked` */
  connect(account: Account): Promise<MintConnection>
  /** 64 bytes; everything of this wallet derives from them. */
  seed(): Promise<Uint8Array>
  isTrusted(mint: string): Promise<boolean>
  /** The seed leaves memory: the wallet was locked, or has got another seed. */
  forget(): void
}

export function createConnections({ store, fetch }: { readonly store: WalletStore; readonly fetch: typeof globalThis.fetch }): Connections {
  const open = new Map<string, Promise<MintConnection>>()
  let loaded: Promise<Uint8Array> | null = null

  function seed(): Promise<Uint8Array> {
    if (loaded !== null) return loaded
    const opened = loadSeedWords(store).then(seedBytes)
    loaded = opened
    opened.catch(() => {
      if (loaded === opened) loaded = null
    })
    return opened
  }

  return {
    seed,
    connect({ mint, unit }) {
      const key = `${unit} ${mint}`
      const existing = open.get(key)
      if (existing !== undefined) return existing
      const opened = seed().then((bytes) => connectMint({ mint, unit }, { fetch, store, seed: bytes }))
      open.set(key, opened)
      opened.catch(() => {
        if (open.get(key) === opened) open.delete(key)
      })
      return opened
    },
    isTrusted: async (mint) => (await store.mint(mint))?.trusted === true,
    forget() {
      open.clear()
      loaded = null
    },
  }
}
