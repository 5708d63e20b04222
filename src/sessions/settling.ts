/**
 * Bringing money home. One function per state, each idempotent: called when a session is idle, on the user's wish, on an
 * alarm and on every start. The answers of the node and what follows: `routstr-node.md` §2.7, §11.
 */
import { addMsat, lessMsat, maxMsat, minMsat, type Msat, msat } from '../domain/msat.ts'
import type { Attempt, Session } from '../domain/session.ts'
import type { AccountApi } from '../protocol/account.ts'
import { nextTry } from '../wallet/journal.ts'
import type { Wallet } from '../wallet/wallet.ts'
import { attributeCharges, chargedMsat } from './balance.ts'
import type { SessionStore } from './store.ts'

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

const DENIED = 'the provider took the token and denies the account'
/** A provider that says the same no for so long has lost the account (or took the token): 20 tries are about 1.5 hours. */
const TRIES_UNTIL_LOST = 20

export function createSettling(world: {
  readonly store: SessionStore
  readonly wallet: Wallet
  readonly accounts: AccountApi
  readonly now: () => number
  readonly onAttemptsSettled: (requestIds: readonly string[]) => Promise<void>
}): Settling {
  const { store, wallet, accounts, now } = world

  async function later(session: Session, problem: string, seconds?: number): Promise<void> {
    const at = seconds === undefined ? nextTry(now(), session.tries) : now() + seconds * 1000
    await store.update(session.id, ['prepared', 'open', 'settling', 'refunded'], { tries: session.tries + 1, nextTryAt: at, problem })
  }

  /** Was the token credited? The mint knows, then the node. Reclaiming is atomic at the mint: one of the two wins. */
  async function repairFunding(session: Session): Promise<void> {
    const state = await wallet.isSpent(session.operationId)
    if (state === 'pending') return later(session, 'the provider is redeeming the token')
    if (state === 'unspent') {
      try {
        await wallet.takeBack(session.operationId)
        await cancel(session)
      } catch (error) {
        await later(session, textOf(error))
      }
      return
    }
    if ((await wallet.sendState(session.operationId)) === 'takenBack') return cancel(session)
    const account = await accounts.read(session.providerUrl, session.key)
    if (account.kind === 'ok') {
      const { balanceMsat, reservedMsat, totalSpentMsat } = account.value
      await store.open(session.id, minMsat(session.faceMsat, addMsat(balanceMsat, reservedMsat, totalSpentMsat)))
      return
    }
    if (account.kind === 'refused' && account.error.status === 401) return denied(session, DENIED)
    return later(session, account.kind === 'refused' ? `${account.error.status} ${account.error.message}` : account.message)
  }

  /** The notes are back in the wallet; a provider may have kept a part of them. */
  async function cancel(session: Session): Promise<void> {
    const keptMsat = lessMsat(session.faceMsat, await wallet.takenBackMsat(session.operationId))
    await store.update(session.id, ['prepared'], { state: 'cancelled', token: keptMsat > 0 ? session.token : null, unexplainedMsat: keptMsat })
  }

  /** Counts the same no in a row (not outages); after enough of them the money is written off. `revive` asks once more. */
  async function denied(session: Session, problem: string): Promise<void> {
    const denials = session.problem === problem ? session.tries : 0
    if (denials < TRIES_UNTIL_LOST) return later({ ...session, tries: denials }, problem)
    await store.update(session.id, ['prepared', 'settling', 'refunded'], { state: 'lost', refundedMsat: null, unexplainedMsat: 0, problem })
  }

  async function revive(session: Session): Promise<void> {
    const account = await accounts.read(session.providerUrl, session.key)
    if (account.kind !== 'ok') return
    await store.update(session.id, ['lost'], { state: session.creditedMsat === null ? 'prepared' : 'settling', tries: 0, nextTryAt: now(), problem: null })
  }

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
      if (account.kind === 'refused' && account.error.status === 401) return denied(session, DENIED)
      return later(session, account.kind === 'refused' ? `${account.error.status} ${account.error.message}` : account.message)
    }
    const { balanceMsat, reservedMsat, totalSpentMsat } = account.value
    if (reservedMsat > 0) return later(session, 'a request there is not finished yet', 5)
    await settleAttempts(await store.attemptsOf(session.id), totalSpentMsat)
    // what should be there; a refund whose answer was lost has emptied the account already, and comes again when asked
    const owedMsat = maxMsat(balanceMsat, lessMsat(session.creditedMsat ?? balanceMsat, totalSpentMsat))
    if (owedMsat < 1000) return close(session, owedMsat)
    const answer = await accounts.refund(session.providerUrl, session.key)
    if (answer.kind !== 'ok') {
      const problem = answer.kind === 'refused' ? `${answer.error.status} ${answer.error.message}` : answer.message
      return balanceMsat >= 1000 || answer.kind !== 'refused'
        ? later(session, problem)
        : denied(session, `the account is empty and the change never came: ${problem}`)
    }
    const row = await wallet.incomingRow(answer.value.token, 'refund', session.id).catch(() => null)
    if (row === null) return later(session, 'the provider returned something that is no token')
    const missing = lessMsat(owedMsat, row.amountMsat)
    const forfeitedMsat = msat(Math.min(missing, 999))
    const stored = await store.storeRefund(session.id, row, {
      refundedMsat: row.amountMsat,
      forfeitedMsat,
      unexplainedMsat: await unexplained(session, row.amountMsat, forfeitedMsat),
      problem: missing > 999 ? `${missing - 999} msat less came back than the account held` : null,
      nextTryAt: now(),
    })
    if (!stored) await denied(session, 'the provider returns an old token again and again')
  }

  async function unexplained(session: Session, refundedMsat: Msat, forfeitedMsat: Msat): Promise<number> {
    return (session.creditedMsat ?? 0) - chargedMsat(await store.attemptsOf(session.id)) - refundedMsat - forfeitedMsat
  }

  async function close(session: Session, restMsat: Msat): Promise<void> {
    const unexplainedMsat = await unexplained(session, msat(0), restMsat)
    await store.update(session.id, ['settling'], {
      state: 'closed',
      refundedMsat: msat(0),
      forfeitedMsat: restMsat,
      unexplainedMsat,
      token: null,
      problem: null,
    })
  }

  async function redeem(session: Session): Promise<void> {
    await wallet.redeemStored()
    const row = await wallet.incomingOfSession(session.id)
    if (row?.state === 'redeemed') {
      // a part of the refund may have been spent before
      const gapMsat = lessMsat(session.refundedMsat ?? row.amountMsat, row.amountMsat)
      const problem = gapMsat > 0 ? `${gapMsat} msat of the change were worthless` : session.problem
      await store.update(session.id, ['refunded'], {
        state: 'closed',
        token: null,
        refundedMsat: row.amountMsat,
        unexplainedMsat: session.unexplainedMsat + gapMsat,
        problem,
      })
      return
    }
    if (row?.state === 'refused') {
      // not worth anything: the account is asked again (`routstr-node.md` §9.2, old refund tokens)
      const back = { state: 'settling', refundedMsat: null, forfeitedMsat: msat(0), unexplainedMsat: 0 } as const
      await store.update(session.id, ['refunded'], back)
      return denied({ ...session, ...back }, 'the provider returns tokens that are worth nothing')
    }
    await later(session, row?.problem ?? (row?.state === 'waiting' ? 'the change is on a mint you have not added' : 'the mint has not redeemed the change yet'))
  }

  return {
    reconcile,
    revive,
    async advance(session) {
      try {
        switch (session.state) {
          case 'prepared':
            return await repairFunding(session)
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
        await later(session, textOf(error))
      }
    },
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown reason'
}
