/** Screen routes of sites: what each may spend, and what is different there. */
import * as v from 'valibot'
import type { CacheSize } from '../../domain/cached-answer.ts'
import { type Profile, PROFILES } from '../../domain/choosing.ts'
import { type FallbackRule, fallbackSchema } from '../../domain/fallback.ts'
import type { Budget } from '../../domain/grant.ts'
import type { Msat } from '../../domain/msat.ts'
import type { SessionLife } from '../../domain/session.ts'

const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** A site; of a frame, both origins (`SiteOrigin`). */
const origin = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1024))
export const terms = v.object({
  period: v.picklist(['once', 'day', 'week', 'month']),
  limitMsat: amount,
  maxPerRequestMsat: amount,
})
const nothing = v.object({})

export const siteInputs = {
  'sites.list': nothing,
  'sites.setGrant': v.object({ origin, terms }),
  'sites.revoke': v.object({ origin }),
  'sites.setBlocked': v.object({ origin, blocked: v.boolean() }),
  /** What is not named stays as it is. */
  'sites.setRule': v.object({
    origin,
    xCashu: v.optional(v.boolean()),
    fallback: v.optional(v.union([v.literal('global'), fallbackSchema])),
    caches: v.optional(v.boolean()),
    maxTokensCap: v.optional(v.nullable(v.union([v.literal('global'), v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(1_000_000))]))),
    standIn: v.optional(v.nullable(v.object({ model: v.nullable(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(256))) }))),
  }),
  'sites.clearCache': v.object({ origin }),
  /** null: as set for all sites. */
  'sites.setProfile': v.object({ origin, profile: v.nullable(v.picklist(PROFILES)) }),
} as const

export interface SiteView {
  readonly origin: string
  readonly blocked: boolean
  /** null: as set for all sites. */
  readonly sessionLife: SessionLife | null
  readonly budget: Budget | null
  /** What counts when a provider is chosen for it; null: as set for all sites. */
  readonly profile: Profile | null
  /** All time. */
  readonly spentMsat: Msat
  readonly lastUsedAt: number
  /** Whole answers are paid by a token in `X-Cashu`. */
  readonly xCashu: boolean
  /** What a missing `max_tokens` becomes; null: it is left alone. */
  readonly maxTokensCap: number | null | 'global'
  /** Whether answers are kept to be given again, and what is kept. */
  readonly cache: CacheSize & { readonly on: boolean }
  /** When a model can not be had. */
  readonly fallback: FallbackRule | 'global'
  /** Its pages get `LanguageModel` and `window.ai`, with this model (null: the cheapest for text); null: they do not. */
  readonly standIn: { readonly model: string | null } | null
  /** It asked too often after a no and may not ask before then; null: it may. */
  readonly quietUntil: number | null
}

export interface SiteOutputs {
  'sites.list': readonly SiteView[]
  'sites.setGrant': null
  'sites.revoke': null
  'sites.setBlocked': null
  'sites.setRule': null
  'sites.clearCache': null
  'sites.setProfile': null
}
