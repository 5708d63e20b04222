/** The memory of sessions on Dexie. */
import type { Table } from 'dexie'
import type { Attempt, Session, SessionState } from '../domain/session.ts'
import { addMsat, lessMsat, minMsat, type Msat, msat, ZERO_MSAT } from '../domain/msat.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { worthMsat } from '../domain/units.ts'
import { chargedMsat, freeMsat, shareKept } from '../sessions/balance.ts'
import { newStanding } from '../domain/standing.ts'
import type { FuseBound, OpenSession, SessionStore } from '../sessions/store.ts'
import { chargeOf } from '../sessions/x-cashu.ts'
import type { LightningStore } from '../wallet/lightning/store.ts'
import type { WalletStore } from '../wallet/store.ts'
import { isSwap } from '../wallet/journal.ts'
import type { RoutstrDatabase } from './database.ts'
import { remember } from './remembering.ts'
import { readSessionCosts, readSpent } from './session-costs.ts'
import { allOrNothing, Raced } from './taking-notes.ts'

export function createSessionStore(db: RoutstrDatabase, wallet: WalletStore, lightning: LightningStore): SessionStore {
  /**
   * What a provider kept beyond the charges we know counts against the limits of the sites that used the session: otherwise a
   * provider and a site that work together could spend without end. In the transaction that finds it out.
   */
  async function bookKept(session: Session): Promise<void> {
    const attempts = await db.attempts.where('sessionId').equals(session.id).toArray()
    const keptMsat = keptOf(session, attempts)
    const shares = keptMsat === 0 ? new Map<SiteOrigin, Msat>() : shareKept(keptMsat, session, attempts)
    for (const origin of new Set([session.origin, ...attempts.map((attempt) => attempt.origin)])) {
      const requestId = `session ${session.id} ${origin}`
      const amountMsat = shares.get(origin)
      const booked = await db.holds.get(requestId)
      if (amountMsat !== undefined)
        await db.holds.put({ requestId, origin, grantId: '', once: false, amountMsat, chargedMsat: amountMsat, state: 'charged', at: booked?.at ?? session.lastUsedAt })
      else if (booked !== undefined) await db.holds.delete(requestId)
    }
  }

  /** What left the wallet since then without a person's own press, whatever came of it. */
  async function leftMsat(since: number): Promise<number> {
    const [left, sessions] = await Promise.all([
      db.operations.where('[purpose+createdAt]').between(['session', since], ['session', Number.MAX_SAFE_INTEGER]).toArray(),
      db.sessions.where('createdAt').aboveOrEqual(since).toArray(),
    ])
    const byInvoice = sessions.map(({ invoice, faceMsat }) => (invoice === undefined ? 0 : faceMsat + invoice.feeMsat))
    return left.reduce((sum, operation) => sum + (isSwap(operation) ? 0 : worthMsat(operation.amount, operation.unit)), 0) + byInvoice.reduce((sum, each) => sum + each, 0)
  }

  /** All or nothing, and within the fuse. @param take what leaves: false when a note was taken meanwhile */
  async function begin(session: Session, attempt: Attempt | null, fuse: FuseBound, leavesMsat: number, tables: readonly Table[], take: () => Promise<boolean>) {
    let blown = false
    const written = await allOrNothing(() =>
      db.transaction('rw', [db.purse, db.operations, db.sessions, db.attempts, ...tables], async () => {
        if ((await leftMsat(fuse.since)) + leavesMsat > fuse.mostMsat) {
          blown = true
          throw new Raced()
        }
        if (!(await take())) throw new Raced()
        await db.sessions.add(session)
        if (attempt !== null) await db.attempts.add(attempt)
      }),
    )
    return written ? 'written' : blown ? 'fuse' : 'raced'
  }

  async function trueUpFee(sessionId: string, feeMsat: Msat): Promise<void> {
    const bearer = await db.attempts.where('sessionId').equals(sessionId).filter((attempt) => attempt.feeMsat !== undefined).first()
    if (bearer !== undefined) await db.attempts.update(bearer.id, { feeMsat })
  }

  /** From the first name to the last in one request: no state that is over lies between those that are not. A walk (`anyOf`) takes a turn for each row. */
  async function sessionsIn(states: readonly SessionState[]): Promise<Session[]> {
    const [first, ...others] = states.toSorted()
    if (first === undefined) return []
    const within = await db.sessions.where('state').between(first, others.at(-1) ?? first, true, true).toArray()
    return within.filter(({ state }) => states.includes(state))
  }

  /** Inside a transaction over both: two turns, however many there are. */
  async function withAttempts(sessions: readonly Session[]): Promise<OpenSession[]> {
    return Promise.all(sessions.map(async (session) => ({ session, attempts: await db.attempts.where('sessionId').equals(session.id).toArray() })))
  }

  /** Of a session that is in use: one stands for all that are settled. Their sites are not told. */
  async function attemptsIn({ id, origin, createdAt }: Session): Promise<Attempt[]> {
    const { over, rows } = await db.settledAttempts.since(db.attempts, id)
    const settled: Attempt = { id: '', requestId: '', sessionId: id, origin, state: 'settled', requiredMsat: over.msat, chargedMsat: over.msat, at: createdAt }
    return over.count === 0 ? [...rows] : [settled, ...rows]
  }

  async function openSessions(isMeant: (session: Session) => boolean): Promise<OpenSession[]> {
    const sessions = (await sessionsIn(['open', 'prepared'])).filter(isMeant)
    return Promise.all(sessions.map(async (session) => ({ session, attempts: await attemptsIn(session) })))
  }

  const findPlace: SessionStore['findPlace'] = async ({ serves, pick }) => {
    const places = await openSessions(serves)
    const attempt = pick(places)
    const place = places.find(({ session }) => session.id === attempt?.sessionId)
    if (attempt === null || place === undefined) return null
    return { session: place.session, attempt, take: async () => void (await db.attempts.add(attempt)) }
  }

  function keptOf(session: Session, attempts: readonly Attempt[]): Msat {
    if (session.state !== 'lost') return msat(Math.max(0, session.unexplainedMsat))
    if (session.creditedMsat === null) return session.faceMsat
    return lessMsat(session.creditedMsat, chargedMsat(attempts))
  }

  return {
    session: (id) => db.sessions.get(id),
    sessions: (states) => db.transaction('r', db.sessions, () => sessionsIn(states)),
    shortSessions: () =>
      db.sessions
        .where('debt.kind')
        .equals('short')
        .toArray(),
    costsSince: (at) => readSessionCosts(db, at),
    spentSince: (origin, at) => readSpent(db, origin, at),

    prepare: (session, operation, attempt, fuse) => begin(session, attempt, fuse, session.faceMsat, [], () => wallet.beginSend(operation)),
    prepareByInvoice: (session, payment, attempt, fuse) =>
      begin(session, attempt, fuse, session.faceMsat + session.invoice.feeMsat, [db.withdrawals, db.topUps], () => lightning.beginWithdrawal(session.invoice.withdrawalId, payment)),
    open: (id, creditedMsat, byInvoice) =>
      db.transaction('rw', db.purse, db.operations, db.sessions, db.attempts, async () => {
        const session = await db.sessions.get(id)
        if (session?.state !== 'prepared') return false
        const key = byInvoice?.key ?? session.key
        await db.sessions.put({ ...session, key, state: 'open', creditedMsat, tries: 0, problem: null, debt: null })
        if (byInvoice === undefined) {
          await db.purse.where('operationId').equals(session.operationId).delete()
          await db.operations.update(session.operationId, { state: 'claimed' })
        } else await trueUpFee(id, byInvoice.feeMsat)
        return true
      }),
    cancelUnpaid: (id) =>
      db.transaction('rw', db.sessions, db.attempts, db.withdrawals, async () => {
        const session = await db.sessions.get(id)
        const payment = session?.invoice === undefined ? undefined : await db.withdrawals.get(session.invoice.withdrawalId)
        if (session?.state !== 'prepared' || payment?.state !== 'failed') return false
        await db.attempts.where('sessionId').equals(id).modify({ state: 'settled', chargedMsat: ZERO_MSAT, feeMsat: ZERO_MSAT })
        await db.sessions.put({ ...session, state: 'cancelled', problem: payment.problem, debt: null })
        return true
      }),
    update: (id, from, changes, standing) =>
      db.transaction('rw', db.sessions, db.attempts, db.holds, db.standings, async () => {
        const session = await db.sessions.get(id)
        if (session === undefined || !from.includes(session.state)) return false
        await db.sessions.put({ ...session, ...changes })
        await bookKept({ ...session, ...changes })
        if (standing !== undefined) await db.standings.put(standing((await db.standings.get(session.providerId)) ?? newStanding(session.providerId)))
        return true
      }),
    async settle(id, nextTryAt) {
      if ((await db.sessions.get(id))?.state !== 'open') return false
      return db.transaction('rw', db.sessions, db.attempts, async () => {
        const session = await db.sessions.get(id)
        const running = (await db.attempts.where('sessionId').equals(id).toArray()).some(({ state }) => state === 'open')
        if (session?.state !== 'open' || running) return false
        await db.sessions.put({ ...session, state: 'settling', nextTryAt, tries: 0 })
        return true
      })
    },
    storeRefund: (id, token, changes) =>
      db.transaction('rw', db.sessions, db.attempts, db.holds, db.incoming, async () => {
        const session = await db.sessions.get(id)
        if (session?.state !== 'settling' || (await db.incoming.get(token.id)) !== undefined) return false
        await db.incoming.add(token)
        await db.sessions.put({ ...session, ...changes, state: 'refunded' })
        await bookKept({ ...session, ...changes, state: 'refunded' })
        return true
      }),
    endXCashu: (id, change, facts) =>
      db.transaction('rw', [db.purse, db.operations, db.sessions, db.attempts, db.holds, db.incoming], async () => {
        const session = await db.sessions.get(id)
        const isOpen = session?.state === 'prepared' || session?.state === 'settling' || session?.state === 'lost'
        if (session === undefined || !isOpen || (change !== null && (await db.incoming.get(change.id)) !== undefined)) return false
        await db.purse.where('operationId').equals(session.operationId).delete()
        await db.operations.update(session.operationId, { state: 'claimed' })
        if (change !== null) await db.incoming.add(change)
        const backMsat = change?.amountMsat ?? ZERO_MSAT
        const creditedMsat = facts.creditedMsat ?? session.faceMsat
        const chargedMsat = chargeOf(creditedMsat, backMsat)
        const attempts = await db.attempts.where('sessionId').equals(id).toArray()
        await db.attempts.bulkPut(attempts.map((attempt): Attempt => ({ ...attempt, state: 'settled', chargedMsat })))
        // a gift, when more came back than was there
        const unexplainedMsat = creditedMsat - chargedMsat - backMsat
        const over = change === null ? ({ state: 'closed', token: null } as const) : ({ state: 'refunded' } as const)
        const ended: Session = { ...session, ...facts, ...over, creditedMsat, unexplainedMsat, tries: 0, problem: null, debt: null }
        await db.sessions.put(ended)
        await bookKept(ended)
        return true
      }),

    attemptsOf: (sessionId) => db.attempts.where('sessionId').equals(sessionId).toArray(),
    attemptsOfRequest: (requestId) => db.attempts.where('requestId').equals(requestId).toArray(),
    placed: () => db.transaction('r', db.sessions, db.attempts, async () => withAttempts(await sessionsIn(['open', 'prepared', 'settling']))),
    openSessions: (isMeant) => db.transaction('r', db.sessions, db.attempts, () => openSessions(isMeant)),
    glance: remember(db, [db.sessions, db.attempts], () =>
      db.transaction('r', db.sessions, db.attempts, async () => {
        const [unfinished, places] = await Promise.all([sessionsIn(['prepared', 'open', 'settling', 'refunded', 'lost']), openSessions(() => true)])
        return {
          unfinished: unfinished.map(({ state, providerId, debt, unexplainedMsat }) => ({ state, providerId, debt, unexplainedMsat })),
          places: places.map(({ session, attempts }) => ({ origin: session.origin, life: session.life, providerId: session.providerId, freeMsat: freeMsat(session, attempts) })),
        }
      }),
    ),
    openAttempts: () => db.attempts.where('state').equals('open').toArray(),
    takePlace: (pick) =>
      db.transaction('rw', db.sessions, db.attempts, async () => {
        const found = await findPlace(pick)
        await found?.take()
        return found
      }),
    findPlace,
    endAttempt: (id, claimed, usedAt) =>
      db.transaction('rw', db.sessions, db.attempts, async () => {
        const attempt = await db.attempts.get(id)
        if (attempt?.state !== 'open') return null
        const { sessionId } = attempt
        const [before, { over, rows }] = await Promise.all([db.sessions.get(sessionId), db.settledAttempts.since(db.attempts, sessionId)])
        const most = lessMsat(before?.creditedMsat ?? before?.arrivesMsat ?? ZERO_MSAT, addMsat(over.msat, chargedMsat(rows)))
        const inUse = usedAt !== undefined && (before?.state === 'open' || before?.state === 'prepared')
        const session = before !== undefined && inUse ? { ...before, lastUsedAt: usedAt } : before
        await Promise.all([
          db.attempts.put({ ...attempt, state: claimed === null ? 'ended' : 'settled', chargedMsat: minMsat(claimed ?? ZERO_MSAT, most) }),
          session === undefined || session === before ? null : db.sessions.put(session),
        ])
        return session ?? null
      }),
    saveAttempts: async (attempts) => void (await db.attempts.bulkPut([...attempts] satisfies Attempt[])),
  }
}
