/** What a receipt says about providers. Pure. */
import type { Receipt } from '../domain/receipt.ts'
import { PROBES } from '../domain/site.ts'
import type { Observation } from './audit-row.ts'

export interface About {
  readonly url: string
  /** Lower case. */
  readonly model: string
  readonly observation: Observation
}

/** The same tolerance as on the receipt (RIP-05 §5): a twentieth, and rounding. */
const TOLERANCE_SHARE = 0.05
const TOLERANCE_MSAT = 100
/** Beyond, our own price sheet was old: what was charged is measured, but it proves nothing. */
const FRESH_MS = 150_000
/** Outcomes that say nothing about the provider: the request's own fault, a moved price, its wish to be left alone for a while. */
const NEUTRAL = /^(answered|4\d\d|402 .*|asked not to be asked .*)$/

/** One observation for each provider that was asked. The cost is another one: it may be known later. */
export function answersIn(receipt: Receipt): About[] {
  const model = receipt.modelAsked.toLowerCase()
  const failed = receipt.attempts
    .filter(({ outcome }) => !NEUTRAL.test(outcome))
    .map(({ providerUrl, model: asked }): About => ({ url: providerUrl, model: asked?.toLowerCase() ?? model, observation: { answer: false } }))
  const answered = receipt.attempts.some(({ outcome, providerUrl }) => outcome === 'answered' && providerUrl === receipt.providerUrl)
  // who stopped it was the user or the page
  if (!answered || receipt.providerUrl === null || receipt.state === 'aborted') return failed
  return [...failed, { url: receipt.providerUrl, model, observation: answerOf(receipt) }]
}

/** null: not comparable (no usage told, not known yet, or other providers have a part in it). */
export function costIn(receipt: Receipt): About | null {
  const { providerUrl, chargedMsat, expectedMsat, attempts } = receipt
  if (providerUrl === null || chargedMsat === null || expectedMsat === null || expectedMsat === 0 || attempts.length !== 1) return null
  const price = chargedMsat <= expectedMsat + Math.max(TOLERANCE_MSAT, expectedMsat * TOLERANCE_SHARE)
  const chargedRatio = Math.max(1, chargedMsat) / expectedMsat
  const isOld = receipt.startedAt - (receipt.priceAt ?? receipt.startedAt) > FRESH_MS
  return { url: providerUrl, model: receipt.modelAsked.toLowerCase(), observation: price || !isOld ? { price, chargedRatio } : { chargedRatio } }
}

function answerOf(receipt: Receipt): Observation {
  const { firstTokenMs, tokensPerSecond, modelServed, modelAsked } = receipt
  return {
    answer: receipt.state === 'completed',
    ...(receipt.state === 'completed' && modelServed !== null ? { model: isSameModel(modelServed, modelAsked) } : {}),
    // a probe is answered in a few words: all of it is about as fast as its first one
    ...((receipt.stream || receipt.origin === PROBES) && firstTokenMs !== null ? { firstTokenMs: Math.max(1, firstTokenMs) } : {}),
    ...(tokensPerSecond !== null ? { tokensPerSecond } : {}),
  }
}

/** Upstreams add a vendor, a date or a variant to a name, or leave them out. */
export function isSameModel(one: string, other: string): boolean {
  return bareName(one) === bareName(other)
}

function bareName(name: string): string {
  const last = name.trim().toLowerCase().split('/').at(-1) ?? ''
  return last.replace(/[:@].*$/, '').replace(/-(\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest)$/, '')
}
