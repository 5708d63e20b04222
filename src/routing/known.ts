/** What a choice looks at besides the offer: handed in, so that choosing stays pure. */
import type { Experience } from '../domain/audit.ts'
import type { Aspect, Weights } from '../domain/choosing.ts'
import type { Msat } from '../domain/msat.ts'
import type { Offer } from '../domain/offer.ts'

export interface PricedOffer {
  readonly offer: Offer
  /** What the node locks. */
  readonly requiredMsat: Msat
  /** What it will probably cost. */
  readonly expectedMsat: Msat
  /** No mint is in common: what it will about cost to pay an invoice of the provider instead. Absent: paid by a token. */
  readonly invoiceFeeMsat?: Msat
}

/** Of one provider, for the model asked. Everything is optional knowledge: a stranger has counts of zero. */
export interface Known extends Experience {
  /** 0…1: the one score of the provider's page. */
  readonly trust: number
  /** Follows between the user and the nearest who vouches for it; null: nobody. */
  readonly hops: number | null
}

/** What this request needs. */
export interface Need {
  readonly tools: boolean
  readonly vision: boolean
  readonly json: boolean
  /** Prompt and answer together. */
  readonly contextTokens: number
  /** Expected answer, for the time it takes. */
  readonly answerTokens: number
  /** The page's own bound of what it can cost, worst case; null: none. */
  readonly maxCostMsat: Msat | null
}

/** Bounds of the user, see `Choosing`. */
export interface Bounds {
  readonly maxPriceSat: number | null
  readonly regions: readonly string[]
  readonly minTrust: number
  readonly maxHops: number | null
  readonly pin: string | null
}

export interface PlanContext {
  /** Trusted mint → what can be spent there at once. */
  readonly balances: ReadonlyMap<string, Msat>
  readonly coolingDown: (providerId: string) => boolean
  /** Balance of an open session of this site there. */
  readonly sessionAt: (providerId: string) => Msat
  readonly known: (offer: Offer) => Known
  /** Share of the latest requests that went there, 0…1. */
  readonly shareOf: (providerId: string) => number
  /** Requests that run there now. */
  readonly runningAt: (providerId: string) => number
  readonly need: Need
  readonly bounds: Bounds
  readonly weights: Weights
  /** 0 ≤ x < 1; the draw. */
  readonly random: () => number
}

/** What counts in each profile. Fitted to `tests/unit/routing/week.test.ts`: the named thing decides, the others part near equals. */
export const PROFILE_WEIGHTS: Readonly<Record<'price' | 'speed' | 'trust' | 'quality', Weights>> = {
  price: { price: 70, speed: 3, reliability: 20, honesty: 4, trust: 1, quality: 2 },
  speed: { price: 3, speed: 74, reliability: 17, honesty: 3, trust: 1, quality: 2 },
  trust: { price: 8, speed: 4, reliability: 12, honesty: 26, trust: 48, quality: 2 },
  quality: { price: 8, speed: 6, reliability: 22, honesty: 10, trust: 10, quality: 44 },
}

export type Losses = Readonly<Record<Aspect, number>>
