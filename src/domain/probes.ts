/** Paid probes: what the user may set, and what came of them today. */
import type { Msat } from './msat.ts'

/** sat a day: below, no probe fits; above, it is no small change any more. */
export const PROBE_BUDGET_SAT = { least: 5, most: 1_000, usual: 10 } as const

export interface ProbesToday {
  /** Did not come home: charges, rounding, mints' fees. */
  readonly spentMsat: Msat
  /** Of probes that are not settled yet: it counts against the budget until it is back. */
  readonly outMsat: Msat
  /** How many were begun. */
  readonly probes: number
}
