/** What we have seen of a provider's dealings with our money: how much it is trusted with, and whether it is trusted at all. */
import { type Msat, ZERO_MSAT } from './msat.ts'

/** Beyond tolerance only. */
export interface Mismatch {
  /**
   * `charge`: more than its price sheet says; `usage`: more tokens than can be; `change`: less came back than it owed; `worthless`:
   * what came back was no money; `denied`: it took a token and denies the account.
   */
  readonly kind: 'charge' | 'usage' | 'change' | 'worthless' | 'denied'
  readonly amountMsat: Msat
  readonly at: number
  /** The receipt (request id), or the session, that shows it. With the kind it names the mismatch: noted once, however often it is told. */
  readonly proofId: string
}

export interface Standing {
  readonly providerId: string
  /** Sessions that came back as they should. */
  readonly right: number
  /** So many of them before the last mismatch, or before it was forgiven: they prove nothing any more. Absent: none. */
  readonly before?: number
  /** The most the user has said yes to at this very provider. */
  readonly agreedMsat: Msat
  /** Newest last; only the last ones are kept. */
  readonly mismatches: readonly Mismatch[]
  /** The user has given it another chance: what was wrong until then stays on record, but does not keep it from being funded. */
  readonly forgivenAt?: number
}

/** Mismatches that are kept of one provider. */
const KEPT = 20

export function newStanding(providerId: string): Standing {
  return { providerId, right: 0, agreedMsat: ZERO_MSAT, mismatches: [] }
}

/** Whoever did better for so long may begin again, small. */
const COUNTS_FOR_MS = 30 * 24 * 3_600_000

/** What counts against it when money is placed. Trust and honesty look at all of them (`trust/known.ts`). */
export function countingMismatches({ mismatches, forgivenAt = 0 }: Standing, now: number): readonly Mismatch[] {
  return mismatches.filter(({ at }) => at > forgivenAt && at > now - COUNTS_FOR_MS)
}

/** How often it was right since it was wrong. */
export function provenTimes({ right, before = 0 }: Standing): number {
  return right - before
}

/** Trust in a provider that was wrong about money begins anew, with a first deposit. */
export function begunAnew(standing: Standing): Standing {
  return { ...standing, before: standing.right, agreedMsat: ZERO_MSAT }
}

export function withMismatch(standing: Standing, mismatch: Mismatch): Standing {
  if (standing.mismatches.some(({ kind, proofId }) => kind === mismatch.kind && proofId === mismatch.proofId)) return standing
  return { ...begunAnew(standing), mismatches: [...standing.mismatches, mismatch].slice(-KEPT) }
}

/** A session came back as it should. */
export function withRight(standing: Standing): Standing {
  return { ...standing, right: standing.right + 1 }
}
