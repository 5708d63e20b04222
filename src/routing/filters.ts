/** Whom not to ask for this request, and the first reason why (RIP-06 §2). Pure. */
import { addMsat, lessMsat, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { Known, PlanContext, PricedOffer } from './known.ts'

/** In the order of the checks: what can never fit comes before what more money would mend. */
export type Rejection =
  | 'pinned_elsewhere'
  | 'no_tools'
  | 'no_vision'
  | 'no_json'
  | 'context'
  | 'region'
  | 'max_price'
  | 'max_cost'
  | 'trust'
  | 'hops'
  | 'no_common_mint'
  /** Wrong about money twice, or it owes us change: said by the engine. */
  | 'not_trusted'
  | 'mint_balance'

/** For people, after "none fits:". */
export const REJECTION_WORDS: Readonly<Record<Rejection, string>> = {
  pinned_elsewhere: 'another provider is asked for by name',
  no_tools: 'tools are not offered',
  no_vision: 'pictures are not understood',
  no_json: 'answers in JSON are not offered',
  context: 'the request is longer than the context',
  region: 'not in the chosen regions',
  max_price: 'dearer than the chosen price',
  max_cost: 'dearer than the page allows',
  trust: 'less trusted than chosen',
  hops: 'nobody near enough vouches for it',
  not_trusted: 'it was wrong about money',
  no_common_mint: 'no mint in common',
  mint_balance: 'not enough in the wallet',
}

/** Models say what they can do in the words of the catalogue; one that says nothing is not refused. */
export function rejection(priced: PricedOffer, known: Known, context: PlanContext): Rejection | null {
  const { need, bounds } = context
  const { offer } = priced
  const { model } = offer
  if (bounds.pin !== null && offer.providerId !== bounds.pin) return 'pinned_elsewhere'
  const parameters = model.parameters ?? []
  if (parameters.length > 0) {
    if (need.tools && !parameters.includes('tools')) return 'no_tools'
    if (need.json && !parameters.includes('response_format') && !parameters.includes('structured_outputs')) return 'no_json'
  }
  if (need.vision && model.inputModalities.length > 0 && !model.inputModalities.includes('image')) return 'no_vision'
  if (model.contextLength !== null && need.contextTokens > model.contextLength) return 'context'
  if (bounds.regions.length > 0 && (offer.region === undefined || !bounds.regions.includes(offer.region))) return 'region'
  if (bounds.maxPriceSat !== null && model.price !== null && model.price.completionSat * 1e6 > bounds.maxPriceSat) return 'max_price'
  if (need.maxCostMsat !== null && priced.requiredMsat + (priced.invoiceFeeMsat ?? 0) > need.maxCostMsat) return 'max_cost'
  if (known.trust * 100 < bounds.minTrust) return 'trust'
  if (bounds.maxHops !== null && (known.hops === null || known.hops > bounds.maxHops)) return 'hops'
  return null
}

/** The first mint in the provider's order that, with the session, covers the request; else the first in common. */
export function chooseMint(priced: PricedOffer, context: PlanContext): { url: string; covers: boolean } | null {
  const missing = lessMsat(priced.requiredMsat, context.sessionAt(priced.offer.providerId))
  if (priced.invoiceFeeMsat !== undefined) return choosePayer(missing === 0 ? missing : addMsat(missing, priced.invoiceFeeMsat), context)
  let first: string | null = null
  for (const mint of priced.offer.mints) {
    const balance: Msat | undefined = context.balances.get(mint)
    if (balance === undefined) continue
    if ((balance ?? ZERO_MSAT) >= missing) return { url: mint, covers: true }
    first ??= mint
  }
  return first === null ? null : { url: first, covers: false }
}

/** Lightning reaches everybody: the mint of ours that holds most pays. */
function choosePayer(missing: Msat, { balances }: PlanContext): { url: string; covers: boolean } | null {
  let most: { url: string; covers: boolean; balance: Msat } | null = null
  for (const [url, balance] of balances) if (most === null || balance > most.balance) most = { url, balance, covers: balance >= missing }
  return most
}
