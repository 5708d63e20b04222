/** The memory of sessions on Dexie. */
import type { Attempt } from '../domain/session.ts'
import { freeMsat } from '../sessions/balance.ts'
import type { SessionStore } from '../sessions/store.ts'
import type { WalletStore } from '../wallet/store.ts'
import type { RoutstrDatabase } from './database.ts'

export function createSessionStore(db: RoutstrDatabase, wallet: WalletStore): SessionStore {
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
      db.transaction('rw', db.sessions, async () => {
        const session = await db.sessions.get(id)
        if (session === undefined || !from.includes(session.state)) return false
        await db.sessions.put({ ...session, ...changes })
        return true
      }),
    storeRefund: (id, token, changes) =>
      db.transaction('rw', db.sessions, db.incoming, async () => {
        const session = await db.sessions.get(id)
        if (session?.state !== 'settling' || (await db.incoming.get(token.id)) !== undefined) return false
        await db.incoming.add(token)
        await db.sessions.put({ ...session, ...changes, state: 'refunded' })
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
    saveAttempts: async (attempts) => void (await db.attempts.bulkPut([...attempts] satisfies Attempt[])),
  }
}
