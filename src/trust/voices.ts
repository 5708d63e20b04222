/** What people's words and audits come to, by distance. Bounded: strangers are not heard, and nobody counts for more than one person. Pure. */
import { atLeast, observations, type Odds } from '../domain/audit.ts'
import type { TrustPart } from '../domain/trust.ts'
import type { HeardAudit, Recommendation } from './recommendations.ts'

export interface Voices {
  readonly parts: readonly TrustPart[]
  /** Of the nearest who vouches for it; null: nobody. */
  readonly hops: number | null
}

export type Distances = ReadonlyMap<string, number>

/** Voices of strangers prove nothing: anybody can make a thousand. */
const WEIGHT_AT = [1, 0.5, 0.2, 0.05] as const
const FULL_WORDS = 3
/** What others measured counts for half of what this browser measures itself (score.ts). */
const FULL_MEASURED = 2
/** Observations that one person may bring along at most, and at which the part has half its weight. */
const MOST_OF_ONE = 20
const HALF_KNOWN = 20

/** @param words, audits about this provider @param distances key → hops; who is not in it is not heard */
export function voicesOf(words: readonly Recommendation[], audits: readonly HeardAudit[], distances: Distances): Voices {
  const { part, hops } = wordsPart(words, distances)
  return { parts: [part, measuredPart(audits, distances)].filter((one) => one !== null), hops }
}

function weightOf(author: string, distances: Distances): number {
  const hops = distances.get(author)
  return hops === undefined ? 0 : (WEIGHT_AT[Math.max(0, hops - 1)] ?? 0)
}

function wordsPart(words: readonly Recommendation[], distances: Distances): { readonly part: TrustPart | null; readonly hops: number | null } {
  let good = 0
  let bad = 0
  let nearest: number | null = null
  const counts = { good: 0, bad: 0 }
  for (const { author, warns } of words) {
    const hops = distances.get(author)
    if (hops === undefined) continue
    if (warns) bad += weightOf(author, distances)
    else good += weightOf(author, distances)
    counts[warns ? 'bad' : 'good']++
    if (!warns && (nearest === null || hops < nearest)) nearest = hops
  }
  const all = good + bad
  if (all === 0) return { part: null, hops: nearest }
  const who = nearest === null ? '' : nearest === 0 ? '; the nearest is yourself' : nearest === 1 ? '; the nearest is somebody you follow' : `; the nearest is ${nearest} follows away`
  const says = `${counts.good} recommend it, ${counts.bad} warn of it${who}`
  return { part: { name: 'people', value: good / all, weight: (FULL_WORDS * all) / (all + 1), says }, hops: nearest }
}

/** One's own published audit is no second witness. */
function measuredPart(audits: readonly HeardAudit[], distances: Distances): TrustPart | null {
  const heard = audits.filter(({ author }) => (distances.get(author) ?? 0) > 0)
  const sum = { good: 0, bad: 0 }
  const answers = { good: 0, bad: 0 }
  for (const { author, audit } of heard) {
    const odds = added(audit.reliability, audit.honesty, audit.authenticity)
    const scale = weightOf(author, distances) * Math.min(1, MOST_OF_ONE / Math.max(1, observations(odds)))
    sum.good += odds.good * scale
    sum.bad += odds.bad * scale
    answers.good += audit.reliability.good
    answers.bad += audit.reliability.bad
  }
  const count = observations(sum)
  if (count === 0) return null
  const people = heard.length === 1 ? 'one of them has' : `${heard.length} of them have`
  const says = `${people} measured it: ${answers.good} of ${observations(answers)} answers came whole`
  return { name: 'measured', value: atLeast(sum), weight: (FULL_MEASURED * count) / (count + HALF_KNOWN), says }
}

function added(...all: readonly Odds[]): Odds {
  return all.reduce((sum, { good, bad }) => ({ good: sum.good + good, bad: sum.bad + bad }), { good: 0, bad: 0 })
}
