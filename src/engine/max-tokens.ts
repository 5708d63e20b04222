/**
 * The one change we make to a body (design §5.8): without `max_tokens` a node locks the price of a whole context, so a
 * missing one becomes the user's cap. Visible in `x-routstr-max-tokens`; switched off in the settings, or for one site.
 */
import type { SiteRule } from '../domain/grant.ts'
import type { Settings } from '../domain/settings.ts'
import type { InferenceRequest } from '../protocol/request-body.ts'

export interface Capped {
  /** Sized with the cap, when there is one. */
  readonly parsed: InferenceRequest
  /** What a missing `max_tokens` becomes; null: the body is left alone. */
  readonly maxTokens: number | null
}

/** @param rule of the site, where it has one */
export function capOutput(parsed: InferenceRequest, settings: Pick<Settings, 'maxTokensCap'>, rule: Pick<SiteRule, 'maxTokensCap'> | undefined): Capped {
  const maxTokens = rule?.maxTokensCap === undefined ? settings.maxTokensCap : rule.maxTokensCap
  const chat = parsed.path === '/chat/completions' || parsed.path === '/completions'
  if (maxTokens === null || !chat || parsed.outputLimit !== null) return { parsed, maxTokens: null }
  return { parsed: { ...parsed, maxTokens, outputLimit: maxTokens }, maxTokens }
}
