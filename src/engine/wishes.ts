/** What one request needs and its page wishes of a provider, within what the user has set. Pure. */
import { type Choosing, type Profile, PROFILES, type Weights } from '../domain/choosing.ts'
import { RoutstrError } from '../domain/errors.ts'
import { isMsat, type Msat } from '../domain/msat.ts'
import { type Bounds, type Need, PROFILE_WEIGHTS } from '../routing/known.ts'
import type { PricedOffer } from '../routing/plan.ts'
import type { Capped } from './max-tokens.ts'
import type { EngineRequest } from './world.ts'

type Asked = Pick<EngineRequest, 'headers'>

/** A usual answer, for the time it takes: as in the expected cost. */
export const TYPICAL_ANSWER_TOKENS = 600
/** Nodes count a token for three characters; in most languages it is nearer to four. Nobody is refused for the difference. */
const SURE_SHARE = 0.7

export function needOf(request: Asked, { parsed, maxTokens }: Capped): Need {
  const prompt = Math.floor((parsed.promptTokens + parsed.inputCharacters / 3) * SURE_SHARE)
  return {
    tools: parsed.summary.tools > 0,
    vision: parsed.summary.images > 0,
    json: parsed.wantsJson,
    // our own cap is no wish of the page
    contextTokens: prompt + (maxTokens === null ? (parsed.outputLimit ?? 0) : 0),
    answerTokens: Math.min(parsed.outputLimit ?? TYPICAL_ANSWER_TOKENS, TYPICAL_ANSWER_TOKENS),
    maxCostMsat: maxCostOf(request),
  }
}

/** The page may name its provider by id, address or name (`x-routstr-provider`); then nobody else is asked. A pin of the user stays. */
export function boundsOf(choosing: Choosing, request: Asked, priced: readonly PricedOffer[]): Bounds {
  const named = wish(request, 'x-routstr-provider')
  if (named === null || choosing.pin !== null) return choosing
  // what it is called by is its own choice: the id of another one is no name
  const found =
    priced.find(({ offer }) => offer.providerId === named) ??
    priced.find(({ offer }) => [offer.providerUrl, offer.providerName, URL.parse(offer.providerUrl)?.host].includes(named))
  return { ...choosing, pin: found?.offer.providerId ?? named }
}

/** @param ofSite the site's own profile; null: as set for all sites */
export function weightsOf(choosing: Choosing, request: Asked, ofSite: Profile | null): Weights {
  const profile = wishedProfile(request) ?? ofSite ?? choosing.profile
  return profile === 'own' ? choosing.weights : PROFILE_WEIGHTS[profile]
}

/** `x-routstr-max-cost-msats`: what the request may cost in the worst case (`page-api.md` §5, RIP-06 `max_price`). */
function maxCostOf(request: Asked): Msat | null {
  const text = wish(request, 'x-routstr-max-cost-msats')
  if (text === null) return null
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!isMsat(value)) throw new RoutstrError('invalid_request_error', 'x-routstr-max-cost-msats must be a whole number of millisatoshi.')
  return value
}

function wishedProfile(request: Asked): Profile | null {
  const text = wish(request, 'x-routstr-profile')
  if (text === null) return null
  const found = PROFILES.find((profile) => profile === text)
  if (found === undefined) throw new RoutstrError('invalid_request_error', `x-routstr-profile must be one of ${PROFILES.join(', ')}.`)
  return found
}

export function wish({ headers }: Asked, name: string): string | null {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1].trim() ?? null
}
