/** A plan as people can read it: every offer with its costs, and why it is where it is. */
import type { PlannedModel, PlannedOffer } from '../domain/timeline.ts'
import { REJECTION_WORDS } from '../routing/filters.ts'
import type { PricedOffer } from '../routing/plan.ts'
import type { Leg } from './legs.ts'

/** Of thousands of offers nobody reads more. */
const MOST_NAMED = 24

export function plannedModels(legs: readonly Leg[]): readonly PlannedModel[] {
  return legs.map(({ capped, chosen: { plan, priced } }) => {
    const costs = new Map(priced.map((one) => [one.offer, one]))
    const candidates = plan.candidates.map((candidate) => named(candidate, candidate.reason))
    const leftOut = plan.rejected.slice(0, MOST_NAMED).flatMap(({ offer, why }) => {
      const one = costs.get(offer)
      return one === undefined ? [] : [named(one, REJECTION_WORDS[why])]
    })
    return { model: capped.parsed.model, candidates, leftOut, further: plan.further + plan.rejected.length - leftOut.length }
  })
}

function named({ offer, expectedMsat, requiredMsat }: PricedOffer, says: string): PlannedOffer {
  return { providerName: offer.providerName, providerUrl: offer.providerUrl, expectedMsat, worstMsat: requiredMsat, says }
}
