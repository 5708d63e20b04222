/**
 * What our own screens (popup, approval window, options) and the background say to each other. One table of routes:
 * the input is checked at the border, the output is ours. Pages can not reach any of it (design §5.5).
 */
import * as v from 'valibot'
import type { Approval } from '../domain/approval.ts'
import { choosingSchema } from '../domain/choosing.ts'
import type { ErrorFacts } from '../domain/errors.ts'
import { fallbackSchema } from '../domain/fallback.ts'
import type { Budget } from '../domain/grant.ts'
import type { Msat } from '../domain/msat.ts'
import type { Model, Provider } from '../domain/offer.ts'
import type { Receipt } from '../domain/receipt.ts'
import { SESSION_LIVES } from '../domain/session.ts'
import { PROBE_BUDGET_SAT } from '../domain/probes.ts'
import type { Settings } from '../domain/settings.ts'
import type { BudgetAlert } from '../domain/spending.ts'
import type { TrustScore } from '../domain/trust.ts'
import { backupInputs, type BackupOutputs } from './routes/backup.ts'
import { developerInputs, type DeveloperOutputs } from './routes/developer.ts'
import { historyInputs, type HistoryOutputs } from './routes/history.ts'
import { lockInputs, type LockOutputs } from './routes/lock.ts'
import { lightningInputs, type LightningOutputs } from './routes/lightning.ts'
import { marketInputs, type MarketOutputs } from './routes/market.ts'
import { nwcInputs, type NwcOutputs } from './routes/nwc.ts'
import { siteInputs, type SiteOutputs, type SiteView, terms } from './routes/sites.ts'
import { spendingInputs, type SpendingOutputs } from './routes/spending.ts'
import { sessionInputs, type SessionOutputs } from './routes/sessions.ts'
import { syncInputs, type SyncOutputs } from './routes/sync.ts'
import { tokenInputs, type TokenOutputs } from './routes/tokens.ts'
import { wordInputs, type WordOutputs } from './routes/words.ts'

export type { SiteView } from './routes/sites.ts'
export type { MintPreview, SessionView, WalletView } from './routes/tokens.ts'

export const UI_PORT = 'ui'

const text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max))
/** A site; of a frame, both origins (`SiteOrigin`). */
const origin = text(1024)
const nothing = v.object({})

/** Every route with the schema of its input. */
export const uiInputs = {
  /** Everything the popup shows. `origin`: the site of the active tab, null when it is none. */
  'overview.get': v.object({ origin: v.nullable(origin) }),
  'paused.set': v.object({ paused: v.boolean() }),
  'requests.stop': v.object({ requestId: text(64) }),

  'approvals.get': v.object({ id: text(64) }),
  'approvals.decide': v.object({
    id: text(64),
    decision: v.variant('kind', [
      v.object({ kind: v.literal('approve'), terms }),
      v.object({ kind: v.literal('reject') }),
      v.object({ kind: v.literal('block') }),
    ]),
  }),

  ...siteInputs,
  ...tokenInputs,

  'providers.list': nothing,
  'providers.add': v.object({ url: text(512) }),
  'providers.remove': v.object({ id: text(300) }),
  'providers.setBlocked': v.object({ id: text(300), blocked: v.boolean() }),
  /** Mismatches until now keep money away no more. */
  'providers.forgive': v.object({ id: text(300) }),
  'providers.refresh': nothing,

  'settings.get': nothing,
  'settings.set': v.partial(
    v.object({
      maxTokensCap: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(1_000_000))),
      sessionIdleMs: v.pipe(v.number(), v.integer(), v.minValue(5_000), v.maxValue(3_600_000)),
      floatSat: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000)),
      openAhead: v.boolean(),
      sessionLife: v.picklist(SESSION_LIVES),
      firstDepositSat: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
      fuseSatPerMinute: v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(10_000_000)),
      relays: v.pipe(v.array(text(512)), v.maxLength(20)),
      choosing: choosingSchema,
      fallback: fallbackSchema,
      favourites: v.pipe(v.array(text(300)), v.maxLength(500), v.readonly()),
      npub: v.nullable(v.pipe(v.string(), v.trim(), v.regex(/^npub1[0-9a-z]{58}$/))),
      developer: v.boolean(),
      hedge: v.boolean(),
      probeSatPerDay: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(PROBE_BUDGET_SAT.least), v.maxValue(PROBE_BUDGET_SAT.most))),
    }),
  ),

  ...backupInputs,
  ...spendingInputs,
  ...developerInputs,
  ...historyInputs,
  ...lightningInputs,
  ...lockInputs,
  ...marketInputs,
  ...nwcInputs,
  ...sessionInputs,
  ...syncInputs,
  ...wordInputs,
} as const

export type UiRoute = keyof typeof uiInputs
export type UiInput<R extends UiRoute> = v.InferOutput<(typeof uiInputs)[R]>

export interface RunningRequest {
  readonly id: string
  readonly origin: string
  readonly model: string
  readonly providerName: string | null
  readonly startedAt: number
  /** `deciding` (waits for the user), `paying`, `waiting` (for the first byte), `streaming`. */
  readonly phase: 'deciding' | 'paying' | 'waiting' | 'streaming'
  /** Text characters received so far. */
  readonly received: number
}

export interface ApprovalView {
  readonly approval: Approval
  /** Position in the queue, 1 = shown now. */
  readonly position: number
  readonly waiting: number
  /** The grant that does not reach, if there is one. */
  readonly budget: Budget | null
  readonly walletMsat: Msat
  /** It has to be unlocked first; what it holds is not known until then. */
  readonly locked: boolean
  /** The wallet cannot cover the worst case: the screen offers to receive a token, the request waits. */
  readonly shortMsat: Msat
  readonly firstTime: boolean
}

export interface Overview {
  /** Ready notes over all mints. */
  readonly balanceMsat: Msat
  /** Tokens stored and not yet redeemed, notes inside operations. */
  readonly pendingMsat: Msat
  /** Left at providers, will be returned. */
  readonly onDepositMsat: Msat
  readonly hasMint: boolean
  readonly paused: boolean
  /** Payments are paused because the fuse has tripped, since then; null: not by it. */
  readonly fuseTrippedAt: number | null
  /** What providers owe: change that should have come back by now. */
  readonly owedMsat: Msat
  readonly site: SiteView | null
  readonly running: readonly RunningRequest[]
  readonly receipts: readonly Receipt[]
  /** Ids of questions that wait, oldest first. */
  readonly approvals: readonly string[]
  /** Sites whose budget runs out, as far as the user has not put it away. */
  readonly alerts: readonly BudgetAlert[]
  readonly providersOnline: number
}

export interface ProviderView {
  readonly provider: Provider
  readonly models: readonly Model[]
  /** A trusted mint with money in common. */
  readonly payable: boolean
  /** Why nothing is placed there any more; null: it may be. */
  readonly notFunded: string | null
  /** How often its bill did not add up, or its change: as far as it counts. */
  readonly mismatches: number
  readonly trust: TrustScore
}

export interface UiOutputs extends TokenOutputs, BackupOutputs, DeveloperOutputs, HistoryOutputs, LightningOutputs, LockOutputs, MarketOutputs, NwcOutputs, SessionOutputs, SiteOutputs, SpendingOutputs, SyncOutputs, WordOutputs {
  'overview.get': Overview
  'paused.set': null
  'requests.stop': null
  'approvals.get': ApprovalView | null
  'approvals.decide': null
  'providers.list': readonly ProviderView[]
  'providers.add': null
  'providers.remove': null
  'providers.setBlocked': null
  'providers.forgive': null
  'providers.refresh': null
  'settings.get': Settings
  'settings.set': null
}
export type UiOutput<R extends UiRoute> = UiOutputs[R]

/** Screen → background. */
export const uiRequestSchema = v.object({
  id: v.pipe(v.number(), v.integer()),
  route: v.string(),
  input: v.unknown(),
})

/** Background → screen. `changed` tells that anything shown may be stale; screens read again. */
export type UiReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorFacts }
  | { readonly changed: true }
