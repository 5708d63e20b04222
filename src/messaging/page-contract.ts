/**
 * What a page and the background say to each other, through the relay that only pipes. No message carries an origin:
 * the browser tells it (design §5.5). Everything is JSON-safe: Chromium's runtime ports serialise to JSON.
 */
import * as v from 'valibot'
import type { ErrorFacts } from '../domain/errors.ts'
import { TASKS } from '../domain/task.ts'
import { BODY_FRAME_CHARACTERS } from './page-constants.ts'

export const frameIdSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))
const id = frameIdSchema
const shortText = v.pipe(v.string(), v.maxLength(4096))
const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

const requestFrame = v.object({
  t: v.literal('request'),
  /** Made by the page, 32 hex digits; the same after a reconnect, so that nothing is paid twice. */
  id,
  /** `GET` and `POST` are answered, every other one refused. */
  method: v.pipe(shortText, v.toUpperCase()),
  /** Path below `/v1`, starting with `/`, query included. */
  path: v.pipe(shortText, v.startsWith('/')),
  headers: v.pipe(
    v.array(v.tuple([v.pipe(v.string(), v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/)), v.pipe(shortText, v.regex(/^[\t\x20-\x7e\x80-\xff]*$/))])),
    v.maxLength(64),
  ),
  /** First piece of the body; null: none. */
  body: v.nullable(v.pipe(v.string(), v.maxLength(BODY_FRAME_CHARACTERS))),
  /** More pieces follow in `body` frames. */
  more: v.boolean(),
  /** What the pieces are: text, or bytes in base64, each piece for itself. */
  encoding: v.optional(v.picklist(['text', 'base64']), 'text'),
  /** `none`: never ask the user, refuse with `permission_required` instead. The header `x-routstr-prompt` says the same. */
  prompt: v.optional(v.picklist(['auto', 'none'])),
})

const bodyFrame = v.object({
  t: v.literal('body'),
  id,
  text: v.pipe(v.string(), v.maxLength(BODY_FRAME_CHARACTERS)),
  more: v.boolean(),
})

export const grantRequestSchema = v.object({
  budgetMsat: v.optional(amount),
  period: v.optional(v.picklist(['once', 'day', 'week', 'month'])),
  maxPerRequestMsat: v.optional(amount),
  reason: v.optional(v.pipe(v.string(), v.maxLength(280))),
})
/** What a page wishes for; the user decides. */
export interface GrantRequest {
  readonly budgetMsat?: number | undefined
  readonly period?: 'once' | 'day' | 'week' | 'month' | undefined
  readonly maxPerRequestMsat?: number | undefined
  /** Shown to the user as the page's own words; 280 characters at most. */
  readonly reason?: string | undefined
}

/** A request body as `fetch` would send it, or its text; the path tells which API it is for. */
const estimateRequestSchema = v.looseObject({ model: v.string(), path: v.optional(shortText) })

const recommendRequestSchema = v.object({ task: v.optional(v.picklist(TASKS), 'chat') })

const batchSchema = v.object({
  requests: v.optional(
    v.pipe(v.array(v.object({ path: v.optional(shortText, '/chat/completions'), body: v.record(v.string(), v.unknown()), maxCostMsat: v.optional(amount) })), v.maxLength(100)),
  ),
  before: v.optional(v.union([v.number(), v.pipe(v.string(), v.maxLength(64))])),
  maxCostMsat: v.optional(amount),
  reason: v.optional(v.pipe(v.string(), v.maxLength(280))),
  prompt: v.optional(v.picklist(['auto', 'none'])),
  id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
  cancel: v.optional(v.boolean()),
  forget: v.optional(v.boolean()),
})
export type BatchCall = v.InferOutput<typeof batchSchema>

const callFrame = v.object({
  t: v.literal('call'),
  id,
  call: v.variant('method', [
    v.object({ method: v.literal('availability') }),
    v.object({ method: v.literal('getInfo') }),
    v.object({ method: v.literal('getGrant') }),
    v.object({ method: v.literal('disconnect') }),
    v.object({ method: v.literal('enable'), request: v.optional(grantRequestSchema, {}) }),
    v.object({ method: v.literal('requestBudget'), request: v.optional(grantRequestSchema, {}) }),
    v.object({ method: v.literal('estimate'), request: estimateRequestSchema }),
    v.object({ method: v.literal('recommend'), request: v.optional(recommendRequestSchema, {}) }),
    v.object({ method: v.literal('batch'), request: batchSchema }),
  ]),
})

const abortFrame = v.object({ t: v.literal('abort'), id })
const creditFrame = v.object({ t: v.literal('credit'), id, units: v.pipe(amount, v.maxValue(16 * 1024 * 1024)) })

export const pageFrameSchema = v.variant('t', [requestFrame, bodyFrame, callFrame, abortFrame, creditFrame])
/** Page → background, as it is read there. */
export type PageFrame = v.InferOutput<typeof pageFrameSchema>
/** … and as a page writes it. */
export type WrittenFrame = v.InferInput<typeof pageFrameSchema>
/** What is known of a request before its body. */
export type RequestHead = Pick<PageFrame & { t: 'request' }, 'method' | 'path' | 'headers' | 'encoding'>
export type PageCall = v.InferOutput<typeof callFrame>['call']

/** The page's own grant, as it may see it. */
export interface PageGrant {
  readonly id: string
  readonly limitMsat: number
  readonly remainingMsat: number
  readonly period: 'once' | 'day' | 'week' | 'month'
  readonly resetsAt: number | null
  readonly maxPerRequestMsat: number
  readonly expiresAt: number | null
}

export type Availability = 'unavailable' | 'needs-setup' | 'needs-permission' | 'paused' | 'ready'

/** What a request would cost now. Nothing is asked, nothing is spent. */
export interface Estimate {
  readonly model: string
  /** Who would be asked first. */
  readonly provider: string
  /** What it will probably cost. */
  readonly expectedMsat: number
  /** What it can cost at most: as much is set aside while it runs. */
  readonly maxMsat: number
  /** The expected cost in money people know, when the providers' price lists tell a rate. */
  readonly currencyHint?: { readonly code: 'USD'; readonly amount: number }
  /** Expected ms to the first token and to the end, as measured there by this browser; null: not measured, or no grant. */
  readonly firstTokenMs: number | null
  readonly durationMs: number | null
  /** Other models, as good by all that is known (abilities, context, answers that came whole) and cheaper for this request; cheapest first. */
  readonly alternatives: readonly { readonly model: string; readonly provider: string; readonly expectedMsat: number; readonly maxMsat: number; readonly cheaperBy: number; readonly says: string }[]
}

/** A model for a kind of request, and why. */
export interface ModelAdvice {
  readonly model: string
  readonly task: 'chat' | 'code' | 'vision' | 'long_context' | 'embedding'
  /** Readable facts, the weightiest first. */
  readonly reasons: readonly string[]
  /** Who would be asked first, and how many sell it. */
  readonly provider: string
  readonly providers: number
  /** What a usual request of this kind costs there. */
  readonly typicalMsat: number
}

/** About the API, the same for everybody: nothing here tells two users apart (T19). */
export interface PageInfo {
  readonly name: 'Routstr'
  /** Of this page API, not of the extension. */
  readonly version: string
  readonly methods: readonly string[]
  readonly unit: 'msat'
}

/** What a request of this document has cost. */
export interface PageReceipt {
  /** `x-request-id` of the answer. */
  readonly requestId: string
  /** The one that was asked. */
  readonly model: string
  /** What the page had named, when another model was asked; `auto` too. */
  readonly insteadOf?: string
  readonly provider: string | null
  readonly state: 'completed' | 'aborted' | 'interrupted' | 'failed'
  /** null: not known yet; another receipt follows when it is. */
  readonly costMsat: number | null
  readonly promptTokens: number | null
  readonly completionTokens: number | null
}

/** What a request of this document costs, told while it runs to who asked for it (header `x-routstr-live-cost: true`). */
export interface PageCost {
  /** `x-request-id` of the answer. */
  readonly requestId: string
  readonly costMsat: number
  /** By our count of what has come in so far and the price sheet; never more than is set aside. `false`: what was charged, once. */
  readonly estimated: boolean
}

/** How far a batch is, and what it has cost: its one receipt. */
export interface PageBatchProgress {
  readonly id: string
  readonly createdAt: number
  /** The deadline, ms. */
  readonly before: number
  readonly counts: { readonly waiting: number; readonly running: number; readonly done: number; readonly refused: number; readonly failed: number; readonly cancelled: number }
  readonly costMsat: number
  /** Requests whose cost is not known yet. */
  readonly costsOpen: number
}

export interface PageBatch extends PageBatchProgress {
  readonly requests: readonly {
    readonly index: number
    readonly state: 'waiting' | 'running' | 'done' | 'refused' | 'failed' | 'cancelled'
    readonly model: string
    readonly maxCostMsat: number
    /** As on the receipt; null: it waits, or never ran. */
    readonly requestId: string | null
    /** As the provider wrote it, also when it refused; null: none yet. */
    readonly answer: { readonly status: number; readonly body: string } | null
    /** Why it waits on, or why it ended without an answer. */
    readonly problem: { readonly code: string; readonly message: string } | null
  }[]
}

export interface CallResults {
  readonly availability: Availability
  readonly getInfo: PageInfo
  readonly estimate: Estimate
  readonly recommend: readonly ModelAdvice[]
  readonly batch: PageBatch
  readonly getGrant: PageGrant | null
  readonly disconnect: null
  readonly enable: PageGrant
  readonly requestBudget: PageGrant
}

/** Relay → background: what the page said, unread, and what the relay itself knows of its document. */
export const relayedSchema = v.object({ userActive: v.boolean(), frame: v.unknown() })
export type Relayed = v.InferOutput<typeof relayedSchema>

/**
 * Background → page. `head` once per request, then `data` (text for text bodies, base64 for others) and `end`; or `fail`
 * at any moment. `lost` is written by the relay itself: the worker died, the page came back from the bfcache, or the
 * extension was updated; so is `delegated`: the page around this frame lets it use Routstr.
 */
export type BackgroundFrame =
  | { readonly t: 'head'; readonly id: string; readonly status: number; readonly headers: readonly (readonly [string, string])[] }
  | { readonly t: 'data'; readonly id: string; readonly text: string }
  | { readonly t: 'bytes'; readonly id: string; readonly base64: string }
  | { readonly t: 'end'; readonly id: string }
  | { readonly t: 'fail'; readonly id: string; readonly error: ErrorFacts }
  | { readonly t: 'result'; readonly id: string; readonly value: CallResults[keyof CallResults] }
  | { readonly t: 'event'; readonly name: 'grantChanged'; readonly detail: PageGrant | null }
  | { readonly t: 'event'; readonly name: 'pricesChanged'; readonly detail: { readonly models: readonly string[] } }
  | { readonly t: 'event'; readonly name: 'budgetLow'; readonly detail: { readonly remainingMsat: number } }
  | { readonly t: 'event'; readonly name: 'receipt'; readonly detail: PageReceipt }
  | { readonly t: 'event'; readonly name: 'batch'; readonly detail: PageBatchProgress }
  | { readonly t: 'event'; readonly name: 'cost'; readonly detail: PageCost }
  | { readonly t: 'event'; readonly name: 'disconnect'; readonly detail: { readonly reason: 'revoked' | 'paused' | 'locked' } }
  | { readonly t: 'delegated' }
  | { readonly t: 'lost'; readonly reason: 'worker_lost' | 'navigation_aborted' | 'extension_reloaded' }
