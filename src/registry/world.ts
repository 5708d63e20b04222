/** What the registry needs from the rest. */
import type { AddressPolicy } from '../domain/network-address.ts'
import type { Bootstrap } from './bootstrap.ts'
import type { SubscribeAnnouncements } from './relays.ts'
import type { RegistryStore } from './store.ts'

export interface RegistryWorld {
  readonly store: RegistryStore
  readonly fetch: typeof fetch
  /** ms */
  readonly now: () => number
  readonly settings: () => { readonly relays: readonly string[]; readonly developer: boolean }
  readonly subscribe: SubscribeAnnouncements
  /** Whom to ask when no relay answers; what this extension brings along if not given. */
  readonly bootstrap?: Bootstrap | undefined
  /** Whose list of model names counts; Routstr's if not given. */
  readonly mappingAuthor?: string | undefined
  /** Which addresses may be used; by the developer switch if not given. */
  readonly policy?: AddressPolicy | undefined
  /** Patience with one provider's `/v1/info` and `/v1/models`; 8 s if not given. */
  readonly probeTimeoutMs?: number
}
