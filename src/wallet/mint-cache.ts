/** A mint's info and keys as JSON text in its row: the first payment after a restart needs no network. */
import type { GetInfoResponse, KeyChainCache, Wallet } from '@cashu/cashu-ts'
import type { WalletStore } from './store.ts'

export interface CachedMint {
  readonly info: GetInfoResponse
  readonly keys: KeyChainCache
}

export function mintCache(store: WalletStore): { read(url: string): Promise<CachedMint | null>; write(url: string, wallet: Wallet): Promise<void> } {
  return {
    async read(url) {
      const text = (await store.mint(url))?.cache ?? null
      // written by `write` below and by nobody else
      return text === null ? null : (JSON.parse(text) as CachedMint)
    },
    /** Every keyset ever seen is kept: old notes need the keys of keysets that are no longer active. */
    async write(url, wallet) {
      const row = await store.mint(url)
      const before = row?.cache == null ? null : (JSON.parse(row.cache) as CachedMint)
      const keys = wallet.keyChain.cache
      const known = new Set(keys.keysets.map(({ id }) => id))
      const merged: CachedMint = {
        info: wallet.getMintInfo().cache,
        keys: {
          ...keys,
          keysets: [
            ...keys.keysets.map((keyset) => (keyset.keys === undefined ? { ...keyset, ...keysOf(before, keyset.id) } : keyset)),
            ...(before?.keys.keysets.filter(({ id }) => !known.has(id)).map((keyset) => ({ ...keyset, active: false })) ?? []),
          ],
        },
      }
      await store.saveMint(url, { name: merged.info.name || new URL(url).host, cache: JSON.stringify(merged) })
    },
  }
}

function keysOf(cached: CachedMint | null, keysetId: string): { keys?: NonNullable<KeyChainCache['keysets'][number]['keys']> } {
  const keys = cached?.keys.keysets.find(({ id }) => id === keysetId)?.keys
  return keys === undefined ? {} : { keys }
}
