/** What the answers to our screens are put together from. */
import type { HistoryPage, HistoryWish } from '../../domain/movement.ts'
import type { SiteOrigin } from '../../domain/site.ts'
import type { Ledger } from '../../domain/wallet.ts'
import type { PlayDry } from '../../engine/dry-run.ts'
import type { RecommendModels } from '../../engine/recommending.ts'
import type { RunningRequests } from '../../engine/running.ts'
import type { CacheStore } from '../../engine/cache-store.ts'
import type { Probing } from '../../engine/probing.ts'
import type { Scheduling } from '../../engine/scheduling.ts'
import type { EngineStore } from '../../engine/store.ts'
import type { Approvals } from '../../permissions/approvals.ts'
import type { PermissionStore } from '../../permissions/store.ts'
import type { Registry } from '../../registry/registry.ts'
import type { Sessions } from '../../sessions/sessions.ts'
import type { Standings } from '../../sessions/standing.ts'
import type { Backup } from '../../wallet/backup/backup.ts'
import type { Sync } from '../../wallet/backup/sync/sync.ts'
import type { Publishing } from '../../trust/publishing.ts'
import type { Lightning } from '../../wallet/lightning/lightning.ts'
import type { Nwc } from '../../wallet/nwc/connected-wallet.ts'
import type { Wallet } from '../../wallet/wallet.ts'
import type { BudgetAlerts } from '../budget-alerts.ts'
import type { Developer } from '../developer.ts'
import type { Timelines } from '../timelines.ts'
import type { Judging } from '../judging.ts'
import type { Lock } from '../lock.ts'
import type { Outside } from '../outside.ts'
import type { SettingsKeeper } from '../settings.ts'

export interface ScreenWorld {
  readonly wallet: Wallet
  readonly lightning: Lightning
  readonly nwc: Nwc
  readonly backup: Backup
  readonly sync: Sync
  readonly sessions: Sessions
  readonly standings: Standings
  readonly registry: Registry
  readonly judging: Judging
  readonly alerts: BudgetAlerts
  readonly scheduling: Scheduling
  readonly cache: CacheStore
  readonly probing: Pick<Probing, 'today'>
  readonly recommend: RecommendModels
  readonly publishing: Publishing
  readonly permissions: PermissionStore
  readonly approvals: Approvals
  readonly running: RunningRequests
  readonly store: EngineStore
  readonly settings: SettingsKeeper
  readonly developer: Developer
  readonly timelines: Timelines
  readonly playDry: PlayDry
  readonly fakeSats: Outside['fakeSats']
  readonly lock: Lock
  readonly readLedger: () => Promise<Ledger>
  readonly readHistory: (wish: HistoryWish) => Promise<HistoryPage>
  readonly now: () => number
  readonly randomId: () => string
  readonly grantChanged: (origin: SiteOrigin) => void
  /** A site has got the stand-ins, or lost them. */
  readonly standIns: () => Promise<void>
  readonly changed: () => void
  /** Keeps the worker alive and the alarm armed until released. */
  readonly busy: () => () => void
}

/** Ways of working that every topic needs. */
export interface ScreenTools {
  /** Money moves: the worker stays awake, and an alarm finishes what is left open. */
  atWork<T>(work: () => Promise<T>): Promise<T>
  /** A change without an answer of its own: screens read again. */
  done(work: Promise<unknown>): Promise<null>
  /** Revoke and block end what runs, too (T2). */
  stopSite(origin: SiteOrigin): Promise<void>
}

export function screenTools({ busy, changed, grantChanged, running }: Pick<ScreenWorld, 'busy' | 'changed' | 'grantChanged' | 'running'>): ScreenTools {
  return {
    async atWork(work) {
      const release = busy()
      try {
        return await work()
      } finally {
        release()
      }
    },
    async done(work) {
      await work
      changed()
      return null
    },
    async stopSite(origin) {
      running.stop((request) => request.origin === origin)
      grantChanged(origin)
    },
  }
}
