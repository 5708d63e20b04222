/** What the registry keeps across restarts, so that the first request needs no network. */
import type { Model, Provider } from '../domain/offer.ts'

/** A provider with what its announcement said and what a probe found out about it. */
export interface RegistryEntry {
  readonly provider: Provider
  /** Every usable address of the newest announcement; the provider's own `url` is the one that answered. */
  readonly urls: readonly string[]
  /** `created_at` of the newest announcement, s; null when added by hand. */
  readonly announcedAt: number | null
  /** When we met it first, ms: the older of two claims to an address wins. */
  readonly firstSeenAt: number
  /** `/v1/info` at this address names the announcing key: a claim that beats any other. */
  readonly ownsAddress: boolean
}

export interface Catalogue {
  readonly providerId: string
  readonly models: readonly Model[]
  /** When it was read, ms. */
  readonly at: number
}

export interface RegistryStore {
  loadProviders(): Promise<readonly RegistryEntry[]>
  saveProvider(entry: RegistryEntry): Promise<void>
  /** The provider and its catalogue, in one transaction. */
  deleteProvider(id: string): Promise<void>
  loadModels(): Promise<readonly Catalogue[]>
  saveModels(providerId: string, models: readonly Model[], at: number): Promise<void>
}
