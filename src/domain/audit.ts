/**
 * What was measured of a provider, so that few observations weigh little: counts of good and bad that fade, and values with their
 * spread. Pure.
 */

/** Faded counts: a sum of weights, not whole numbers. */
export interface Odds {
  readonly good: number
  readonly bad: number
}

/** A value measured `count` times (faded): its geometric mean, and how far single measurements scatter (standard deviation of the logarithm). */
export interface Measured {
  readonly typical: number
  readonly spread: number
  readonly count: number
}

export const NO_ODDS: Odds = { good: 0, bad: 0 }

/** What a stranger is taken for: as if it had been good nearly always in a few cases; hoped for: one good case. */
const STRANGER = { count: 4, good: 3.7 } as const
const HOPE = { count: 1, good: 1 } as const
/** One standard deviation: five of six providers are better than their lower bound. */
const Z = 1

/** Wilson's interval: what the share of good ones is at least, 0…1. Nothing: 0.69; three of three: 0.79; three hundred of three hundred: 0.995. */
export function atLeast(odds: Odds): number {
  return bound(odds, -1)
}

/** What it may be at best. */
export function atBest(odds: Odds): number {
  return bound(odds, 1)
}

export function observations({ good, bad }: Odds): number {
  return good + bad
}

function bound({ good, bad }: Odds, side: -1 | 1): number {
  const prior = side < 0 ? STRANGER : HOPE
  const n = good + bad + prior.count
  const share = (good + prior.good) / n
  const z2 = Z * Z
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n)
  const half = (Z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))) / (1 + z2 / n)
  return Math.min(1, Math.max(0, middle + side * half))
}

/** What our own audits say of one provider, for the model asked; a stranger has counts of zero. */
export interface Experience {
  /** Answers that came whole, against failures. */
  readonly reliability: Odds
  /** The latest few of them: whether it is down now. */
  readonly recent: Odds
  /** Charges and refunds as they should be, against those that were not. */
  readonly honesty: Odds
  /** Answers by the model that was asked, against others. */
  readonly authenticity: Odds
  readonly firstTokenMs: Measured | null
  readonly tokensPerSecond: Measured | null
  /** Charged ÷ expected; null: never seen. */
  readonly charged: Measured | null
}

/** What one may tell others of it: not how it is just now. The shape of published audits (README, *Audits on Nostr*). */
export type PublishedAudit = Omit<Experience, 'recent'>
