/**
 * What happened to one request, step by step: names, amounts and times. Never what it said, and nothing that could be paid or
 * opened with (design §5.10): no prompt, no token, no key.
 */
import type { ApprovalReason } from './approval.ts'
import type { Hold } from './grant.ts'
import type { Msat } from './msat.ts'
import type { Receipt } from './receipt.ts'
import type { Session } from './session.ts'

/** One offer as the plan saw it. */
export interface PlannedOffer {
  readonly providerName: string
  readonly providerUrl: string
  readonly expectedMsat: Msat
  /** What has to be set aside for it. */
  readonly worstMsat: Msat
  /** Why it stands where it stands; of one that was left out, why. */
  readonly says: string
}

/** One model that may answer, with everybody who was looked at for it. */
export interface PlannedModel {
  readonly model: string
  /** In the order in which they are tried. */
  readonly candidates: readonly PlannedOffer[]
  readonly leftOut: readonly PlannedOffer[]
  /** Not named: worse than all candidates, or left out as well. */
  readonly further: number
}

export type StepFacts =
  | { readonly kind: 'planned'; readonly models: readonly PlannedModel[] }
  | { readonly kind: 'question'; readonly reason: ApprovalReason; readonly worstMsat: Msat }
  | { readonly kind: 'answered'; readonly answer: 'approved' | 'rejected' | 'expired' | 'withdrawn' }
  | { readonly kind: 'held'; readonly amountMsat: Msat }
  | { readonly kind: 'not_held'; readonly amountMsat: Msat; readonly why: ApprovalReason | 'repeat' | 'blocked' }
  /** A session there had room. */
  | { readonly kind: 'session'; readonly sessionId: string; readonly reservedMsat: Msat }
  /** New money was placed; its token goes with this very request, or (`X-Cashu`) pays for it alone. */
  | { readonly kind: 'funded'; readonly sessionId: string; readonly providerName: string; readonly mint: string; readonly placedMsat: Msat; readonly isXCashu: boolean }
  | { readonly kind: 'sent' }
  | { readonly kind: 'head' }
  | { readonly kind: 'first_byte' }
  /** null: what it cost was not seen, the account is read later. */
  | { readonly kind: 'attempt_over'; readonly chargedMsat: Msat | null }
  | { readonly kind: 'ended'; readonly state: Receipt['state'] }
  /** The hold becomes what the request cost (`charged`), what it may still cost (`lowered`), or nothing. */
  | { readonly kind: 'trued_up'; readonly to: 'charged' | 'lowered' | 'released'; readonly amountMsat: Msat }
  | { readonly kind: 'credited'; readonly sessionId: string; readonly amountMsat: Msat }
  | { readonly kind: 'change'; readonly sessionId: string; readonly amountMsat: Msat }
  | { readonly kind: 'session_over'; readonly sessionId: string; readonly state: Session['state'] }
  | { readonly kind: 'refused'; readonly code: string }

/** A step and when it was, ms since the page's call. */
export type Step = StepFacts & { readonly atMs: number }

/** What the rows of the wallet say of one session that this request used. */
export interface PlacedMoney
  extends Pick<Session, 'id' | 'state' | 'providerName' | 'mint' | 'faceMsat' | 'creditedMsat' | 'refundedMsat' | 'forfeitedMsat' | 'unexplainedMsat' | 'problem'> {
  /** It was opened for this request. */
  readonly isOurs: boolean
  readonly reservedMsat: Msat
  /** null: not known yet. */
  readonly chargedMsat: Msat | null
}

export interface TimelineHead {
  readonly id: string
  readonly origin: string
  readonly path: string
  /** null: refused before it was read. */
  readonly model: string | null
  readonly startedAt: number
  readonly state: Receipt['state'] | 'running' | 'refused'
  /** null: not known yet, or nothing was paid. */
  readonly chargedMsat: Msat | null
}

export interface Timeline extends TimelineHead {
  /** Its steps were watched by this worker; false: what its rows tell. */
  readonly watched: boolean
  readonly steps: readonly Step[]
  readonly hold: Pick<Hold, 'state' | 'amountMsat' | 'chargedMsat'> | null
  readonly placed: readonly PlacedMoney[]
  /** Who was asked, in the order in which it ended. */
  readonly attempts: Receipt['attempts']
}
