/** Providers and their catalogues in IndexedDB. Rows are our own objects; nothing of a library is stored. */
import type { Dexie } from 'dexie'
import type { Catalogue, RegistryEntry, RegistryStore } from '../registry/store.ts'

/** Tables and indexes this store needs, for the database's version declaration. */
export const registryTables = { providers: 'id, url', catalogues: 'providerId' }

/** Keys of the indexes beside the entry they belong to. */
interface ProviderRow {
  readonly id: string
  readonly url: string
  readonly entry: RegistryEntry
}

/** @param database opened with at least `registryTables`; errors of the database reach the caller */
export function createRegistryStore(database: Dexie): RegistryStore {
  const providers = database.table<ProviderRow, string>('providers')
  const catalogues = database.table<Catalogue, string>('catalogues')
  return {
    loadProviders: async () => (await providers.toArray()).map((row) => row.entry),
    async saveProvider(entry) {
      await providers.put({ id: entry.provider.id, url: entry.provider.url, entry })
    },
    async deleteProvider(id) {
      await database.transaction('rw', providers, catalogues, async () => {
        await providers.delete(id)
        await catalogues.delete(id)
      })
    },
    loadModels: () => catalogues.toArray(),
    async saveModels(providerId, models, at) {
      await catalogues.put({ providerId, models, at })
    },
  }
}
