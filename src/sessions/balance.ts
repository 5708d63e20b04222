/** How much of a session is left, derived from its attempts (never a counter). */
import { type Msat, msat, ZERO_MSAT } from '../domain/msat.ts'
import type { Attempt, Session } from '../domain/session.ts'

/** Charges we know of. */
export function chargedMsat(attempts: readonly Attempt[]): Msat {
  return msat(attempts.reduce((sum, attempt) => sum + (attempt.state === 'settled' ? attempt.chargedMsat : 0), 0))
}

/** What new requests may use: credited − charged − the worst case of everything not settled. */
export function freeMsat(session: Session, attempts: readonly Attempt[]): Msat {
  if (session.state !== 'open' || session.creditedMsat === null) return ZERO_MSAT
  const bound = attempts.reduce((sum, attempt) => sum + (attempt.state === 'settled' ? attempt.chargedMsat : attempt.requiredMsat), 0)
  return msat(Math.max(0, session.creditedMsat - bound))
}

/**
 * The provider's own total against what we know: the difference belongs to the attempts whose end we did not see, each at
 * most up to its reservation; what is left over is unexplained.
 */
export function attributeCharges(
  attempts: readonly Attempt[],
  totalSpentMsat: Msat,
): { readonly settled: readonly Attempt[]; readonly unexplainedMsat: number } {
  let rest = totalSpentMsat - chargedMsat(attempts)
  const settled = attempts
    .filter((attempt) => attempt.state === 'ended')
    .sort((a, b) => a.at - b.at)
    .map((attempt): Attempt => {
      const charged = Math.min(attempt.requiredMsat, Math.max(0, rest))
      rest -= charged
      return { ...attempt, state: 'settled', chargedMsat: msat(charged) }
    })
  return { settled, unexplainedMsat: rest }
}
