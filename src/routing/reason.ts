/** Why this provider, in one line for people. */
import { ASPECTS, type Aspect, type Weights } from '../domain/choosing.ts'
import { type Msat, satDown } from '../domain/msat.ts'
import type { Losses } from './known.ts'
import type { Runner } from './plan.ts'

interface Field {
  readonly least: Losses
  readonly mostTried: number
  /** How many fit. */
  readonly count: number
  readonly weights: Weights
}

const BEST_AT: Readonly<Record<Exclude<Aspect, 'price'>, string>> = {
  speed: 'fastest',
  reliability: 'most reliable',
  honesty: 'most honest about money',
  trust: 'most trusted',
  quality: 'truest to its models',
}
/** Fewer whole answers than this: not known. */
const HARDLY_TRIED = 3

/** @param order as it will be tried */
export function reasonFor(runner: Runner, order: readonly Runner[], field: Field): string {
  const here = `about ${sats(runner.priced.expectedMsat)} sat here`
  const other = cheapestOther(runner, order)
  if (other === undefined) return runner.resting ? `the only one, although it failed lately: ${here}` : `the only one that fits: ${here}`
  const elsewhere = `${sats(other.priced.expectedMsat)} sat at ${other.priced.offer.providerName}`
  if (runner.resting) return `last resort, it failed lately: ${here}, ${elsewhere}`
  const best = order.reduce((found, candidate) => (!candidate.resting && candidate.loss < found.loss ? candidate : found), runner)
  const money = `${here}, ${elsewhere}`
  if (runner !== order[0]) return `number ${order.indexOf(runner) + 1} of ${field.count}: ${money}`
  if (runner !== best && runner.traits.tried < HARDLY_TRIED && field.mostTried >= HARDLY_TRIED) return `being tried, hardly known yet: ${money}`
  if (runner.priced.expectedMsat <= other.priced.expectedMsat) return `cheapest of ${field.count}: ${money}`
  const why = mainReason(runner, other, field)
  if (why !== null) return `${why}: ${money}`
  return runner === best ? `best in all of ${field.count}: ${money}` : `drawn among equals, to spread the load: ${money}`
}

function mainReason(runner: Runner, other: Runner, { least, count, weights }: Field): string | null {
  if (other.resting) return 'cheapest that did not fail lately'
  if (runner.hasSession && runner.price <= other.price) return 'money is already there'
  if (runner.price <= other.price) return 'cheapest by what it really charges'
  const byWeight = ASPECTS.filter((aspect) => aspect !== 'price' && weights[aspect] > 0).sort((a, b) => weights[b] - weights[a])
  const [own, others] = [lossesOf(runner), lossesOf(other)]
  const aspect = byWeight.find((name) => own[name] === least[name] && own[name] < others[name])
  return aspect === undefined || aspect === 'price' ? null : `${BEST_AT[aspect]} of ${count}`
}

function lossesOf({ traits, priceLoss, speedLoss }: Runner): Losses {
  return { price: priceLoss, speed: speedLoss, ...traits.losses }
}

function cheapestOther(runner: Runner, order: readonly Runner[]): Runner | undefined {
  let found: Runner | undefined
  for (const candidate of order) {
    if (candidate !== runner && (found === undefined || candidate.priced.expectedMsat < found.priced.expectedMsat)) found = candidate
  }
  return found
}

/** Two digits are enough to choose by: `0.018`, `1.2`, `4.9`, `128`. */
function sats(amount: Msat): string {
  return amount >= 10_000 ? String(satDown(amount)) : String(Number((amount / 1000).toPrecision(2)))
}
