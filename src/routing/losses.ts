/**
 * What an offer costs in each aspect, beside the best one: logarithms of ratios, so that "twice as dear" and "twice as slow" weigh
 * alike. What was measured seldom counts by its lower bound; the upper one says whether it is worth getting to know. Pure.
 */
import { atBest, atLeast, type Measured, observations } from '../domain/audit.ts'
import type { Weights } from '../domain/choosing.ts'
import { ZERO_MSAT } from '../domain/msat.ts'
import type { Known, Losses, Need, PricedOffer } from './known.ts'

/** A session that covers the request needs no funding and leaves less behind. */
const SET_UP_SHARE = 1 / 9
/** A deposit lies there for minutes, and is at risk: a thousandth of it is what it costs. */
const LOCKED_SHARE = 0.001
/** Creating an account is a round trip and a redemption at the mint. */
const SET_UP_MS = 600
/** As long as nobody was measured. */
const USUAL: { readonly firstTokenMs: Measured; readonly tokensPerSecond: Measured } = {
  firstTokenMs: { typical: 900, spread: 1.2, count: 0 },
  tokensPerSecond: { typical: 45, spread: 1.2, count: 0 },
}
/** Observations that a measured value needs to count as much as the usual one. */
const PRIOR_COUNT = 1
/** Nothing is worse than twenty times as bad. */
const WORST = 3
const LEAST_SHARE = Math.exp(-WORST)

/** What a choice makes of experience alone: worked out once for each, and used again as long as nothing new is known. */
export interface Traits {
  /** How often this provider was tried, faded. */
  readonly tried: number
  /** Factor of what it charges beside what it says. */
  readonly overcharge: number
  readonly overchargeAtBest: number
  readonly firstMs: number
  readonly firstMsAtBest: number
  /** Tokens per second. */
  readonly rate: number
  readonly rateAtBest: number
  readonly losses: Pick<Losses, 'reliability' | 'honesty' | 'trust' | 'quality'>
  readonly lossesAtBest: Pick<Losses, 'reliability' | 'honesty' | 'trust' | 'quality'>
}

const traits = new WeakMap<Known, Traits>()

export function traitsOf(known: Known): Traits {
  const found = traits.get(known)
  if (found !== undefined) return found
  const made = traitsFrom(known)
  traits.set(known, made)
  return made
}

function traitsFrom(known: Known): Traits {
  const sure = known.charged === null ? 0 : known.charged.count / (known.charged.count + PRIOR_COUNT)
  const overcharge = Math.max(0, Math.log(Math.max(0.1, known.charged?.typical ?? 1)))
  const first = towards(known.firstTokenMs, USUAL.firstTokenMs)
  const rate = towards(known.tokensPerSecond, USUAL.tokensPerSecond)
  const tried = observations(known.reliability)
  const late = Math.log(lately(known))
  return {
    tried,
    overcharge: Math.exp(overcharge * sure),
    overchargeAtBest: Math.exp(overcharge * sure ** 3),
    firstMs: first.typical,
    firstMsAtBest: first.typical * Math.exp(-doubt(first)),
    rate: rate.typical,
    rateAtBest: rate.typical * Math.exp(doubt(rate)),
    losses: {
      reliability: lossOf(atLeast(known.reliability)) - late,
      honesty: lossOf(atLeast(known.honesty)),
      trust: lossOf(known.trust),
      quality: lossOf(atLeast(known.authenticity)),
    },
    lossesAtBest: {
      reliability: lossOf(atBest(known.reliability)) - late,
      honesty: lossOf(atBest(known.honesty)),
      trust: lossOf(1 - ((1 - known.trust) * tried) / (tried + 5)),
      quality: lossOf(atBest(known.authenticity)),
    },
  }
}

/** msat, with set-up and locked money. @param affinity 0…1: how much an open session counts @param overcharge factor, see `Traits` */
export function priceOf({ expectedMsat, requiredMsat, invoiceFeeMsat = ZERO_MSAT }: PricedOffer, overcharge: number, affinity: number): number {
  const setUp = 1 - affinity
  return Math.max(1, expectedMsat * overcharge * (1 + SET_UP_SHARE * setUp) + requiredMsat * LOCKED_SHARE + invoiceFeeMsat * setUp)
}

export function secondsOf({ answerTokens }: Need, firstMs: number, rate: number, affinity: number): number {
  return (firstMs + SET_UP_MS * (1 - affinity)) / 1000 + answerTokens / rate
}

/** Beside the best of all. */
export function lossBeside(own: number, best: number): number {
  return Math.min(WORST, Math.max(0, Math.log(own / best)))
}

/** The same of what may turn out to be better than the best. */
export function lossAtBestBeside(own: number, best: number): number {
  return Math.log(Math.max(LEAST_SHARE, own / best))
}

function lossOf(share: number): number {
  return -Math.log(Math.max(LEAST_SHARE, share))
}

type Fixed = Traits['losses']

/** One number, by what counts. @param weights any scale */
export function weigh(priceLoss: number, speedLoss: number, { reliability, honesty, trust, quality }: Fixed, weights: Weights): number {
  // written out: ten thousand offers go through here
  const all = weights.price + weights.speed + weights.reliability + weights.honesty + weights.trust + weights.quality
  if (all === 0) return priceLoss
  const sum = priceLoss * weights.price + speedLoss * weights.speed + reliability * weights.reliability
  return (sum + honesty * weights.honesty + trust * weights.trust + quality * weights.quality) / all
}

/** Share of its latest answers that came, with one good one before. */
function lately({ recent }: Known): number {
  return (recent.good + 1) / (recent.good + recent.bad + 1)
}

function towards(measured: Measured | null, usual: Measured): Measured {
  if (measured === null || measured.count <= 0) return usual
  const share = measured.count / (measured.count + PRIOR_COUNT)
  return {
    typical: Math.exp(Math.log(Math.max(0.001, measured.typical)) * share + Math.log(usual.typical) * (1 - share)),
    spread: Math.max(0.1, measured.spread * share + usual.spread * (1 - share)),
    count: measured.count,
  }
}

/** One standard deviation of the mean. */
function doubt({ spread, count }: Measured): number {
  return spread / Math.sqrt(count + PRIOR_COUNT)
}
