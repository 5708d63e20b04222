/**
 * Which models may answer a request, in order: the one that was asked, then those of the page's own list (`models`, as OpenRouter has
 * it), or else what the user's rule allows; for `auto` the recommended ones. Each is a leg of the way: planned like a request of its
 * own, tried when the one before it is gone, too dear, or failing everywhere, and named on the answer and the receipt.
 */
import { AUTO, type FallbackRule, type Substitution } from '../domain/fallback.ts'
import { RoutstrError } from '../domain/errors.ts'
import type { SiteRule } from '../domain/grant.ts'
import type { Receipt } from '../domain/receipt.ts'
import { TASKS, type Task } from '../domain/task.ts'
import { asModel, type InferenceRequest } from '../protocol/request-body.ts'
import { readModelsHeader } from '../protocol/model-list.ts'
import { REJECTION_WORDS } from '../routing/filters.ts'
import type { Candidate } from '../routing/plan.ts'
import type { Chosen, Choosing, Look } from './choosing.ts'
import { type Capped, capOutput } from './max-tokens.ts'
import { type RecommendModels, taskOf } from './recommending.ts'
import { marketOf } from './spending.ts'
import { wish } from './wishes.ts'
import type { EngineRequest, EngineWorld } from './world.ts'

export interface Leg {
  readonly capped: Capped
  readonly chosen: Chosen
  /** What the user has set for the site. */
  readonly rule: SiteRule | undefined
  /** null: the very model that was asked for. */
  readonly insteadOf: Substitution | null
}

/** A leg somebody can be asked for. */
export interface ReadyLeg extends Omit<Leg, 'chosen'>, Pick<Chosen, 'newcomers'> {
  readonly candidates: readonly Candidate[]
  /** What is wanted for this model by all who sell it. */
  readonly market: NonNullable<Receipt['market']> | null
}

/** At least one. @param seen what the choice depends on, where it was read already @throws RoutstrError `invalid_request_error`; `model_not_found` when nothing can be recommended */
export type PlanLegs = (request: Pick<EngineRequest, 'id' | 'origin' | 'headers'>, asWritten: InferenceRequest, seen?: Look) => Promise<readonly [Leg, ...Leg[]]>

/** Recommended models that are looked at, and those that are used. */
const MOST_LOOKED_AT = 12
const MOST_USED = 3
const AUTO_PATHS = /^\/(chat\/completions|completions|responses|embeddings|messages)$/

export function createLegs(world: Pick<EngineWorld, 'settings'> & { readonly recommend: RecommendModels }, { look, choose }: Choosing): PlanLegs {
  return async (request, asWritten, read) => {
    const seen = read ?? (await look(request.origin))
    const { rule } = seen
    const leg = (model: string, insteadOf: Substitution | null): Leg => {
      const capped = capOutput(asModel(asWritten, model), world.settings(), rule)
      return { capped, rule, chosen: choose(seen, request, capped), insteadOf }
    }
    const recommended = (but: string): Promise<readonly Leg[]> => best(asWritten, request, but, leg)

    if (asWritten.model === AUTO) {
      const [first, ...others] = await recommended('')
      if (first !== undefined) return [first, ...others]
      throw new RoutstrError('model_not_found', `No model on sale can be recommended for "${taskWished(request) ?? taskOf(asWritten)}". Nothing was spent.`, { param: 'model' })
    }
    const first = leg(asWritten.model, null)
    const listed = listOf(request, asWritten)
    if (listed.length > 0) return [first, ...listed.map((model) => leg(model, { model: asWritten.model, why: '' }))]
    return [first, ...(await byRule(rule?.fallback ?? world.settings().fallback, asWritten, first, leg, recommended))]
  }

  async function best(asWritten: InferenceRequest, request: Pick<EngineRequest, 'headers'>, but: string, leg: (model: string, insteadOf: Substitution) => Leg): Promise<Leg[]> {
    if (!AUTO_PATHS.test(asWritten.path)) throw new RoutstrError('invalid_request_error', `"${AUTO}" chooses among models that write or embed text; ${asWritten.path} needs the name of one.`, { param: 'model' })
    const task = taskWished(request) ?? taskOf(asWritten)
    const found: Leg[] = []
    for (const { model, reasons } of (await world.recommend(task, true)).slice(0, MOST_LOOKED_AT)) {
      if (found.length === MOST_USED) break
      if (model === but) continue
      const planned = leg(model, { model: asWritten.model, why: `recommended for ${task.replace('_', ' ')}: ${reasons.join(', ')}` })
      if (planned.chosen.plan.candidates.length > 0) found.push(planned)
      // nobody can be paid at all: what is missing shows on the first one
      else if (found.length === 0 && planned.chosen.plan.rejected.some(({ why }) => why === 'mint_balance')) return [planned]
    }
    return found
  }
}

async function byRule(rule: FallbackRule, { model, path }: InferenceRequest, first: Leg, leg: (model: string, insteadOf: Substitution) => Leg, recommended: (but: string) => Promise<readonly Leg[]>): Promise<readonly Leg[]> {
  switch (rule.use) {
    case 'none':
      return []
    case 'model':
      return rule.model === model ? [] : [leg(rule.model, { model, why: '' })]
    case 'recommended': {
      if (!AUTO_PATHS.test(path)) return []
      const most = Math.max(...first.chosen.priced.map(({ expectedMsat }) => expectedMsat))
      // no dearer than what was asked for, as far as anybody sells that
      return (await recommended(model)).filter(({ chosen }) => first.chosen.priced.length === 0 || (chosen.plan.candidates[0]?.expectedMsat ?? 0) <= most)
    }
    default:
      return rule satisfies never
  }
}

function listOf(request: Pick<EngineRequest, 'headers'>, { model, alternatives }: InferenceRequest): readonly string[] {
  if (alternatives.length > 0) return alternatives
  return readModelsHeader(wish(request, 'x-routstr-models') ?? '').filter((name) => name !== model)
}

/** `x-routstr-task`: the page knows better than its text shows. */
function taskWished(request: Pick<EngineRequest, 'headers'>): Task | null {
  const text = wish(request, 'x-routstr-task')
  if (text === null) return null
  const found = TASKS.find((task) => task === text)
  if (found === undefined) throw new RoutstrError('invalid_request_error', `x-routstr-task must be one of ${TASKS.join(', ')}.`)
  return found
}

/** Why nobody was asked for a leg, in a few words for the next one. */
export function whyNobody({ chosen: { plan } }: Leg): string {
  const whys = [...new Set(plan.rejected.map(({ why }) => REJECTION_WORDS[why]))]
  return whys.length === 0 ? 'nobody sells it now' : whys.join('; ')
}

/** The legs that can be tried, each with the reason why the ones before it were not. @param fits false: the limits do not reach for it */
export function readyLegs(legs: readonly Leg[], fits: (leg: Leg) => boolean): readonly ReadyLeg[] {
  let why = ''
  return legs.flatMap((leg): ReadyLeg[] => {
    const { candidates } = leg.chosen.plan
    if (candidates.length === 0 || !fits(leg)) {
      why ||= candidates.length === 0 ? whyNobody(leg) : 'dearer than this site may spend'
      return []
    }
    return [{ capped: leg.capped, rule: leg.rule, newcomers: leg.chosen.newcomers, candidates, market: marketOf(leg.chosen.priced), insteadOf: leg.insteadOf === null || leg.insteadOf.why !== '' ? leg.insteadOf : { ...leg.insteadOf, why } }]
  })
}
