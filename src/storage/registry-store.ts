/** Providers and their catalogues in IndexedDB. Rows are our own objects; nothing of a library is stored. */
import type { Dexie } from 'dexie'
import type { PricePoint } from '../domain/provider-record.ts'
import type { Rest } from '../registry/cool-down.ts'
import type { Catalogue, RegistryEntry, RegistryStore, RelayMark, SavedMapping } from '../registry/store.ts'

/** Tables and indexes this store needs, for the database's version declaration. */
export const registryTables = {
  providers: 'id, url, known',
  catalogues: 'providerId',
  prices: '[providerId+modelId], providerId',
  rests: 'id',
  relays: 'url',
  mappings: 'kind',
}

/** Points kept of one model at one provider: at a change every two minutes the last seven hours, usually months. */
const KEPT_POINTS = 200

interface PriceRow {
  readonly providerId: string
  readonly modelId: string
  /** Oldest first. */
  readonly points: readonly PricePoint[]
}

/** Keys of the indexes beside the entry they belong to. */
interface ProviderRow {
  readonly id: string
  readonly url: string
  /** 1: answered once, or touched by the user. */
  readonly known: 0 | 1
  readonly entry: RegistryEntry
}

/** @param database opened with at least `registryTables`; errors of the database reach the caller */
export function createRegistryStore(database: Dexie): RegistryStore {
  const providers = database.table<ProviderRow, string>('providers')
  const catalogues = database.table<Catalogue, string>('catalogues')
  const rests = database.table<Rest, string>('rests')
  const prices = database.table<PriceRow, [string, string]>('prices')
  const mappings = database.table<SavedMapping & { readonly kind: 'models' }, string>('mappings')
  const relays = database.table<RelayMark, string>('relays')
  const entries = async (known: 0 | 1): Promise<RegistryEntry[]> => (await providers.where('known').equals(known).toArray()).map((row) => row.entry)
  return {
    loadKnown: () => entries(1),
    loadStrangers: () => entries(0),
    saveProviders: async (changed) => void (await providers.bulkPut(changed.map(toRow))),
    async deleteProviders(ids) {
      await database.transaction('rw', providers, catalogues, prices, async () => {
        await providers.bulkDelete([...ids])
        await catalogues.bulkDelete([...ids])
        await prices.where('providerId').anyOf(ids).delete()
      })
    },
    loadModels: () => catalogues.toArray(),
    async saveModels(providerId, models, at) {
      await catalogues.put({ providerId, models, at })
    },
    loadRests: () => rests.toArray(),
    saveRest: async (rest) => void (await rests.put(rest)),
    deleteRests: (ids) => rests.bulkDelete([...ids]),
    loadRelayMarks: () => relays.toArray(),
    saveRelayMark: async (mark) => void (await relays.put(mark)),
    loadMapping: async () => (await mappings.get('models')) ?? null,
    saveMapping: async (mapping) => void (await mappings.put({ ...mapping, kind: 'models' })),
    async addPrices(providerId, added) {
      await database.transaction('rw', prices, async () => {
        const rows = await prices.bulkGet(added.map(({ modelId }) => [providerId, modelId]))
        const next = added.map(({ modelId, point }, index) => ({ providerId, modelId, points: [...(rows[index]?.points ?? []), point].slice(-KEPT_POINTS) }))
        await prices.bulkPut(next)
      })
    },
    pricesOf: async (providerId) => (await prices.where('providerId').equals(providerId).toArray()).map(({ modelId, points }) => ({ modelId, points })),
  }
}

function toRow(entry: RegistryEntry): ProviderRow {
  const { provider } = entry
  return { id: provider.id, url: provider.url, known: provider.source !== 'nostr' || provider.seenAt !== null || provider.blocked ? 1 : 0, entry }
}
