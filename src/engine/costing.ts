/** Step 1: what this request can cost at each offer. */
import { RoutstrError } from '../domain/errors.ts'
import { addMsat, costUp, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { Offer } from '../domain/offer.ts'
import type { InferenceRequest } from '../protocol/request-body.ts'
import { expectedMsat, worstMsat } from '../protocol/price.ts'
import { REJECTION_WORDS } from '../routing/filters.ts'
import type { Plan, PricedOffer } from '../routing/plan.ts'

/** Prices move every two minutes (`routstr-node.md` §4.3): what we set aside covers a little rise. */
export const PRICE_MARGIN = 1.03

export function priceOffers(offers: readonly Offer[], request: InferenceRequest): PricedOffer[] {
  return offers
    .filter(({ model }) => model.price !== null)
    .map((offer) => ({ offer, requiredMsat: withMargin(worstMsat(offer.model, request)), expectedMsat: expectedMsat(offer.model, request) }))
}

/** The worst case, with what paying by invoice costs beside. */
export function mostMsatOf({ requiredMsat, invoiceFeeMsat }: PricedOffer): Msat {
  return addMsat(requiredMsat, invoiceFeeMsat ?? ZERO_MSAT)
}

export function withMargin(amount: Msat): Msat {
  return costUp(amount * PRICE_MARGIN)
}

/** Nobody can be asked: say which of the reasons it is. */
export function nobody(model: string, plan: Plan, known: { readonly providers: number; readonly models: number }): RoutstrError {
  if (known.providers === 0)
    return new RoutstrError('no_provider_available', 'No provider is known yet. Check the relays in the Routstr options; nothing was spent.')
  if (plan.rejected.length === 0) {
    return new RoutstrError(
      'model_not_found',
      `No provider sells the model "${model}" at the moment (${known.models} models are on sale). Nothing was spent.`,
      { param: 'model' },
    )
  }
  if (plan.rejected.some(({ why }) => why === 'mint_balance')) {
    return new RoutstrError('insufficient_balance', `There is not enough in the wallet at a mint that a provider of "${model}" accepts. Nothing was spent.`)
  }
  if (plan.rejected.some(({ why }) => why === 'not_trusted'))
    return new RoutstrError('no_provider_available', `The providers of "${model}" were wrong about money or owe the user change, so nothing is placed there. Nothing was spent.`)
  if (plan.rejected.some(({ why }) => why === 'no_common_mint'))
    return new RoutstrError('no_provider_available', `The providers of "${model}" do not accept any of the user's mints. Nothing was spent.`)
  if (plan.rejected.some(({ why }) => why === 'max_cost'))
    return new RoutstrError('max_cost_exceeded', `No provider of "${model}" does it for the most the page wants to pay. Nothing was spent.`)
  const whys = [...new Set(plan.rejected.map(({ why }) => REJECTION_WORDS[why]))]
  return new RoutstrError('no_provider_available', `${plan.rejected.length} sell "${model}", but none fits: ${whys.join('; ')}. Nothing was spent.`)
}

/** The cheapest of those that only fail for lack of money: what the user is asked about while topping up. */
export function cheapestShort(plan: Plan, priced: readonly PricedOffer[]): PricedOffer | null {
  const short = new Set(plan.rejected.filter(({ why }) => why === 'mint_balance').map(({ offer }) => offer))
  return priced.filter(({ offer }) => short.has(offer)).sort((a, b) => a.requiredMsat - b.requiredMsat)[0] ?? null
}
