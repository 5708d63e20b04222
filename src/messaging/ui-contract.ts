/**
 * What our own screens (popup, approval window, options) and the background say to each other. One table of routes:
 * the input is checked at the border, the output is ours. Pages can not reach any of it (design §5.5).
 */
import * as v from 'valibot'
import type { Approval } from '../domain/approval.ts'
import type { ErrorFacts } from '../domain/errors.ts'
import type { Budget } from '../domain/grant.ts'
import type { Msat } from '../domain/msat.ts'
import type { Model, Provider } from '../domain/offer.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { Session } from '../domain/session.ts'
import type { Settings } from '../domain/settings.ts'
import type { IncomingToken, Ledger, MintBalance, SentToken, TokenFacts } from '../domain/wallet.ts'

export const UI_PORT = 'ui'

const text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max))
const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const origin = text(512)
const terms = v.object({
  period: v.picklist(['once', 'day', 'week', 'month']),
  limitMsat: amount,
  maxPerRequestMsat: amount,
})
const nothing = v.object({})

/** Every route with the schema of its input. */
export const uiInputs = {
  /** Everything the popup shows. `origin`: the site of the active tab, null when it is none. */
  'overview.get': v.object({ origin: v.nullable(origin) }),
  'paused.set': v.object({ paused: v.boolean() }),
  'sessions.bringHome': nothing,
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

  'sites.list': nothing,
  'sites.setGrant': v.object({ origin, terms }),
  'sites.revoke': v.object({ origin }),
  'sites.setBlocked': v.object({ origin, blocked: v.boolean() }),

  'wallet.get': nothing,
  /** Asks the mint who it is, before trust. */
  'mints.preview': v.object({ url: text(512) }),
  'mints.add': v.object({ url: text(512) }),
  /** Only when empty. */
  'mints.remove': v.object({ url: text(512) }),
  'tokens.inspect': v.object({ token: text(200_000) }),
  /** @throws invalid_token, unknown_mint (the token is kept, `trustMint` decides), token_already_spent, mint_unreachable (kept, retried). */
  'tokens.receive': v.object({ token: text(200_000), trustMint: v.boolean() }),
  'tokens.send': v.object({ mint: text(512), amountSat: v.pipe(amount, v.minValue(1)), memo: v.nullable(v.pipe(v.string(), v.maxLength(120))) }),
  'tokens.takeBack': v.object({ operationId: text(64) }),
  'incoming.retry': v.object({ id: text(64), trustMint: v.boolean() }),
  /** Shows the twelve words. Only on a deliberate press. */
  'seed.reveal': nothing,

  'providers.list': nothing,
  'providers.add': v.object({ url: text(512) }),
  'providers.remove': v.object({ id: text(300) }),
  'providers.setBlocked': v.object({ id: text(300), blocked: v.boolean() }),
  'providers.refresh': nothing,

  /** Newest first. `before`: the last one already shown. */
  'activity.list': v.object({
    before: v.nullable(v.object({ finishedAt: v.number(), id: text(64) })),
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)),
  }),

  'settings.get': nothing,
  'settings.set': v.partial(
    v.object({
      maxTokensCap: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(1_000_000))),
      sessionIdleMs: v.pipe(v.number(), v.integer(), v.minValue(5_000), v.maxValue(3_600_000)),
      floatSat: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000)),
      relays: v.pipe(v.array(text(512)), v.maxLength(20)),
      developer: v.boolean(),
    }),
  ),

  /** Reads `devnet.json`, opens loopback, trusts its mints, adds its relays and providers, receives its token. */
  'developer.connect': v.object({ configUrl: text(512) }),
  'developer.ledger': nothing,
} as const

export type UiRoute = keyof typeof uiInputs
export type UiInput<R extends UiRoute> = v.InferOutput<(typeof uiInputs)[R]>

export interface SiteView {
  readonly origin: string
  readonly blocked: boolean
  readonly budget: Budget | null
  /** All time. */
  readonly spentMsat: Msat
  readonly lastUsedAt: number
}

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
  readonly site: SiteView | null
  readonly running: readonly RunningRequest[]
  readonly receipts: readonly Receipt[]
  /** Ids of questions that wait, oldest first. */
  readonly approvals: readonly string[]
  readonly providersOnline: number
}

/** A session and what is left of it as far as we know. */
export interface SessionView {
  readonly session: Session
  readonly leftMsat: Msat
}

export interface WalletView {
  readonly mints: readonly MintBalance[]
  readonly sessions: readonly SessionView[]
  readonly incoming: readonly IncomingToken[]
  readonly sent: readonly SentToken[]
}

export interface MintPreview {
  readonly url: string
  readonly name: string
  readonly description: string
  readonly motd: string
  readonly units: readonly string[]
  readonly inputFeePpk: number
  readonly trusted: boolean
}

export interface ProviderView {
  readonly provider: Provider
  readonly models: readonly Model[]
  /** A trusted mint with money in common. */
  readonly payable: boolean
}

export interface UiOutputs {
  'overview.get': Overview
  'paused.set': null
  /** What came back, and how many sessions could not be settled yet (they are retried). */
  'sessions.bringHome': { readonly returnedMsat: Msat; readonly open: number }
  'requests.stop': null
  'approvals.get': ApprovalView | null
  'approvals.decide': null
  'sites.list': readonly SiteView[]
  'sites.setGrant': null
  'sites.revoke': null
  'sites.setBlocked': null
  'wallet.get': WalletView
  'mints.preview': MintPreview
  'mints.add': null
  'mints.remove': null
  'tokens.inspect': TokenFacts
  'tokens.receive': { readonly receivedMsat: Msat; readonly feeMsat: Msat }
  'tokens.send': { readonly operationId: string; readonly token: string; readonly amountMsat: Msat }
  'tokens.takeBack': { readonly receivedMsat: Msat }
  'incoming.retry': { readonly receivedMsat: Msat; readonly feeMsat: Msat }
  'seed.reveal': { readonly words: readonly string[] }
  'providers.list': readonly ProviderView[]
  'providers.add': null
  'providers.remove': null
  'providers.setBlocked': null
  'providers.refresh': null
  'activity.list': readonly Receipt[]
  'settings.get': Settings
  'settings.set': null
  'developer.connect': { readonly mints: number; readonly providers: number; readonly receivedMsat: Msat }
  'developer.ledger': Ledger
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
