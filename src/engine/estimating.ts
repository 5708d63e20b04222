/** What a request would cost now, without asking anybody or moving anything. */
import { AUTO } from '../domain/fallback.ts'
import { addMsat, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { asModel, type InferenceRequest, parseInferenceRequest } from '../protocol/request-body.ts'
import type { PricedOffer } from '../routing/plan.ts'
import { isAsGood } from '../routing/recommend.ts'
import { createChoosing } from './choosing.ts'
import { mostMsatOf, nobody, priceOffers } from './costing.ts'
import { createLegs } from './legs.ts'
import { capOutput } from './max-tokens.ts'
import { type RecommendModels, taskOf } from './recommending.ts'
import { TYPICAL_ANSWER_TOKENS } from './wishes.ts'
import type { EngineWorld } from './world.ts'

export interface CostEstimate {
  readonly model: string
  readonly providerName: string
  readonly expectedMsat: Msat
  readonly worstMsat: Msat
  /** The expected cost in US dollars, when the price lists tell a rate. */
  readonly expectedUsd: number | null
  /** As measured there by this browser; null: never, or the site has no grant. */
  readonly firstTokenMs: number | null
  readonly durationMs: number | null
  readonly alternatives: readonly Alternative[]
}

/** As good by what can be known of both, and cheaper for this very request. */
export interface Alternative {
  readonly model: string
  readonly providerName: string
  readonly expectedMsat: Msat
  readonly worstMsat: Msat
  /** Share of the price that is saved, 0…1. */
  readonly cheaperBy: number
  /** One line for people. */
  readonly says: string
}

/** Less is not worth another model. */
const LEAST_SAVED = 0.1
const MOST_ALTERNATIVES = 3

/** @throws RoutstrError for a body no provider could answer; `model_not_found`, `no_provider_available` */
export type EstimateCost = (origin: SiteOrigin, path: string, body: Uint8Array<ArrayBuffer>) => Promise<CostEstimate>

/** @param world.mayLook whether the wallet is open: it is not waited for */
export function createEstimating(
  world: Pick<EngineWorld, 'registry' | 'settings' | 'wallet' | 'sessions' | 'standings' | 'permissions' | 'sellers' | 'running' | 'random' | 'now'> & {
    readonly mayLook: () => boolean
    readonly recommend: RecommendModels
  },
): EstimateCost {
  const { recommend } = world
  const planLegs = createLegs(world, createChoosing(world))

  return async (origin, path, body) => {
    const { registry } = world
    const asWritten = parseInferenceRequest(path, body)
    await registry.ready()
    // A site without a grant learns the market's price; what the wallet can reach is nobody's business.
    const mayPlan = world.mayLook() && (await world.permissions.budget(origin, world.now())) !== null
    const planned = mayPlan ? (await planLegs({ id: '', origin, headers: [] }, asWritten)).find(({ chosen }) => chosen.plan.candidates.length > 0)?.chosen.plan.candidates[0] : undefined
    const first = planned ?? (await cheapest(await namesOf(asWritten), origin, asWritten))
    if (first === undefined) {
      const known = { providers: registry.providers().length, models: registry.models().length }
      throw nobody(asWritten.model, { candidates: [], further: 0, rejected: [] }, known)
    }
    const rate = registry.rate()
    const own = mayPlan ? await world.sellers.known() : null
    const known = own?.(first.offer.model.id)(first.offer) ?? null
    const answerTokens = Math.min(asWritten.outputLimit ?? TYPICAL_ANSWER_TOKENS, TYPICAL_ANSWER_TOKENS)
    const firstTokenMs = known?.firstTokenMs?.typical ?? null
    const rateThere = known?.tokensPerSecond?.typical ?? null
    return {
      model: first.offer.model.id,
      providerName: first.offer.providerName,
      expectedMsat: addMsat(first.expectedMsat, first.invoiceFeeMsat ?? ZERO_MSAT),
      worstMsat: mostMsatOf(first),
      expectedUsd: rate === null ? null : first.expectedMsat / rate.msatPerUsd,
      firstTokenMs: firstTokenMs === null ? null : Math.round(firstTokenMs),
      durationMs: firstTokenMs === null || rateThere === null ? null : Math.round(firstTokenMs + (answerTokens / Math.max(1, rateThere)) * 1000),
      alternatives: await alternatives(first, origin, asWritten, own),
    }
  }

  async function alternatives(first: PricedOffer, origin: SiteOrigin, asWritten: InferenceRequest, own: Awaited<ReturnType<EngineWorld['sellers']['known']>> | null): Promise<readonly Alternative[]> {
    const { model } = first.offer
    const found: Alternative[] = []
    for (const { model: name } of await recommend(taskOf(asWritten), own !== null)) {
      if (found.length === MOST_ALTERNATIVES) break
      // the very same model elsewhere is a matter of providers
      if (world.registry.offersFor(name).some(({ providerId, model: same }) => providerId === first.offer.providerId && same.id === model.id)) continue
      const other = await cheapest([name], origin, asWritten)
      const cheaperBy = other === undefined ? 0 : 1 - other.expectedMsat / Math.max(1, first.expectedMsat)
      if (other === undefined || cheaperBy < LEAST_SAVED || !isAsGood(other.offer.model, own?.(name)(other.offer) ?? null, model, own?.(model.id)(first.offer) ?? null)) continue
      const { offer, expectedMsat, requiredMsat } = other
      const says = `as good as ${model.id} by all that is known, ${Math.floor(cheaperBy * 100)} % cheaper`
      found.push({ model: name, providerName: offer.providerName, expectedMsat, worstMsat: requiredMsat, cheaperBy, says })
    }
    return found.sort((a, b) => a.expectedMsat - b.expectedMsat)
  }

  async function namesOf(asWritten: InferenceRequest): Promise<readonly string[]> {
    if (asWritten.model !== AUTO) return [asWritten.model, ...asWritten.alternatives]
    return (await recommend(taskOf(asWritten), false)).slice(0, 1).map(({ model }) => model)
  }

  /** Of the first name that anybody sells. Those that failed lately come last. */
  async function cheapest(names: readonly string[], origin: SiteOrigin, asWritten: InferenceRequest): Promise<PricedOffer | undefined> {
    const { registry } = world
    const rule = await world.permissions.site(origin)
    const rests = ({ offer }: PricedOffer): number => Number(registry.isCoolingDown(offer.providerId, offer.model.id))
    for (const name of names) {
      const { parsed } = capOutput(asModel(asWritten, name), world.settings(), rule)
      const [first] = priceOffers(registry.offersFor(name), parsed).toSorted((a, b) => rests(a) - rests(b) || a.expectedMsat - b.expectedMsat)
      if (first !== undefined) return first
    }
    return undefined
  }
}
