/** Everything the app needs from the world; handed in, so that the whole app runs in Node as well (design §5.1). */
import type { SessionMemory } from '../domain/lock.ts'
import type { HistoryPage, HistoryWish } from '../domain/movement.ts'
import type { Ledger } from '../domain/wallet.ts'
import type { EngineWorld } from '../engine/world.ts'
import type { EngineStore } from '../engine/store.ts'
import type { CacheStore } from '../engine/cache-store.ts'
import type { ScheduleStore } from '../engine/schedule-store.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { Bootstrap } from '../registry/bootstrap.ts'
import type { SubscribeAnnouncements } from '../registry/relays.ts'
import type { RegistryStore } from '../registry/store.ts'
import type { StandingStore } from '../sessions/standing.ts'
import type { SessionStore } from '../sessions/store.ts'
import type { BackupStore } from '../wallet/backup/store.ts'
import type { SyncStore } from '../wallet/backup/sync/store.ts'
import type { LightningStore } from '../wallet/lightning/store.ts'
import type { NwcStore } from '../wallet/nwc/store.ts'
import type { WalletStore } from '../wallet/store.ts'
import type { TrustStore, WordStore } from '../trust/store.ts'
import type { VaultStore } from '../wallet/vault.ts'

export interface Outside {
  readonly stores: {
    readonly wallet: WalletStore
    readonly sessions: SessionStore
    readonly schedule: ScheduleStore
    readonly cache: CacheStore
    readonly standings: StandingStore
    readonly permissions: PermissionStore
    readonly engine: EngineStore
    readonly registry: RegistryStore
    readonly backup: BackupStore
    readonly lightning: LightningStore
    readonly nwc: NwcStore
    readonly sync: SyncStore
    readonly vault: VaultStore
    readonly trust: TrustStore & WordStore
  }
  readonly readLedger: () => Promise<Ledger>
  readonly readHistory: (wish: HistoryWish) => Promise<HistoryPage>
  readonly fetch: typeof globalThis.fetch
  /** A new connection; throws for an address that is none. */
  readonly webSocket: (url: string) => WebSocket
  readonly now: () => number
  /** 32 hex digits, unguessable. */
  readonly randomId: () => string
  readonly random: () => number
  readonly subscribe: SubscribeAnnouncements
  /** Whom to ask for providers when no relay answers; what the extension brings along if not given. */
  readonly bootstrap?: Bootstrap
  /** Shows the approval window for this question (the same one may be asked for again); null closes it. */
  readonly showApproval: (approvalId: string | null) => Promise<void>
  /** Gives pages of these sites, and of no others, `LanguageModel` and `window.ai` from their next loading on. */
  readonly registerStandIn: (origins: readonly string[]) => Promise<void>
  readonly setBadge: (badge: { readonly approvals: number; readonly running: number; readonly alerts: number; readonly fake?: boolean }) => void
  /** Keeps the worker alive until released. */
  readonly keepAlive: () => () => void
  /** An alarm that calls `App.wake` about every 30 s, also after the worker died. */
  readonly setAlarm: (on: boolean) => void
  /** An alarm that calls `App.wake` once at that time, ms, also after the worker died; null: none. */
  readonly wakeAt: (at: number | null) => void
  readonly sessionMemory: SessionMemory
  /** Whether this is the app of the fake sats, and the way to the other one (`fake-sats.ts`); absent: there is only one. */
  readonly fakeSats?: { readonly on: boolean; readonly change: (on: boolean) => Promise<void> }
  readonly patience: EngineWorld['patience']
}
