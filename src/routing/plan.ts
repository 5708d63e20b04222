/**
 * Which provider first, which next: pure. For now the expected cost of this very request decides; an open session that
 * covers it counts as a tenth cheaper (it needs no funding and leaves less behind), providers at rest come last.
 */
import { lessMsat, satDown, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { Offer } from '../domain/offer.ts'

export interface PricedOffer {
  readonly offer: Offer
  /** What the node locks. */
  readonly requiredMsat: Msat
  /** What it will probably cost. */
  readonly expectedMsat: Msat
}

export interface Candidate extends PricedOffer {
  /** Exact string both sides know: nodes compare mint addresses letter by letter. */
  readonly mint: string
  /** One line for people. */
  readonly reason: string
}

export interface PlanContext {
  /** Trusted mint → what can be spent there at once. */
  readonly balances: ReadonlyMap<string, Msat>
  readonly coolingDown: (providerId: string) => boolean
  /** Balance of an open session of this site there. */
  readonly sessionAt: (providerId: string) => Msat
  /** 0 ≤ x < 1; decides between equals. */
  readonly random: () => number
}

export type Rejection = 'no_common_mint' | 'mint_balance'

export interface Plan {
  /** Best first. */
  readonly candidates: readonly Candidate[]
  readonly rejected: readonly { readonly offer: Offer; readonly why: Rejection }[]
}

const AFFINITY = 0.9

/** Every offer ends up once, as a candidate or rejected. */
export function plan(offers: readonly PricedOffer[], context: PlanContext): Plan {
  const rejected: { offer: Offer; why: Rejection }[] = []
  const runners: Runner[] = []
  for (const priced of offers) {
    const mint = chooseMint(priced, context)
    if (mint === null) rejected.push({ offer: priced.offer, why: 'no_common_mint' })
    else if (!mint.covers) rejected.push({ offer: priced.offer, why: 'mint_balance' })
    else runners.push(toRunner(priced, mint.url, context))
  }
  runners.sort((a, b) => Number(a.resting) - Number(b.resting) || a.score - b.score || a.lot - b.lot)
  return { candidates: runners.map((runner) => ({ ...runner.priced, mint: runner.mint, reason: reasonFor(runner, runners) })), rejected }
}

interface Runner {
  readonly priced: PricedOffer
  readonly mint: string
  readonly score: number
  readonly hasSession: boolean
  readonly resting: boolean
  readonly lot: number
}

function toRunner(priced: PricedOffer, mint: string, context: PlanContext): Runner {
  const id = priced.offer.providerId
  const hasSession = context.sessionAt(id) >= priced.requiredMsat
  return { priced, mint, score: priced.expectedMsat * (hasSession ? AFFINITY : 1), hasSession, resting: context.coolingDown(id), lot: context.random() }
}

/** The first mint in the provider's order that, with the session, covers the request; else the first in common. */
function chooseMint(priced: PricedOffer, context: PlanContext): { url: string; covers: boolean } | null {
  const common = priced.offer.mints.filter((mint) => context.balances.has(mint))
  const missing = lessMsat(priced.requiredMsat, context.sessionAt(priced.offer.providerId))
  const covering = common.find((mint) => (context.balances.get(mint) ?? ZERO_MSAT) >= missing)
  if (covering !== undefined) return { url: covering, covers: true }
  const first = common[0]
  return first === undefined ? null : { url: first, covers: false }
}

function reasonFor(runner: Runner, runners: readonly Runner[]): string {
  const here = `about ${sats(runner.priced.expectedMsat)} sat here`
  const other = runners.filter((candidate) => candidate !== runner).sort((a, b) => a.priced.expectedMsat - b.priced.expectedMsat)[0]
  if (other === undefined) return runner.resting ? `the only one, although it failed lately: ${here}` : `the only one that fits: ${here}`
  const elsewhere = `${sats(other.priced.expectedMsat)} sat at ${other.priced.offer.providerName}`
  const isCheapest = runner.priced.expectedMsat <= other.priced.expectedMsat
  if (runner.resting) return `last resort, it failed lately: ${here}, ${elsewhere}`
  if (isCheapest) return `cheapest of ${runners.length}: ${here}, ${elsewhere}`
  if (runner === runners[0] && other.resting) return `cheapest that did not fail lately: ${here}, ${elsewhere}`
  if (runner === runners[0] && runner.hasSession) return `money is already there: ${here}, ${elsewhere}`
  return `number ${runners.indexOf(runner) + 1} of ${runners.length}: ${here}, ${elsewhere}`
}

/** Two digits are enough to choose by: `0.018`, `1.2`, `4.9`, `128`. */
function sats(amount: Msat): string {
  return amount >= 10_000 ? String(satDown(amount)) : String(Number((amount / 1000).toPrecision(2)))
}
