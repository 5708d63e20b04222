/** What the engine is asked, what it answers, and what it needs for it. */
import type { Msat } from '../domain/msat.ts'
import type { Settings } from '../domain/settings.ts'
import type { SiteOrigin } from '../domain/site.ts'
import type { Approvals } from '../permissions/approvals.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { Registry } from '../registry/registry.ts'
import type { Standings } from '../sessions/standing.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Wallet } from '../wallet/wallet.ts'
import type { Accounting } from './accounting.ts'
import type { Sellers } from './choosing.ts'
import type { RunningRequests } from './running.ts'
import type { EngineStore } from './store.ts'

export interface EngineRequest {
  /** 32 hex digits from the page; the same after a reconnect. */
  readonly id: string
  readonly origin: SiteOrigin
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array<ArrayBuffer> | null
  readonly prompt: 'auto' | 'none'
  /** The user had just done something in the page: a question may open a window. */
  readonly userActive: boolean
  readonly signal: AbortSignal
  /** The money is set aside; once for each attempt. @param remainingMsat what the site may still spend then; null: it has no limit of its own */
  readonly onHeld?: (remainingMsat: Msat | null) => void
  /** Told while a stream comes in: what it will have cost if it ends here, by our estimate; never more than is set aside. */
  readonly onCost?: (estimateMsat: Msat) => void
}

export interface EngineAnswer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: ReadableStream<Uint8Array> | null
}

export interface EngineWorld {
  readonly fetch: typeof globalThis.fetch
  readonly now: () => number
  readonly random: () => number
  readonly settings: () => Settings
  readonly wallet: Wallet
  readonly sessions: Sessions
  readonly standings: Standings
  readonly registry: Registry
  readonly sellers: Sellers
  readonly permissions: PermissionStore
  readonly approvals: Approvals
  readonly accounting: Accounting
  readonly running: RunningRequests
  readonly store: EngineStore
  /** Patience, ms; the defaults are those of a person, tests shorten them. */
  readonly patience: { readonly firstByteMs: number; readonly wholeAnswerMs: number; readonly idleMs: number; readonly totalMs: number }
}

/** @throws RoutstrError for every refusal; nothing was spent then unless the code is 424 */
export type RunRequest = (request: EngineRequest) => Promise<EngineAnswer>
