/** Everything the app needs from the world; handed in, so that the whole app runs in Node as well (design §5.1). */
import type { Ledger } from '../domain/wallet.ts'
import type { EngineWorld } from '../engine/world.ts'
import type { EngineStore } from '../engine/store.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { SubscribeAnnouncements } from '../registry/relays.ts'
import type { RegistryStore } from '../registry/store.ts'
import type { SessionStore } from '../sessions/store.ts'
import type { WalletStore } from '../wallet/store.ts'

export interface Outside {
  readonly stores: {
    readonly wallet: WalletStore
    readonly sessions: SessionStore
    readonly permissions: PermissionStore
    readonly engine: EngineStore
    readonly registry: RegistryStore
  }
  readonly readLedger: () => Promise<Ledger>
  readonly fetch: typeof globalThis.fetch
  readonly now: () => number
  /** 32 hex digits, unguessable. */
  readonly randomId: () => string
  readonly random: () => number
  readonly subscribe: SubscribeAnnouncements
  /** Shows the approval window for this question (the same one may be asked for again); null closes it. */
  readonly showApproval: (approvalId: string | null) => Promise<void>
  readonly setBadge: (badge: { readonly approvals: number; readonly running: number }) => void
  /** Keeps the worker alive until released. */
  readonly keepAlive: () => () => void
  /** An alarm that calls `App.wake` about every 30 s, also after the worker died. */
  readonly setAlarm: (on: boolean) => void
  readonly patience: EngineWorld['patience']
}
