/** A request played up to the moment before anything is asked, set aside or paid: the same rules as in `engine.ts`, reading only. */
import type { ApprovalReason } from '../domain/approval.ts'
import type { DryRun } from '../domain/dry-run.ts'
import { errorFacts, RoutstrError } from '../domain/errors.ts'
import type { Budget } from '../domain/grant.ts'
import { fromSat, type Msat, satUp, ZERO_MSAT } from '../domain/msat.ts'
import { type SiteOrigin, siteOrigin } from '../domain/site.ts'
import { blockedError } from '../permissions/approvals.ts'
import { parseInferenceRequest } from '../protocol/request-body.ts'
import type { Candidate } from '../routing/plan.ts'
import { createChoosing } from './choosing.ts'
import { cheapestShort, nobody } from './costing.ts'
import { refuseOtherPaths } from './engine.ts'
import { createLegs, type Leg } from './legs.ts'
import { plannedModels } from './planned.ts'
import type { RecommendModels } from './recommending.ts'
import type { EngineWorld } from './world.ts'

/** @param origin null: of a site that has never asked. @throws RoutstrError for a body no provider could answer */
export type PlayDry = (origin: SiteOrigin | null, path: string, body: string) => Promise<DryRun>

const NEVER_SEEN = siteOrigin('https://never-seen.invalid')

export function createDryRun(
  world: Pick<EngineWorld, 'registry' | 'settings' | 'wallet' | 'sessions' | 'standings' | 'permissions' | 'sellers' | 'running' | 'random' | 'now'> & { readonly recommend: RecommendModels },
): PlayDry {
  const planLegs = createLegs(world, createChoosing(world))

  return async (asked, path, body) => {
    const origin = asked ?? NEVER_SEEN
    refuseOtherPaths(path)
    const asWritten = parseInferenceRequest(path, new TextEncoder().encode(body))
    await world.registry.ready()
    const legs = await planLegs({ id: '', origin, headers: [] }, asWritten)
    const budget = await world.permissions.budget(origin, world.now())
    const leg = legs.find((one) => fits(one, budget)) ?? legs.find(({ chosen }) => chosen.plan.candidates.length > 0) ?? legs[0]
    const candidate = leg.chosen.plan.candidates[0]
    const free = candidate === undefined ? ZERO_MSAT : await freeAt(origin, leg, candidate)
    const refusal = (await refused(origin)) ?? (candidate === undefined ? unpayable(leg, budget !== null) : null)
    return {
      model: asWritten.model,
      stream: asWritten.stream,
      addedMaxTokens: leg.capped.maxTokens,
      models: plannedModels(legs),
      first: candidate === undefined ? null : firstOf(leg, candidate, free),
      remainingMsat: budget?.remainingMsat ?? null,
      question: refusal !== null ? null : candidate === undefined ? 'no_grant' : ((limitOf(candidate, budget)) ?? (await newcomer(candidate, free))),
      refusal: refusal === null ? null : { code: refusal.code, message: errorFacts(refusal).message },
    }
  }

  async function refused(origin: SiteOrigin): Promise<RoutstrError | null> {
    if (world.settings().paused) return new RoutstrError('payments_paused', 'The user has paused all payments. Nothing was spent.')
    return (await world.permissions.site(origin))?.blocked === true ? blockedError(origin) : null
  }

  /** A site without a limit is asked about even when the wallet is short: the user can top up while deciding. */
  function unpayable({ capped, chosen }: Leg, granted: boolean): RoutstrError | null {
    if (!granted && cheapestShort(chosen.plan, chosen.priced) !== null) return null
    return nobody(capped.parsed.model, chosen.plan, { providers: world.registry.providers().length, models: world.registry.models().length })
  }

  async function freeAt(origin: SiteOrigin, { rule }: Leg, { offer }: Candidate): Promise<Msat> {
    return (await world.sessions.freeAt(origin))(rule?.sessionLife ?? world.settings().sessionLife).get(offer.providerId) ?? ZERO_MSAT
  }

  /** *Small first*: a provider that is new and would get more than it has earned is asked only after a yes. */
  async function newcomer({ offer, requiredMsat }: Candidate, free: Msat): Promise<ApprovalReason | null> {
    const mostMsat = await world.standings.mostMsat(offer.providerId)
    return mostMsat === null || requiredMsat <= mostMsat || requiredMsat <= free ? null : 'new_provider'
  }
}

function firstOf({ capped }: Leg, { offer, mint, expectedMsat, requiredMsat }: Candidate, free: Msat): DryRun['first'] {
  const sessionFreeMsat = free >= requiredMsat ? free : null
  return { model: capped.parsed.model, providerName: offer.providerName, mint, expectedMsat, holdMsat: requiredMsat, sessionFreeMsat, leastMsat: fromSat(satUp(requiredMsat)) }
}

function fits({ chosen }: Leg, budget: Budget | null): boolean {
  const candidate = chosen.plan.candidates[0]
  return candidate !== undefined && limitOf(candidate, budget) === null
}

/** The rules of `judge`, read off what is left instead of taken. */
function limitOf({ requiredMsat }: Candidate, budget: Budget | null): ApprovalReason | null {
  if (budget === null) return 'no_grant'
  if (requiredMsat > budget.grant.maxPerRequestMsat) return 'request_limit'
  return requiredMsat > budget.remainingMsat ? 'period_limit' : null
}
