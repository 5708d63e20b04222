/** What became of a token that was to fund a session: the account is there, or its notes come back. */
import { addMsat, lessMsat, minMsat, msat } from '../domain/msat.ts'
import type { Session } from '../domain/session.ts'
import type { AccountApi } from '../protocol/account.ts'
import type { Wallet } from '../wallet/wallet.ts'
import { type Debts, TOLERANCE_MSAT } from './debts.ts'
import type { Standings } from './standing.ts'
import type { SessionStore } from './store.ts'

export const DENIED = 'the provider took the token and denies the account'

export interface Repair {
  /** @param inUse a request runs on it: its notes are not taken back under its feet */
  prepared(session: Session, inUse: boolean): Promise<void>
  /** A session that was written off: does the provider know the account after all? */
  revive(session: Session): Promise<void>
}

export function createRepair(world: {
  readonly store: SessionStore
  readonly wallet: Wallet
  readonly accounts: AccountApi
  readonly standings: Standings
  readonly debts: Debts
  readonly now: () => number
  readonly onAttemptsSettled: (requestIds: readonly string[]) => Promise<void>
}): Repair {
  const { store, wallet, accounts, debts, now } = world

  /** The notes are back in the wallet, or another browser of the user has them; a provider may have kept a part of them. */
  async function cancel(session: Session): Promise<void> {
    const accountedMsat = addMsat(await wallet.takenBackMsat(session.operationId), await wallet.endIfSpentElsewhere(session.operationId))
    const keptMsat = lessMsat(session.faceMsat, accountedMsat)
    // whatever it said it charged: it was not paid
    const free = (await store.attemptsOf(session.id)).map((attempt) => ({ ...attempt, state: 'settled' as const, chargedMsat: msat(0) }))
    await store.saveAttempts(free)
    await store.update(session.id, ['prepared'], {
      state: 'cancelled',
      token: keptMsat > 0 ? session.token : null,
      unexplainedMsat: keptMsat,
      debt: keptMsat > 0 ? { kind: 'short', since: now() } : null,
    })
    await world.onAttemptsSettled(free.map(({ requestId }) => requestId))
  }

  return {
    async prepared(session, inUse) {
      if ((await wallet.sendState(session.operationId)) === 'takenBack') return cancel(session)
      // with the derived key: it redeems nothing (`routstr-node.md` §2.6)
      const account = await accounts.read(session.providerUrl, session.key)
      if (account.kind === 'ok') {
        const { balanceMsat, reservedMsat, totalSpentMsat } = account.value
        const creditedMsat = minMsat(session.faceMsat, addMsat(balanceMsat, reservedMsat, totalSpentMsat))
        const missing = lessMsat(session.arrivesMsat, creditedMsat)
        if (missing > TOLERANCE_MSAT)
          await world.standings.noteMismatch(session.providerId, { kind: 'change', amountMsat: missing, at: now(), proofId: session.id })
        await store.open(session.id, creditedMsat)
        return
      }
      const problem = account.kind === 'refused' ? `${account.error.status} ${account.error.message}` : account.message
      if (inUse) return debts.later(session, problem, null, 5)
      // it is not there (yet), or not to be reached: the mint knows whether the notes are ours. Reclaiming is atomic there: one of the two wins
      const state = await wallet.isSpent(session.operationId)
      if (state === 'pending') return debts.later(session, 'the provider is redeeming the token', null)
      if (state === 'unspent') {
        try {
          await wallet.takeBack(session.operationId)
          await cancel(session)
        } catch (error) {
          await debts.later(session, error instanceof Error ? error.message : 'unknown reason', null)
        }
        return
      }
      // a token with one note that was spent elsewhere is redeemed by nobody: there is no account to ask for
      if ((await wallet.endIfSpentElsewhere(session.operationId)) > 0) return cancel(session)
      if (account.kind === 'refused' && account.error.status === 401) return debts.denied(session, DENIED, 'denied')
      await debts.later(session, problem, 'fails')
    },

    async revive(session) {
      const again = { tries: 0, nextTryAt: now(), problem: 'asked for again' }
      if (session.creditedMsat === null && (await wallet.endIfSpentElsewhere(session.operationId)) > 0) {
        await store.update(session.id, ['lost'], { ...again, state: 'prepared', debt: null })
        return
      }
      const account = await accounts.read(session.providerUrl, session.key)
      if (account.kind !== 'ok') return
      await store.update(session.id, ['lost'], { ...again, state: session.creditedMsat === null ? 'prepared' : 'settling' })
    },
  }
}
