/** What is known about a provider and where it was learned, so that every number on its page can be traced. */
import type { Provider } from './offer.ts'

export interface AnnouncedFacts {
  readonly eventId: string
  /** s */
  readonly createdAt: number
  /** Relays that have sent this very event. */
  readonly relays: readonly string[]
  /** Addresses in Tor: shown only. */
  readonly onions: readonly string[]
  /** As announced; what counts is `/v1/info`. */
  readonly mints: readonly string[]
  readonly version: string
}

export interface ProviderRecord {
  readonly provider: Provider
  /** The newest one; null when it was not announced. */
  readonly announcement: AnnouncedFacts | null
  /** The announced addresses that can be used. */
  readonly urls: readonly string[]
  /** ms */
  readonly firstSeenAt: number
  /** Whether the node names the key that announces it (`/v1/info.npub`). */
  readonly identity: 'proven' | 'unproven' | 'contradicted'
  /** The key the node names, hex. */
  readonly infoKey: string | null
  /** Readings that failed in a row. */
  readonly failures: number
  readonly withdrawn: boolean
  /** Kind 0 of the key. Nothing in it is ever loaded. */
  readonly profile: { readonly eventId: string; readonly createdAt: number; readonly name: string; readonly about: string; readonly picture: string; readonly website: string } | null
  /** When `/v1/models` was read, ms. */
  readonly catalogueAt: number | null
}

/** A price as it was read; sats per token. */
export interface PricePoint {
  /** ms */
  readonly at: number
  readonly promptSat: number
  readonly completionSat: number
}

/** Only changes are kept: a price holds until the next point. Oldest first. */
export interface ModelPrices {
  readonly modelId: string
  readonly points: readonly PricePoint[]
}
