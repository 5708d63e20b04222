/** Routes of our own screens for the money at providers. */
import * as v from 'valibot'
import type { Msat } from '../../domain/msat.ts'
import { SESSION_LIVES, type SessionLife } from '../../domain/session.ts'

const text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max))
const nothing = v.object({})

export const sessionInputs = {
  'sessions.bringHome': nothing,
  /** Asks for this one's change now, also when it was written off. */
  'sessions.retry': v.object({ id: text(64) }),
  /** Out of the list of debts. */
  'sessions.forget': v.object({ id: text(64) }),
  'sessions.costs': nothing,
  'sites.setSessionLife': v.object({ origin: text(512), life: v.nullable(v.picklist(SESSION_LIVES)) }),
} as const

/** What the sessions of one life have cost beside the requests themselves, over the last 30 days. From rows, to the msat. */
export interface LifeCosts {
  readonly life: SessionLife
  readonly sessions: number
  readonly requests: number
  readonly chargedMsat: Msat
  /** Below one sat, kept by providers at each refund. */
  readonly roundedMsat: Msat
  /** Of mints: for redeeming what we placed, and for the change. */
  readonly feesMsat: Msat
  /** What was placed and not used, a session on average: it lay at providers until it came home. */
  readonly parkedMsat: Msat
}

export interface SessionOutputs {
  /** What came back, and how many sessions could not be settled yet (they are retried). */
  'sessions.bringHome': { readonly returnedMsat: Msat; readonly open: number }
  'sessions.retry': null
  'sessions.forget': null
  'sessions.costs': readonly LifeCosts[]
  'sites.setSessionLife': null
}
