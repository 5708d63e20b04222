/** What a provider still owes us: when it counts as a debt, when it is asked again, and when it is written off. */
import type { DebtKind, Session } from '../domain/session.ts'
import { lessMsat, msat } from '../domain/msat.ts'
import { withMismatch } from '../domain/standing.ts'
import { nextTry } from '../wallet/journal.ts'
import { chargedMsat } from './balance.ts'
import type { SessionStore } from './store.ts'

/** What a provider may keep when it redeems a token, beyond the mint's own fee, and when it gives change: less than one sat. */
export const TOLERANCE_MSAT = 999

/** A provider that says the same no for so long has lost the account (or took the token): 20 tries are about 1.5 hours. */
const TRIES_UNTIL_LOST = 20

/** Until then it is the ordinary course of things: a node keeps a stuck reservation for 5 minutes and sweeps once a minute (§3.5). */
const PATIENCE_MS: Readonly<Record<DebtKind, number>> = { pending: 6 * 60_000, fails: 60_000, stale: 0, worthless: 0, short: 0, denied: 60_000, uncredited: 60_000 }

/** Does it stand in the list of debts, and keep the provider from getting more? One that came back short is over: it counts as a mismatch. */
export function isOwing({ debt, state }: Pick<Session, 'debt' | 'state'>, now: number): boolean {
  if (debt === null) return false
  return state === 'lost' || (state !== 'closed' && now - debt.since >= PATIENCE_MS[debt.kind])
}

export interface Debts {
  /** It is tried again: after a while that grows, or after `seconds`. */
  later(session: Session, problem: string, debt: DebtKind | null, seconds?: number): Promise<void>
  /** Counts the same no in a row (not outages); after enough of them the money is written off. */
  denied(session: Session, problem: string, debt: DebtKind): Promise<void>
  /** Gone, as far as anybody can tell: shown, with the token as proof, and asked for again on the user's wish. */
  lost(session: Session, problem: string, debt: DebtKind): Promise<void>
}

export function createDebts(world: {
  readonly store: SessionStore
  readonly now: () => number
  readonly onAttemptsSettled: (requestIds: readonly string[]) => Promise<void>
}): Debts {
  const { store, now } = world

  async function later(session: Session, problem: string, debt: DebtKind | null, seconds?: number): Promise<void> {
    await store.update(session.id, ['prepared', 'open', 'settling', 'refunded'], {
      tries: session.tries + 1,
      nextTryAt: seconds === undefined ? nextTry(now(), session.tries) : now() + seconds * 1000,
      problem,
      debt: debt === null ? null : { kind: debt, since: session.debt?.since ?? now() },
    })
  }

  async function lost(session: Session, problem: string, debt: DebtKind): Promise<void> {
    const attempts = await store.attemptsOf(session.id)
    // what they cost is part of what is lost
    const open = attempts.filter(({ state }) => state !== 'settled').map((attempt) => ({ ...attempt, state: 'settled' as const, chargedMsat: msat(0) }))
    await store.saveAttempts(open)
    const mismatch = {
      kind: 'denied' as const,
      amountMsat: lessMsat(session.creditedMsat ?? session.faceMsat, chargedMsat(attempts)),
      at: now(),
      proofId: session.id,
    }
    await store.update(
      session.id,
      ['prepared', 'settling', 'refunded'],
      { state: 'lost', refundedMsat: null, unexplainedMsat: 0, problem, debt: { kind: debt, since: session.debt?.since ?? now() } },
      (standing) => withMismatch(standing, mismatch),
    )
    await world.onAttemptsSettled(open.map(({ requestId }) => requestId))
  }

  return {
    later,
    lost,
    async denied(session, problem, debt) {
      const denials = session.problem === problem ? session.tries : 0
      if (denials < TRIES_UNTIL_LOST) return later({ ...session, tries: denials }, problem, debt)
      await lost(session, problem, debt)
    },
  }
}
