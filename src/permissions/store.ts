/** What permissions need to remember. Each method is one transaction. */
import type { Approval } from '../domain/approval.ts'
import type { Profile } from '../domain/choosing.ts'
import type { Budget, Grant, Hold, SiteRule } from '../domain/grant.ts'
import type { Msat } from '../domain/msat.ts'
import type { SessionLife } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'
import type { Verdict } from './budget.ts'

export type HoldAnswer =
  | Exclude<Verdict, { readonly kind: 'allowed' }>
  /** Held. `remainingMsat`: what the standing grant has left now; null: there is none. */
  | (Extract<Verdict, { readonly kind: 'allowed' }> & { readonly remainingMsat: Msat | null })
  /** Not judged: a request with this id was charged before, or belongs to another site. */
  | { readonly kind: 'repeat' }
  /** The user has blocked the site. */
  | { readonly kind: 'blocked' }

/** What goes into the transaction of a hold: it reads beside what the hold depends on; what it returns writes beside the hold, if there is one. */
export type Along = () => Promise<() => Promise<void>>

export interface PermissionStore {
  site(origin: SiteOrigin): Promise<SiteRule | undefined>
  /** Not among them: our own probes. */
  sites(): Promise<SiteRule[]>
  setBlocked(origin: SiteOrigin, blocked: boolean): Promise<void>
  /** null: as set for all sites. */
  /** undefined: as set for all sites. */
  setRule(origin: SiteOrigin, change: Partial<Pick<SiteRule, 'xCashu' | 'maxTokensCap' | 'fallback' | 'alertSeen' | 'standIn' | 'caches'>>): Promise<void>
  setSessionLife(origin: SiteOrigin, life: SessionLife | null): Promise<void>
  /** null: as set for all sites. */
  setProfile(origin: SiteOrigin, profile: Profile | null): Promise<void>
  /** The standing grant with what is left of it; null when there is none. */
  budget(origin: SiteOrigin, now: number): Promise<Budget | null>
  /** Whether there is a standing grant, whatever is left of it. */
  isGranted(origin: SiteOrigin, now: number): Promise<boolean>
  /** All time, approved once or standing. */
  spentMsat(origin: SiteOrigin): Promise<Msat>
  /** Adds a grant; a standing one replaces the terms of the standing one, whose spending stays. */
  putGrant(grant: Grant): Promise<Grant>
  revoke(origin: SiteOrigin, at: number): Promise<void>

  /**
   * Check and take in one transaction. A hold of the same request that is still `held` is replaced (raised, or taken again
   * after the worker died before any money moved).
   */
  takeHold(request: { readonly requestId: string; readonly origin: SiteOrigin; readonly amountMsat: Msat; readonly now: number }, along?: Along): Promise<HoldAnswer>
  hold(requestId: string): Promise<Hold | undefined>
  heldHolds(): Promise<Hold[]>
  /** Lowers what is set aside while the rest of the request's cost is not known yet. */
  lowerHold(requestId: string, amountMsat: Msat): Promise<void>
  chargeHold(requestId: string, chargedMsat: Msat): Promise<void>
  releaseHold(requestId: string): Promise<void>

  approval(id: string): Promise<Approval | undefined>
  asking(): Promise<Approval[]>
  /**
   * Adds the row unless the site is already being asked; returns the question that stands. It takes the place of a `locked` one.
   * A standing one opens a window from the moment that somebody asks who may open one.
   * null: no question is needed, because a yes was written between the caller's look at the limit and this transaction.
   * `quiet`: the site has to wait after too many refusals.
   */
  addApproval(approval: Approval): Promise<Approval | null | 'quiet'>
  /** The arrow out of `asking`, together with the grant it brings and what it says about spam; false when it had been taken before. */
  closeApproval(id: string, state: Exclude<Approval['state'], 'asking'>, grant: Grant | null, now: number): Promise<boolean>
}
