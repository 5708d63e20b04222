/** Sites that keep asking after a no are quiet for a while, each time longer (T9). Blocking stays the user's own choice (G39). Pure. */
import type { Refusals } from '../domain/grant.ts'

const MINUTE = 60_000
/** After the second no, the third, … */
const QUIET_MS = [MINUTE, 10 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE]
/** A site that did not bother anybody for this long after its quiet time begins anew. */
const FORGET_MS = 60 * MINUTE

/** @param before what stood when the user said no, closed the window or let the time run out */
export function refusedAgain(before: Refusals | undefined, now: number): Refusals {
  const count = before === undefined || now - before.quietUntil > FORGET_MS ? 1 : before.count + 1
  // one no is an answer, not spam: from then on the time runs after which it is forgotten
  return { count, quietUntil: count < 2 ? now : now + (QUIET_MS[Math.min(count, QUIET_MS.length + 1) - 2] ?? 0) }
}

export function isQuiet(refusals: Refusals | undefined, now: number): boolean {
  return refusals !== undefined && refusals.quietUntil > now
}
