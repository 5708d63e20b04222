/**
 * An audit of a provider as others may read it. RIP-04 leaves the kind open, so it is application data (kind 30078, NIP-78) until one is named:
 * `d` = `routstr-audit:` + provider, `k` = 38421, `a` names the announcement; the content is JSON in the words of `domain/audit.ts`. Pure.
 */
import * as v from 'valibot'
import { type Experience, type Measured, observations, type Odds, type PublishedAudit } from '../domain/audit.ts'
import type { UnsignedEvent } from '../domain/word.ts'

export const AUDIT_KIND = 30_078
const SCHEMA = 'routstr.audit.v1'
/** More than this is not told, and not believed of anybody: the ratio says the same, and how much one uses a provider is one's own business. */
const MOST_TOLD = 50

/** null: nothing was measured. */
export function toldOf({ reliability, honesty, authenticity, firstTokenMs, tokensPerSecond, charged }: Experience): PublishedAudit | null {
  if (observations(reliability) + observations(honesty) < 0.5) return null
  return {
    reliability: told(reliability),
    honesty: told(honesty),
    authenticity: told(authenticity),
    firstTokenMs: toldValue(firstTokenMs),
    tokensPerSecond: toldValue(tokensPerSecond),
    charged: toldValue(charged),
  }
}

/** @param at s @param before `created_at` of the one it replaces, s */
export function auditEvent(providerId: string, audit: PublishedAudit, pubkey: string, at: number, before: number): UnsignedEvent {
  return {
    kind: AUDIT_KIND,
    pubkey,
    created_at: Math.max(at, before + 1),
    tags: [
      ['d', `routstr-audit:${providerId}`],
      ['k', '38421'],
      ['a', `38421:${providerId}`],
    ],
    content: JSON.stringify({ schema: SCHEMA, ...audit }),
  }
}

const count = v.pipe(v.number(), v.minValue(0), v.maxValue(1e9))
const oddsSchema = v.pipe(v.object({ good: count, bad: count }), v.transform(told))
const value = v.pipe(v.number(), v.minValue(1e-6), v.maxValue(1e9))
const measuredSchema = v.nullable(v.pipe(v.object({ typical: value, spread: count, count }), v.transform(({ count: times, ...rest }) => ({ ...rest, count: Math.min(times, MOST_TOLD) }))))
const auditSchema = v.object({
  schema: v.literal(SCHEMA),
  reliability: oddsSchema,
  honesty: oddsSchema,
  authenticity: oddsSchema,
  firstTokenMs: measuredSchema,
  tokensPerSecond: measuredSchema,
  charged: measuredSchema,
})

/** The content of such an event, counts bounded; null: it is none. */
export function readAudit(content: string): PublishedAudit | null {
  if (content.length > 4_096) return null
  try {
    const parsed = v.safeParse(auditSchema, JSON.parse(content))
    if (!parsed.success) return null
    const { schema: _, ...audit } = parsed.output
    return audit
  } catch {
    return null
  }
}

function told({ good, bad }: Odds): Odds {
  const scale = Math.min(1, MOST_TOLD / Math.max(1, good + bad))
  return { good: Math.round(good * scale), bad: Math.round(bad * scale) }
}

/** Two digits are what such a measurement is worth. */
function toldValue(measured: Measured | null): Measured | null {
  if (measured === null || measured.count < 0.5) return null
  const { typical, spread, count: times } = measured
  return { typical: Number(typical.toPrecision(2)), spread: Number(spread.toFixed(2)), count: Math.min(MOST_TOLD, Math.max(1, Math.round(times))) }
}
