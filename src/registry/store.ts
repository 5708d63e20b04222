/** What the registry keeps across restarts, so that the first request needs no network. */
import type { Model, Provider } from '../domain/offer.ts'
import type { AnnouncedFacts, ModelPrices, PricePoint } from '../domain/provider-record.ts'
import type { SavedMapping } from '../protocol/model-mapping.ts'
import type { Profile } from '../protocol/profile.ts'
import type { CoolDownStore } from './cool-down.ts'

export type { SavedMapping } from '../protocol/model-mapping.ts'

/** A provider with what its announcement said and what a probe found out about it. */
export interface RegistryEntry {
  readonly provider: Provider
  /** Every usable address of the newest announcement; the provider's own `url` is the one that answered. */
  readonly urls: readonly string[]
  /** The newest one; null when added by hand. */
  readonly announced: AnnouncedFacts | null
  /** When we met it first, ms: the older of two claims to an address wins. */
  readonly firstSeenAt: number
  /** The key that `/v1/info` at this address names, hex; null: none, or not asked yet. The announcing key there beats any other claim. */
  readonly infoKey: string | null
  /** Probes that failed in a row. */
  readonly failures: number
  /** Its author has taken back every announcement up to then (kind 5), s; null: never. */
  readonly withdrawnAt: number | null
  /** Kind 0 of the announcing key. */
  readonly profile: Profile | null
}

export interface Catalogue {
  readonly providerId: string
  readonly models: readonly Model[]
  /** When it was read, ms. */
  readonly at: number
}

/** How far a relay has been read. */
export interface RelayMark {
  readonly url: string
  /** `created_at` of the newest genuine event from it, s: by the authors' clocks, ours may be wrong. */
  readonly newest: number
  /** When everything it has was read last, ms. */
  readonly wholeAt: number
}

export interface RegistryStore extends CoolDownStore {
  /** Those that ever answered or that the user has touched: they are needed at once. */
  loadKnown(): Promise<readonly RegistryEntry[]>
  /** The others: announced, never yet answered. */
  loadStrangers(): Promise<readonly RegistryEntry[]>
  /** One transaction. */
  saveProviders(entries: readonly RegistryEntry[]): Promise<void>
  /** The providers with their catalogues and prices, in one transaction. */
  deleteProviders(ids: readonly string[]): Promise<void>
  loadModels(): Promise<readonly Catalogue[]>
  saveModels(providerId: string, models: readonly Model[], at: number): Promise<void>
  loadRelayMarks(): Promise<readonly RelayMark[]>
  saveRelayMark(mark: RelayMark): Promise<void>
  loadMapping(): Promise<SavedMapping | null>
  saveMapping(mapping: SavedMapping): Promise<void>
  /** Adds what is new to the history, one transaction; only the last points of each model are kept. */
  addPrices(providerId: string, prices: readonly { readonly modelId: string; readonly point: PricePoint }[]): Promise<void>
  pricesOf(providerId: string): Promise<readonly ModelPrices[]>
}
