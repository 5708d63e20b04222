/**
 * What a page and the background say to each other, through the relay that only pipes. No message carries an origin:
 * the browser tells it (design §5.5). Everything is JSON-safe: Chromium's runtime ports serialise to JSON.
 */
import * as v from 'valibot'
import type { ErrorFacts } from '../domain/errors.ts'
import { BODY_FRAME_CHARACTERS } from './page-constants.ts'

export const frameIdSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))
const id = frameIdSchema
const shortText = v.pipe(v.string(), v.maxLength(4096))
const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

const requestFrame = v.object({
  t: v.literal('request'),
  /** Made by the page, 32 hex digits; the same after a reconnect, so that nothing is paid twice. */
  id,
  method: v.picklist(['GET', 'POST']),
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
  /** `none`: never ask the user, refuse with `permission_required` instead. */
  prompt: v.picklist(['auto', 'none']),
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
export type GrantRequest = v.InferOutput<typeof grantRequestSchema>

const callFrame = v.object({
  t: v.literal('call'),
  id,
  call: v.variant('method', [
    v.object({ method: v.literal('availability') }),
    v.object({ method: v.literal('getGrant') }),
    v.object({ method: v.literal('disconnect') }),
    v.object({ method: v.literal('enable'), request: grantRequestSchema }),
    v.object({ method: v.literal('requestBudget'), request: grantRequestSchema }),
  ]),
})

const abortFrame = v.object({ t: v.literal('abort'), id })
const creditFrame = v.object({ t: v.literal('credit'), id, units: v.pipe(amount, v.maxValue(16 * 1024 * 1024)) })

export const pageFrameSchema = v.variant('t', [requestFrame, bodyFrame, callFrame, abortFrame, creditFrame])
/** Page → background. */
export type PageFrame = v.InferOutput<typeof pageFrameSchema>
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

export interface CallResults {
  readonly availability: Availability
  readonly getGrant: PageGrant | null
  readonly disconnect: null
  readonly enable: PageGrant
  readonly requestBudget: PageGrant
}

/**
 * Background → page. `head` once per request, then `data` (text for text bodies, base64 for others) and `end`; or `fail`
 * at any moment. `lost` is written by the relay itself: the worker died, the page came back from the bfcache, or the
 * extension was updated.
 */
export type BackgroundFrame =
  | { readonly t: 'head'; readonly id: string; readonly status: number; readonly headers: readonly (readonly [string, string])[] }
  | { readonly t: 'data'; readonly id: string; readonly text: string }
  | { readonly t: 'bytes'; readonly id: string; readonly base64: string }
  | { readonly t: 'end'; readonly id: string }
  | { readonly t: 'fail'; readonly id: string; readonly error: ErrorFacts }
  | { readonly t: 'result'; readonly id: string; readonly value: CallResults[keyof CallResults] }
  | { readonly t: 'event'; readonly name: 'grantChanged'; readonly detail: PageGrant | null }
  | { readonly t: 'event'; readonly name: 'disconnect'; readonly detail: { readonly reason: 'revoked' | 'paused' } }
  | { readonly t: 'lost'; readonly reason: 'worker_lost' | 'navigation_aborted' | 'extension_reloaded' }
