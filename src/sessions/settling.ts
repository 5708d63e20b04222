/**
 * Bringing money home. One function per state, each idempotent: called when a session is idle, on the user's wish, on an
 * alarm and on every start. The answers of the node and what follows: `routstr-node.md` §2.7, §11.
 */
import { lessMsat, maxMsat, type Msat, msat } from '../domain/msat.ts'
import type { Attempt, Session } from '../domain/session.ts'
import { type Mismatch, type Standing, withMismatch, withRight } from '../domain/standing.ts'
import type { AccountApi } from '../protocol/account.ts'
import { saying } from '../protocol/node-call.ts'
import type { Wallet } from '../wallet/wallet.ts'
import { attributeCharges, chargedMsat } from './balance.ts'
import type { ByInvoice } from './by-invoice.ts'
import { type Debts, TOLERANCE_MSAT } from './debts.ts'
import { createRepair, DENIED } from './repair.ts'
import type { Standings } from './standing.ts'
import type { SessionStore } from './store.ts'
import type { XCashu } from './x-cashu.ts'

export interface Settling {
  /** One step further, whatever the state. Never throws for an answer of a stranger; problems are noted on the session. */
  advance(session: Session): Promise<void>
  /**
   * Reads the account to learn what requests cost whose end we did not see. Nothing happens while others are running there.
   * @returns false when the node still has reservations or did not answer
   */
  reconcile(session: Session): Promise<boolean>
  /** A session that was written off: does the provider know the account after all? */
  revive(session: Session): Promise<void>
}

export function createSettling(world: {
  readonly store: SessionStore
  readonly wallet: Wallet
  readonly accounts: AccountApi
  readonly standings: Standings
  readonly now: () => number
  readonly debts: Debts
  readonly xCashu: Pick<XCashu, 'advance'>
  readonly byInvoice: Pick<ByInvoice, 'advance' | 'revive'>
  readonly onAttemptsSettled: (requestIds: readonly string[]) => Promise<void>
}): Settling {
  const { store, wallet, accounts, debts, now } = world
  const repair = createRepair(world)

  async function reconcile(session: Session): Promise<boolean> {
    const attempts = await store.attemptsOf(session.id)
    if (attempts.some((attempt) => attempt.state === 'open')) return false
    const ended = attempts.filter((attempt) => attempt.state === 'ended')
    if (ended.length === 0) return true
    const account = await accounts.read(session.providerUrl, session.key)
    if (account.kind !== 'ok' || account.value.reservedMsat > 0) return false
    const after = await store.attemptsOf(session.id)
    if (after.length !== attempts.length) return false
    await settleAttempts(after, account.value.totalSpentMsat)
    return true
  }

  /** @param attempts as they were when the account was read: what came later is not in its total */
  async function settleAttempts(attempts: readonly Attempt[], totalSpentMsat: Msat): Promise<void> {
    const { settled } = attributeCharges(attempts, totalSpentMsat)
    if (settled.length === 0) return
    await store.saveAttempts(settled)
    await world.onAttemptsSettled(settled.map(({ requestId }) => requestId))
  }

  async function refund(session: Session): Promise<void> {
    const account = await accounts.read(session.providerUrl, session.key)
    if (account.kind !== 'ok') {
      if (account.kind === 'refused' && account.error.status === 401) return debts.denied(session, DENIED, 'denied')
      return debts.later(session, saying(account), 'fails')
    }
    const { balanceMsat, reservedMsat, totalSpentMsat } = account.value
    if (reservedMsat > 0) return pending(session)
    await settleAttempts(await store.attemptsOf(session.id), totalSpentMsat)
    // what should be there; a refund whose answer was lost has emptied the account already, and comes again when asked
    const owedMsat = maxMsat(balanceMsat, lessMsat(session.creditedMsat ?? balanceMsat, totalSpentMsat))
    if (owedMsat < 1000) return close(session, owedMsat)
    const answer = await accounts.refund(session.providerUrl, session.key)
    if (answer.kind !== 'ok') {
      if (answer.kind === 'refused') {
        // swept by the node: gone, whatever we do (§2.7)
        if (answer.error.status === 410) return debts.lost(session, saying(answer), 'denied')
        if (answer.error.status === 425 || /ongoing requests/i.test(answer.error.message)) return pending(session)
        if (balanceMsat < 1000) return debts.denied(session, `the account is empty and the change never came: ${saying(answer)}`, 'fails')
      }
      return debts.later(session, saying(answer), 'fails')
    }
    const row = await wallet.incomingRow(answer.value.token, 'refund', session.id).catch(() => null)
    if (row === null) return debts.later(session, 'the provider returned something that is no token', 'worthless')
    const missing = lessMsat(owedMsat, row.amountMsat)
    const forfeitedMsat = msat(Math.min(missing, TOLERANCE_MSAT))
    const stored = await store.storeRefund(session.id, row, {
      refundedMsat: row.amountMsat,
      forfeitedMsat,
      unexplainedMsat: await unexplained(session, row.amountMsat, forfeitedMsat),
      problem: missing > TOLERANCE_MSAT ? `${missing - TOLERANCE_MSAT} msat less came back than the account held` : null,
      debt: null,
      nextTryAt: now(),
    })
    if (!stored) await debts.denied(session, 'the provider returns an old token again and again', 'stale')
  }

  /** A reservation of 5 minutes can be in the way, and the sweep that ends it comes once a minute (§3.5). */
  function pending(session: Session): Promise<void> {
    return debts.later(session, 'a request there is not finished yet', 'pending', session.tries < 12 ? 5 : 30)
  }

  async function unexplained(session: Session, refundedMsat: Msat, forfeitedMsat: Msat): Promise<number> {
    return (session.creditedMsat ?? 0) - chargedMsat(await store.attemptsOf(session.id)) - refundedMsat - forfeitedMsat
  }

  async function close(session: Session, restMsat: Msat): Promise<void> {
    const unexplainedMsat = await unexplained(session, msat(0), restMsat)
    const changes = { state: 'closed' as const, refundedMsat: msat(0), forfeitedMsat: restMsat, unexplainedMsat, problem: null }
    await store.update(session.id, ['settling'], { ...changes, ...proofOf(session, unexplainedMsat) }, verdict(session, unexplainedMsat))
  }

  /** More was kept than was charged: the token stays as proof. */
  function proofOf(session: Session, unexplainedMsat: number): Pick<Session, 'token' | 'debt'> {
    return unexplainedMsat > TOLERANCE_MSAT ? { token: session.token, debt: { kind: 'short', since: now() } } : { token: null, debt: null }
  }

  /** Written together with the end of the session: counted once, whenever the worker dies. */
  function verdict(session: Session, unexplainedMsat: number): (standing: Standing) => Standing {
    if (unexplainedMsat <= TOLERANCE_MSAT) return withRight
    const mismatch: Mismatch = { kind: 'change', amountMsat: msat(unexplainedMsat), at: now(), proofId: session.id }
    return (standing) => withMismatch(standing, mismatch)
  }

  async function redeem(session: Session): Promise<void> {
    await wallet.redeemStored()
    const row = await wallet.incomingOfSession(session.id)
    if (row?.state === 'redeemed') {
      // a part of the refund may have been spent before
      const gapMsat = lessMsat(session.refundedMsat ?? row.amountMsat, row.amountMsat)
      const problem = gapMsat > 0 ? `${gapMsat} msat of the change were worthless` : session.problem
      const unexplainedMsat = session.unexplainedMsat + gapMsat
      const changes = { state: 'closed' as const, refundedMsat: row.amountMsat, unexplainedMsat, problem }
      await store.update(session.id, ['refunded'], { ...changes, ...proofOf(session, unexplainedMsat) }, verdict(session, unexplainedMsat))
      return
    }
    if (row?.state === 'refused') {
      // not worth anything: the account is asked again (`routstr-node.md` §9.2, old refund tokens)
      const back = { state: 'settling', refundedMsat: null, forfeitedMsat: msat(0), unexplainedMsat: 0 } as const
      await world.standings.noteMismatch(session.providerId, { kind: 'worthless', amountMsat: row.amountMsat, at: now(), proofId: session.id })
      await store.update(session.id, ['refunded'], back)
      return debts.denied({ ...session, ...back }, 'the provider returns tokens that are worth nothing', 'worthless')
    }
    await debts.later(session, row?.problem ?? (row?.state === 'waiting' ? 'the change is on a mint you have not added' : 'the mint has not redeemed the change yet'), null)
  }

  return {
    reconcile,
    async revive(session) {
      if (session.isXCashu) return world.xCashu.advance(session)
      return session.invoice !== undefined && session.creditedMsat === null ? world.byInvoice.revive(session) : repair.revive(session)
    },
    async advance(session) {
      try {
        if (session.isXCashu && session.state !== 'refunded') return await world.xCashu.advance(session)
        switch (session.state) {
          case 'prepared':
            if (session.invoice !== undefined) return await world.byInvoice.advance(session)
            return await repair.prepared(session, (await store.attemptsOf(session.id)).some(({ state }) => state === 'open'))
          case 'open':
            return
          case 'settling':
            return await refund(session)
          case 'refunded':
            return await redeem(session)
          case 'closed':
          case 'cancelled':
          case 'lost':
            return
          default:
            return session.state satisfies never
        }
      } catch (error) {
        await debts.later(session, error instanceof Error ? error.message : 'unknown reason', session.debt?.kind ?? null)
      }
    },
  }
}
