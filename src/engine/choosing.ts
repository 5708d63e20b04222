/**
 * Step 3: which providers may be asked for this request, in which order. Nothing is placed at one that was wrong about money twice
 * or owes us change. One that is new (*small first*) and would get more than it has earned comes after all others, and is asked only
 * after the user has said yes to it by name.
 */
import type { SiteRule } from '../domain/grant.ts'
import type { SiteOrigin } from '../domain/site.ts'
import type { SessionLife } from '../domain/session.ts'
import type { Standings } from '../sessions/standing.ts'
import { fromSat, type Msat, satUp, ZERO_MSAT } from '../domain/msat.ts'
import type { Offer } from '../domain/offer.ts'
import type { Known, PlanContext } from '../routing/known.ts'
import { type Candidate, plan, type Plan, type PricedOffer } from '../routing/plan.ts'
import type { Spread } from '../routing/spread.ts'
import { priceOffers } from './costing.ts'
import type { Capped } from './max-tokens.ts'
import { boundsOf, needOf, weightsOf } from './wishes.ts'
import type { EngineRequest, EngineWorld } from './world.ts'

/** What is known of sellers, brought together by the composition. */
export interface Sellers {
  /** What our own audits and the people we follow say, for the model asked. */
  known(): Promise<(model: string) => (offer: Offer) => Known>
  readonly spread: Spread
}

/** What a choice for this site depends on, read at one moment. */
export interface Look {
  /** What the user has set for the site. */
  readonly rule: SiteRule | undefined
  /** It has a standing grant, whatever is left of it. */
  readonly granted: boolean
  readonly free: (life: SessionLife) => ReadonlyMap<string, Msat>
  readonly balances: PlanContext['balances']
  readonly known: Awaited<ReturnType<Sellers['known']>>
  readonly standings: Awaited<ReturnType<Standings['ofEach']>>
}

export interface Chosen {
  readonly priced: readonly PricedOffer[]
  readonly plan: Plan
  /** Ids of providers that would get more than they have earned: asked only after a yes. */
  readonly newcomers: ReadonlySet<string>
}

export interface Choosing {
  /** One turn: between a page and its first token every turn at the database is waited for. */
  look(origin: SiteOrigin): Promise<Look>
  /** @throws RoutstrError `invalid_request_error` for a wish of the page that is not understood */
  choose(look: Look, request: Pick<EngineRequest, 'id' | 'headers'>, capped: Capped): Chosen
}

export function createChoosing(
  world: Pick<EngineWorld, 'registry' | 'sessions' | 'standings' | 'wallet' | 'random' | 'settings' | 'sellers' | 'running' | 'permissions' | 'now'>,
): Choosing {
  return { look, choose }

  async function look(origin: SiteOrigin): Promise<Look> {
    const [rule, granted, free, balances, known, standings] = await Promise.all([
      world.permissions.site(origin),
      world.permissions.isGranted(origin, world.now()),
      world.sessions.freeAt(origin),
      world.wallet.readyByMint(),
      world.sellers.known(),
      world.standings.ofEach(),
    ])
    return { rule, granted, free, balances, known, standings }
  }

  function choose({ rule, balances, standings, ...look }: Look, request: Pick<EngineRequest, 'id' | 'headers'>, capped: Capped): Chosen {
    const { parsed } = capped
    const priced = priceOffers(world.registry.offersFor(parsed.model), parsed)
    const { choosing, sessionLife } = world.settings()
    const free = look.free(rule?.sessionLife ?? sessionLife)
    /** Money that is there already may be used up. */
    const verdictOn = ({ offer, requiredMsat }: PricedOffer): Verdict => {
      if ((free.get(offer.providerId) ?? ZERO_MSAT) >= requiredMsat) return 'trusted'
      if (!standings.mayFund(offer.providerId).ok) return 'refused'
      const mostMsat = standings.mostMsat(offer.providerId)
      return mostMsat === null || requiredMsat <= mostMsat ? 'trusted' : 'newcomer'
    }
    const verdicts = Map.groupBy(priced, verdictOn)
    const [trusted, newcomers, refused] = [verdicts.get('trusted') ?? [], verdicts.get('newcomer') ?? [], verdicts.get('refused') ?? []]
    const offers = new Map(priced.map(({ offer }) => [offer.providerId, offer]))
    const context: PlanContext = {
      balances,
      coolingDown: (providerId) => world.registry.isCoolingDown(providerId, offers.get(providerId)?.model.id ?? ''),
      sessionAt: (providerId) => free.get(providerId) ?? ZERO_MSAT,
      known: look.known(parsed.model),
      shareOf: world.sellers.spread.shareOf,
      runningAt: runningBeside(request.id, offers),
      need: needOf(request, capped),
      bounds: boundsOf(choosing, request, priced),
      weights: weightsOf(choosing, request, rule?.profile ?? null),
      random: world.random,
    }
    const planned = orByInvoice(plan([...trusted, ...newcomers], context), priced, context)
    const isNew = new Set(newcomers.map(({ offer }) => offer.providerId))
    const candidates = planned.candidates.toSorted((a, b) => Number(isNew.has(a.offer.providerId)) - Number(isNew.has(b.offer.providerId)))
    return { priced, newcomers: isNew, plan: { ...planned, candidates, rejected: [...planned.rejected, ...refused.map(({ offer }) => ({ offer, why: 'not_trusted' as const }))] } }
  }

  /** Our other requests at a provider now. */
  function runningBeside(id: string, offers: ReadonlyMap<string, Offer>): (providerId: string) => number {
    const counts = new Map<string, number>()
    for (const request of world.running.list()) {
      if (request.id !== id && request.providerName !== null) counts.set(request.providerName, (counts.get(request.providerName) ?? 0) + 1)
    }
    return (providerId) => counts.get(offers.get(providerId)?.providerName ?? '') ?? 0
  }
}

/**
 * Nobody can be paid by a token: those who take none of our mints, or none that holds enough, may be paid by an invoice of theirs. Only
 * then, because it costs a fee and seconds, and what is left comes back on their mint.
 */
function orByInvoice(planned: Plan, priced: readonly PricedOffer[], context: PlanContext): Plan {
  const strangers = new Set(planned.rejected.filter(({ why }) => why === 'no_common_mint' || why === 'mint_balance').map(({ offer }) => offer))
  if (planned.candidates.length > 0 || strangers.size === 0) return planned
  const payable = priced.filter(({ offer }) => strangers.has(offer)).map((offer) => ({ ...offer, invoiceFeeMsat: usualFee(offer.requiredMsat) }))
  const byInvoice = plan(payable, context)
  if (byInvoice.candidates.length === 0) return planned
  const candidates = byInvoice.candidates.map((candidate) => {
    const isThere = context.sessionAt(candidate.offer.providerId) >= candidate.requiredMsat
    return isThere ? withoutFee(candidate) : { ...candidate, reason: `paid by its invoice over Lightning, because it takes none of your mints that holds enough; ${candidate.reason}` }
  })
  return { candidates, further: byInvoice.further, rejected: [...planned.rejected.filter(({ offer }) => !strangers.has(offer)), ...byInvoice.rejected] }
}

/** What mints usually reserve for routing, and an input fee; the real one is asked for when it is paid. */
function usualFee(amountMsat: Msat): Msat {
  return fromSat(Math.max(2, Math.ceil(satUp(amountMsat) / 50)) + 1)
}

function withoutFee({ invoiceFeeMsat: _paidBefore, ...candidate }: Candidate): Candidate {
  return candidate
}

type Verdict = 'trusted' | 'newcomer' | 'refused'
