/** Step 2: the hold, or the question, or the refusal. */
import type { ApprovalReason, GrantTerms } from '../domain/approval.ts'
import { RoutstrError } from '../domain/errors.ts'
import { fromSat, maxMsat, type Msat, msat, ZERO_MSAT } from '../domain/msat.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { type Approvals, blockedError, type Question } from '../permissions/approvals.ts'
import type { Along, PermissionStore } from '../permissions/store.ts'
import type { InferenceRequest } from '../protocol/request-body.ts'

/** Who asks, and whether the user had just done something there. */
export interface Asker {
  readonly requestId: string
  readonly origin: SiteOrigin
  readonly userActive: boolean
}

export interface AskFor extends Asker {
  readonly request: InferenceRequest
  readonly providerName: string
  readonly expectedMsat: Msat
  readonly worstMsat: Msat
  /** What the question says it can cost, when more than the worst case of the first one may be used; absent: that. */
  readonly shownMsat?: Msat
  readonly prompt: 'auto' | 'none'
}

/** The limit a person is offered first, and the one per request. Shown with both numbers; nothing hidden is derived. */
const SUGGESTED_LIMIT = fromSat(1_000)
const SUGGESTED_PER_REQUEST = fromSat(100)

export function suggestTerms(worstMsat: Msat, wish?: Partial<GrantTerms>): GrantTerms {
  const limitMsat = wish?.limitMsat ?? maxMsat(SUGGESTED_LIMIT, roundUp(worstMsat * 10))
  const maxPerRequestMsat = wish?.maxPerRequestMsat ?? maxMsat(SUGGESTED_PER_REQUEST, roundUp(worstMsat * 2))
  return { period: wish?.period ?? 'day', limitMsat, maxPerRequestMsat: msat(Math.min(maxPerRequestMsat, limitMsat)) }
}

/** To two leading digits, in whole sat. */
function roundUp(value: number): Msat {
  const sat = Math.ceil(value / 1000)
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, sat))) - 1)
  return fromSat(Math.ceil(sat / step) * step)
}

export function createAsking(world: { readonly permissions: PermissionStore; readonly approvals: Approvals; readonly now: () => number }): {
  /** Sets the worst case aside, asking as often as needed. @param along written together with the hold. `asked`: the user said yes to this request just now. @throws RoutstrError when refused */
  hold(ask: AskFor, signal: AbortSignal, along?: Along): Promise<{ readonly asked: boolean; readonly remainingMsat: Msat | null }>
  /** A standing yes to the site is not one to place so much at a provider that is new. @throws RoutstrError when refused */
  agree(ask: AskFor, signal: AbortSignal): Promise<void>
  /** Without asking: may the hold grow to this? null: no. */
  raise(requestId: string, origin: SiteOrigin, amountMsat: Msat): Promise<{ readonly remainingMsat: Msat | null } | null>
} {
  const { permissions, approvals, now } = world

  const take = (requestId: string, origin: SiteOrigin, amountMsat: Msat, along?: Along) => permissions.takeHold({ requestId, origin, amountMsat, now: now() }, along)

  return {
    async hold(ask, signal, along) {
      let asked = false
      for (;;) {
        signal.throwIfAborted()
        const verdict = await take(ask.requestId, ask.origin, ask.worstMsat, along)
        if (verdict.kind === 'allowed') return { asked, remainingMsat: verdict.remainingMsat }
        if (verdict.kind === 'blocked') throw blockedError(ask.origin)
        if (verdict.kind === 'repeat')
          throw new RoutstrError('worker_lost', 'This request was paid for before. It is not sent twice; money that was not used comes back by itself.')
        if (ask.prompt === 'none') throw refusalWithoutPrompt(verdict.reason)
        asked = (await approvals.ask(questionFor(ask, verdict.reason), signal)) === 'approved'
      }
    },
    async agree(ask, signal) {
      if (ask.prompt === 'none') throw refusalWithoutPrompt('new_provider')
      while ((await approvals.ask(questionFor(ask, 'new_provider'), signal)) === 'again') signal.throwIfAborted()
    },
    async raise(requestId, origin, amountMsat) {
      const verdict = await take(requestId, origin, amountMsat)
      return verdict.kind === 'allowed' ? verdict : null
    },
  }
}

function questionFor(ask: AskFor, reason: ApprovalReason): Question {
  const worstMsat = ask.shownMsat ?? ask.worstMsat
  return {
    origin: ask.origin,
    requestId: ask.requestId,
    reason,
    request: ask.request.summary,
    providerName: ask.providerName,
    expectedMsat: ask.expectedMsat,
    worstMsat,
    suggestion: suggestTerms(worstMsat),
    pageReason: null,
    opensWindow: ask.userActive,
  }
}

export function permissionRequired(): RoutstrError {
  return new RoutstrError('permission_required', 'The user has not given this site a budget, and the page asked not to be prompted. Nothing was spent.')
}

function refusalWithoutPrompt(reason: ApprovalReason): RoutstrError {
  switch (reason) {
    case 'no_grant':
    case 'site_asks':
    case 'locked':
      return permissionRequired()
    case 'new_provider':
      return new RoutstrError('permission_required', 'The only provider left is new and would need more than is placed at a new one without asking, and the page asked not to be prompted. Nothing was spent.')
    case 'period_limit':
      return new RoutstrError('budget_exceeded', 'The budget the user gave this site is used up for now. Nothing was spent.')
    case 'request_limit':
      return new RoutstrError('max_cost_exceeded', 'This request can cost more than the user allows per request. Nothing was spent.')
    default:
      return reason satisfies never
  }
}

/** `enable()` and `requestBudget()`: a question without a request behind it. */
export function siteQuestion({ origin, requestId, userActive }: Asker, wish: Partial<GrantTerms>, pageReason: string | null): Question {
  return {
    origin,
    requestId,
    reason: 'site_asks',
    request: null,
    providerName: null,
    expectedMsat: ZERO_MSAT,
    worstMsat: ZERO_MSAT,
    suggestion: suggestTerms(ZERO_MSAT, wish),
    pageReason,
    opensWindow: userActive,
  }
}
