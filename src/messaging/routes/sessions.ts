/** Routes of our own screens for the money at providers. */
import * as v from 'valibot'
import type { Msat } from '../../domain/msat.ts'
import { type LifeCosts, SESSION_LIVES } from '../../domain/session.ts'

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

export interface SessionOutputs {
  /** What came back, and how many sessions could not be settled yet (they are retried). */
  'sessions.bringHome': { readonly returnedMsat: Msat; readonly open: number }
  'sessions.retry': null
  'sessions.forget': null
  'sessions.costs': readonly LifeCosts[]
  'sites.setSessionLife': null
}
