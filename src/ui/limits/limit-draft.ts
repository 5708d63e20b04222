/** What somebody types into the limit fields, and the terms it makes. Pure. */
import type { GrantTerms } from '../../domain/approval.ts'
import { type Msat, satUp } from '../../domain/msat.ts'
import { amountPhrase, parseSat } from '../parts/amounts.ts'
import { isRepeating, limitWords, type Repeating } from './strings.ts'

export interface LimitDraft {
  readonly limit: string
  readonly period: Repeating
  readonly perRequest: string
}

export interface LimitReading {
  /** null while something is wrong. */
  readonly terms: GrantTerms | null
  readonly limitError: string | null
  readonly perRequestError: string | null
}

/** What the terms must reach to be of use for the question at hand. */
export interface Floor {
  readonly limitMsat: Msat
  readonly perRequestMsat: Msat
}

export function draftOf(terms: GrantTerms): LimitDraft {
  return {
    limit: String(satUp(terms.limitMsat)),
    period: isRepeating(terms.period) ? terms.period : 'day',
    perRequest: String(satUp(terms.maxPerRequestMsat)),
  }
}

export function readDraft(draft: LimitDraft, floor: Floor | null = null): LimitReading {
  const limit = parseSat(draft.limit)
  const perRequest = parseSat(draft.perRequest)
  const limitError =
    limit === null || limit === 0
      ? limitWords.notNumber
      : floor !== null && limit < floor.limitMsat
        ? `This request needs a limit of ${amountPhrase(floor.limitMsat, 'about')} or more.`
        : null
  const perRequestError =
    perRequest === null || perRequest === 0
      ? limitWords.notNumber
      : floor !== null && perRequest < floor.perRequestMsat
        ? `This request can cost ${amountPhrase(floor.perRequestMsat, 'about')}.`
        : limit !== null && perRequest > limit
          ? limitWords.tooLarge
          : null
  const usable = limit !== null && perRequest !== null && limitError === null && perRequestError === null
  return { terms: usable ? { period: draft.period, limitMsat: limit, maxPerRequestMsat: perRequest } : null, limitError, perRequestError }
}
