/**
 * Which provider first, which next (RIP-06): who does not fit is left out with a reason, the others lose something in each aspect beside
 * the best, the profile weighs that, and the first is drawn among the best five, nearly equal ones nearly equally often. The engine
 * falls back on the others in their order, skipping what hangs on the same broken thing. Pure.
 */
import type { Offer } from '../domain/offer.ts'
import { drawFirst } from './draw.ts'
import { chooseMint, type Rejection, rejection } from './filters.ts'
import type { Losses, PlanContext, PricedOffer } from './known.ts'
import { type Traits, lossAtBestBeside, lossBeside, priceOf, secondsOf, traitsOf, weigh } from './losses.ts'
import { reasonFor } from './reason.ts'

export type { PlanContext, PricedOffer } from './known.ts'

export interface Candidate extends PricedOffer {
  /** Exact string both sides know: nodes compare mint addresses letter by letter. */
  readonly mint: string
  /** One line for people. */
  readonly reason: string
}

export interface Plan {
  /** The drawn one first, then best first; no more than anybody would try. */
  readonly candidates: readonly Candidate[]
  /** Offers that fit as well, but are worse than all candidates. */
  readonly further: number
  readonly rejected: readonly { readonly offer: Offer; readonly why: Rejection }[]
}

/** One of the best, on its way to a candidate. */
export interface Runner {
  readonly priced: PricedOffer
  readonly mint: string
  readonly traits: Traits
  readonly hasSession: boolean
  readonly resting: boolean
  /** msat */
  readonly price: number
  readonly priceLoss: number
  readonly speedLoss: number
  /** Weighed losses; less is better. */
  readonly loss: number
  /** The same as good as it may be. */
  readonly lossAtBest: number
}

const MOST_CANDIDATES = 24
/** An open session counts fully up to this share of the latest requests, and not at all from twice as much on: the load is spread. */
const FULL_AFFINITY_SHARE = 0.3
/** Each request of ours that runs there makes the next a little slower. */
const LOAD = 0.01

/** Every offer ends up once: as a candidate, rejected, or counted as a further one. */
export function plan(offers: readonly PricedOffer[], context: PlanContext): Plan {
  const rejected: { offer: Offer; why: Rejection }[] = []
  const field = emptyField(offers.length)
  for (const priced of offers) {
    const known = context.known(priced.offer)
    const why = rejection(priced, known, context)
    const mint = why === null ? chooseMint(priced, context) : null
    if (why !== null) rejected.push({ offer: priced.offer, why })
    else if (mint === null) rejected.push({ offer: priced.offer, why: 'no_common_mint' })
    else if (!mint.covers) rejected.push({ offer: priced.offer, why: 'mint_balance' })
    else enter(field, priced, mint.url, traitsOf(known), context)
  }
  const { least, mostTried } = weighAll(field, context)
  const best = firstOf(field).map((place) => runnerAt(field, place, context))
  const ordered = drawFirst(best, context.random)
  const facts = { least, mostTried, count: field.count, weights: context.weights }
  return {
    candidates: ordered.map((runner) => ({ ...runner.priced, mint: runner.mint, reason: reasonFor(runner, ordered, facts) })),
    further: field.count - ordered.length,
    rejected,
  }
}

/** Those that fit, as columns: of ten thousand only two dozen become objects. */
interface Field {
  count: number
  readonly priced: PricedOffer[]
  readonly mints: string[]
  readonly traits: Traits[]
  readonly resting: Uint8Array
  readonly hasSession: Uint8Array
  readonly affinity: Float64Array
  /** msat */
  readonly price: Float64Array
  readonly seconds: Float64Array
  readonly loss: Float64Array
  readonly lot: Float64Array
  best: { readonly price: number; readonly seconds: number }
}

function emptyField(most: number): Field {
  const column = (): Float64Array => new Float64Array(most)
  return {
    ...{ count: 0, priced: [], mints: [], traits: [], resting: new Uint8Array(most), hasSession: new Uint8Array(most) },
    ...{ affinity: column(), price: column(), seconds: column(), loss: column(), lot: column(), best: { price: 1, seconds: 1 } },
  }
}

function enter(field: Field, priced: PricedOffer, mint: string, traits: Traits, context: PlanContext): void {
  const id = priced.offer.providerId
  const place = field.count++
  const hasSession = context.sessionAt(id) >= priced.requiredMsat
  const affinity = hasSession ? Math.min(1, Math.max(0, 2 - context.shareOf(id) / FULL_AFFINITY_SHARE)) : 0
  field.priced.push(priced)
  field.mints.push(mint)
  field.traits.push(traits)
  field.resting[place] = Number(context.coolingDown(id))
  field.hasSession[place] = Number(hasSession)
  field.affinity[place] = affinity
  field.price[place] = priceOf(priced, traits.overcharge, affinity)
  field.seconds[place] = secondsOf(context.need, traits.firstMs, traits.rate, affinity)
  field.lot[place] = context.random()
}

/** Fills in the losses. @returns the least loss in each aspect: what "fastest" and "most trusted" are said of */
function weighAll(field: Field, { weights, runningAt }: PlanContext): { readonly least: Losses; readonly mostTried: number } {
  field.best = bestOf(field)
  const { best, count, priced, price, seconds, loss } = field
  const none = Number.POSITIVE_INFINITY
  const least = { price: none, speed: none, reliability: none, honesty: none, trust: none, quality: none }
  let mostTried = 0
  for (let place = 0; place < count; place++) {
    const traits = field.traits[place]
    const offer = priced[place]?.offer
    if (traits === undefined || offer === undefined) continue
    const { tried, losses } = traits
    const priceLoss = lossBeside(price[place] ?? none, best.price)
    const speedLoss = lossBeside(seconds[place] ?? none, best.seconds)
    loss[place] = weigh(priceLoss, speedLoss, losses, weights) + LOAD * runningAt(offer.providerId)
    if (priceLoss < least.price) least.price = priceLoss
    if (speedLoss < least.speed) least.speed = speedLoss
    if (losses.reliability < least.reliability) least.reliability = losses.reliability
    if (losses.honesty < least.honesty) least.honesty = losses.honesty
    if (losses.trust < least.trust) least.trust = losses.trust
    if (losses.quality < least.quality) least.quality = losses.quality
    if (tried > mostTried) mostTried = tried
  }
  return { least, mostTried }
}

/** Of those that do not rest; if all do, of all. */
function bestOf({ count, resting, price, seconds }: Field): Field['best'] {
  let awake = 0
  for (let place = 0; place < count; place++) awake += resting[place] === 0 ? 1 : 0
  let leastPrice = Number.POSITIVE_INFINITY
  let leastSeconds = Number.POSITIVE_INFINITY
  for (let place = 0; place < count; place++) {
    if (resting[place] === 1 && awake > 0) continue
    leastPrice = Math.min(leastPrice, price[place] ?? leastPrice)
    leastSeconds = Math.min(leastSeconds, seconds[place] ?? leastSeconds)
  }
  return { price: leastPrice, seconds: leastSeconds }
}

/** The places of the best in order, without sorting ten thousand. */
function firstOf({ count, resting, loss, lot }: Field): number[] {
  const before = (a: number, b: number): boolean => {
    if (resting[a] !== resting[b]) return resting[b] === 1
    const lossA = loss[a] ?? 0
    const lossB = loss[b] ?? 0
    return lossA === lossB ? (lot[a] ?? 0) < (lot[b] ?? 0) : lossA < lossB
  }
  const kept: number[] = []
  for (let place = 0; place < count; place++) {
    const last = kept[MOST_CANDIDATES - 1]
    if (last !== undefined && !before(place, last)) continue
    let at = kept.length
    while (at > 0 && before(place, kept[at - 1] ?? place)) at--
    kept.splice(at, 0, place)
    if (kept.length > MOST_CANDIDATES) kept.pop()
  }
  return kept
}

function runnerAt(field: Field, place: number, { weights, runningAt, need }: PlanContext): Runner {
  const [priced, mint, traits] = [field.priced[place], field.mints[place], field.traits[place]]
  const [price, seconds, affinity, loss] = [field.price[place], field.seconds[place], field.affinity[place], field.loss[place]]
  if (priced === undefined || mint === undefined || traits === undefined || price === undefined || seconds === undefined || affinity === undefined || loss === undefined)
    throw new Error(`nobody stands at place ${place}`)
  const { best } = field
  const priceAtBest = lossBeside(priceOf(priced, traits.overchargeAtBest, affinity), best.price)
  const speedAtBest = lossAtBestBeside(secondsOf(need, traits.firstMsAtBest, traits.rateAtBest, affinity), best.seconds)
  return {
    ...{ priced, mint, traits, price, loss, hasSession: field.hasSession[place] === 1, resting: field.resting[place] === 1 },
    priceLoss: lossBeside(price, best.price),
    speedLoss: lossBeside(seconds, best.seconds),
    lossAtBest: weigh(priceAtBest, speedAtBest, traits.lossesAtBest, weights) + LOAD * runningAt(priced.offer.providerId),
  }
}
