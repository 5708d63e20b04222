/** How much of a session is left, derived from its attempts (never a counter). */
import { msat, type Msat, sumMsat, ZERO_MSAT } from '../domain/msat.ts'
import type { Attempt, Session } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'

/** What it cost to bring money there by invoice. */
export function feesMsat(attempts: readonly Attempt[]): Msat {
  return sumMsat(attempts.map(({ feeMsat }) => feeMsat ?? ZERO_MSAT))
}

/** Charges we know of. */
export function chargedMsat(attempts: readonly Attempt[]): Msat {
  return msat(attempts.reduce((sum, attempt) => sum + (attempt.state === 'settled' ? attempt.chargedMsat : 0), 0))
}

/**
 * What new requests may use: credited − charged − the worst case of everything not settled. A session on its way to the provider
 * counts as what arrives there, until something speaks against it; one of the life `request` serves once.
 */
export function freeMsat(session: Session, attempts: readonly Attempt[]): Msat {
  if (session.state !== 'open' && (session.state !== 'prepared' || session.problem !== null)) return ZERO_MSAT
  // before its invoice is paid there is no account
  if (session.state === 'prepared' && session.invoice !== undefined) return ZERO_MSAT
  if (session.life === 'request' && attempts.length > 0) return ZERO_MSAT
  const bound = attempts.reduce((sum, attempt) => sum + worstOf(attempt), 0)
  const there = Math.min(session.creditedMsat ?? session.arrivesMsat, session.limitMsat ?? Number.POSITIVE_INFINITY)
  return msat(Math.max(0, there - bound))
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

/**
 * What a provider kept beyond the charges we know, shared by the sites that used the session, as much as each had used of it; all
 * of it to the site it was opened for when nobody did. Adds up to the msat.
 */
export function shareKept(keptMsat: Msat, session: Session, attempts: readonly Attempt[]): ReadonlyMap<SiteOrigin, Msat> {
  const used = new Map<SiteOrigin, number>()
  for (const attempt of attempts) used.set(attempt.origin, (used.get(attempt.origin) ?? 0) + worstOf(attempt))
  const all = [...used.values()].reduce((sum, each) => sum + each, 0)
  if (all === 0) return new Map([[session.origin, keptMsat]])
  const shares = new Map<SiteOrigin, Msat>()
  let given = 0
  let reached = 0
  for (const [origin, each] of used) {
    reached += each
    // rounding goes by the running sum: the last one ends exactly at the whole
    const until = Number((BigInt(keptMsat) * BigInt(reached)) / BigInt(all))
    if (until > given) shares.set(origin, msat(until - given))
    given = until
  }
  return shares
}

function worstOf(attempt: Attempt): Msat {
  return attempt.state === 'settled' ? attempt.chargedMsat : attempt.requiredMsat
}
