/** The model for pages that name none: what the user has chosen for the site, or the cheapest one that writes text. */
import type { Offer } from '../domain/offer.ts'
import type { SiteRule } from '../domain/grant.ts'
import type { Registry } from '../registry/registry.ts'

/** A page asks `GET /models/default`; only sites that have the stand-ins switched on get an answer. */
export const DEFAULT_MODEL = 'default'

/** Tokens of a usual question and answer. */
const PROMPT = 1_000
const ANSWER = 600

/** Lists say of some that they write text although they only turn it into numbers. */
const NO_CHAT = /embed|rerank|moderation|whisper|tts/i

/** An id, as `models.list()` names it; null: off for this site, or nobody sells one. */
export function defaultModelOf(registry: Pick<Registry, 'models' | 'offersFor'>, rule: SiteRule | undefined): string | null {
  if (rule?.standIn === undefined) return null
  const { model } = rule.standIn
  if (model !== null && registry.offersFor(model).length > 0) return model
  const priced = registry.models().flatMap(({ id, offers }) => {
    const costs = offers.map(costOf).filter((cost) => cost !== null)
    return costs.length === 0 ? [] : [{ id, cost: Math.min(...costs) }]
  })
  return priced.sort((a, b) => a.cost - b.cost || (a.id < b.id ? -1 : 1))[0]?.id ?? null
}

/** null: no price, free of any (such a node charges a flat amount), or no text. */
function costOf({ model }: Offer): number | null {
  const { price, outputModalities } = model
  if (price === null || price.promptSat === 0 || price.completionSat === 0) return null
  if (NO_CHAT.test(model.id)) return null
  return outputModalities.length === 0 || outputModalities.includes('text') ? PROMPT * price.promptSat + ANSWER * price.completionSat : null
}
