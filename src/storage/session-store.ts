/** The memory of sessions on Dexie. */
import type { Attempt, Session } from '../domain/session.ts'
import { lessMsat, minMsat, type Msat, msat, ZERO_MSAT } from '../domain/msat.ts'
import { chargedMsat, freeMsat } from '../sessions/balance.ts'
import type { SessionStore } from '../sessions/store.ts'
import type { WalletStore } from '../wallet/store.ts'
import type { RoutstrDatabase } from './database.ts'

export function createSessionStore(db: RoutstrDatabase, wallet: WalletStore): SessionStore {
  /**
   * What a provider kept beyond the charges we know counts against the limit of the site it was placed for: otherwise a
   * provider and a site that work together could spend without end. In the transaction that finds it out.
   */
  async function bookKept(session: Session): Promise<void> {
    const keptMsat = await keptOf(session)
    const requestId = `session ${session.id}`
    if (keptMsat === 0) await db.holds.delete(requestId)
    else
      await db.holds.put({
        requestId,
        origin: session.origin,
        grantId: '',
        once: false,
        amountMsat: keptMsat,
        chargedMsat: keptMsat,
        state: 'charged',
        at: session.lastUsedAt,
      })
  }

  async function keptOf(session: Session): Promise<Msat> {
    if (session.state !== 'lost') return msat(Math.max(0, session.unexplainedMsat))
    if (session.creditedMsat === null) return session.faceMsat
    return lessMsat(session.creditedMsat, chargedMsat(await db.attempts.where('sessionId').equals(session.id).toArray()))
  }

  return {
    session: (id) => db.sessions.get(id),
    sessions: (states) =>
      db.sessions
        .where('state')
        .anyOf([...states])
        .toArray(),
    sessionsOf: (origin, providerId) => db.sessions.where('[origin+providerId]').equals([origin, providerId]).toArray(),

    prepare: (session, operation) =>
      db.transaction('rw', db.notes, db.operations, db.sessions, async () => {
        const taken = await wallet.beginSend(operation)
        if (taken) await db.sessions.add(session)
        return taken
      }),
    open: (id, creditedMsat) =>
      db.transaction('rw', db.notes, db.operations, db.sessions, async () => {
        const session = await db.sessions.get(id)
        if (session?.state !== 'prepared') return false
        await db.notes.where('operationId').equals(session.operationId).delete()
        await db.operations.update(session.operationId, { state: 'claimed' })
        await db.sessions.put({ ...session, state: 'open', creditedMsat, tries: 0, problem: null })
        return true
      }),
    update: (id, from, changes) =>
      db.transaction('rw', db.sessions, db.attempts, db.holds, async () => {
        const session = await db.sessions.get(id)
        if (session === undefined || !from.includes(session.state)) return false
        await db.sessions.put({ ...session, ...changes })
        await bookKept({ ...session, ...changes })
        return true
      }),
    settle: (id, nextTryAt) =>
      db.transaction('rw', db.sessions, db.attempts, async () => {
        const session = await db.sessions.get(id)
        const running = (await db.attempts.where('sessionId').equals(id).toArray()).some(({ state }) => state === 'open')
        if (session?.state !== 'open' || running) return false
        await db.sessions.put({ ...session, state: 'settling', nextTryAt, tries: 0 })
        return true
      }),
    storeRefund: (id, token, changes) =>
      db.transaction('rw', db.sessions, db.attempts, db.holds, db.incoming, async () => {
        const session = await db.sessions.get(id)
        if (session?.state !== 'settling' || (await db.incoming.get(token.id)) !== undefined) return false
        await db.incoming.add(token)
        await db.sessions.put({ ...session, ...changes, state: 'refunded' })
        await bookKept({ ...session, ...changes, state: 'refunded' })
        return true
      }),

    attempt: (id) => db.attempts.get(id),
    attemptsOf: (sessionId) => db.attempts.where('sessionId').equals(sessionId).toArray(),
    attemptsOfRequest: (requestId) => db.attempts.where('requestId').equals(requestId).toArray(),
    openAttempts: () => db.attempts.where('state').equals('open').toArray(),
    beginAttempt: (attempt) =>
      db.transaction('rw', db.sessions, db.attempts, async () => {
        const session = await db.sessions.get(attempt.sessionId)
        const others = await db.attempts.where('sessionId').equals(attempt.sessionId).toArray()
        if (session === undefined || freeMsat(session, others) < attempt.requiredMsat) return false
        await db.attempts.add(attempt)
        return true
      }),
    endAttempt: (id, claimed) =>
      db.transaction('rw', db.sessions, db.attempts, async () => {
        const attempt = await db.attempts.get(id)
        if (attempt?.state !== 'open') return false
        const session = await db.sessions.get(attempt.sessionId)
        const others = (await db.attempts.where('sessionId').equals(attempt.sessionId).toArray()).filter((row) => row.id !== id)
        const most = lessMsat(session?.creditedMsat ?? ZERO_MSAT, chargedMsat(others))
        await db.attempts.put({ ...attempt, state: claimed === null ? 'ended' : 'settled', chargedMsat: minMsat(claimed ?? ZERO_MSAT, most) })
        return true
      }),
    saveAttempts: async (attempts) => void (await db.attempts.bulkPut([...attempts] satisfies Attempt[])),
  }
}
