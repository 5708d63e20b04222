/** What each life of a session has cost beside the requests: derived from rows of the last weeks. */
import { costUp, type Msat, msat } from '../domain/msat.ts'
import { type LifeCosts, SESSION_LIVES, type Session } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { worthMsat } from '../domain/units.ts'
import { chargedMsat } from '../sessions/balance.ts'
import { isSwap } from '../wallet/journal.ts'
import type { RoutstrDatabase } from './database.ts'

export function readSessionCosts(db: RoutstrDatabase, since: number): Promise<LifeCosts[]> {
  return db.transaction('r', db.sessions, db.attempts, db.incoming, db.operations, async () => {
    const sessions = (await db.sessions.where('createdAt').aboveOrEqual(since).toArray()).filter(({ creditedMsat }) => creditedMsat !== null)
    const fees = await changeFees(db, new Set(sessions.map(({ id }) => id)))
    return Promise.all(SESSION_LIVES.map((life) => costsOf(db, life, sessions.filter((session) => session.life === life), fees)))
  })
}

/** See `SessionStore.spentSince`. */
export function readSpent(db: RoutstrDatabase, origin: SiteOrigin, since: number): Promise<{ readonly spentMsat: Msat; readonly outMsat: Msat }> {
  return db.transaction('r', db.sessions, db.incoming, db.operations, async () => {
    const sessions = (await db.sessions.where('createdAt').aboveOrEqual(since).toArray()).filter((session) => session.origin === origin)
    const fees = await changeFees(db, new Set(sessions.map(({ id }) => id)))
    const cancelled = new Set(sessions.flatMap(({ state, operationId }) => (state === 'cancelled' ? [operationId] : [])))
    const takenBack = cancelled.size === 0 ? [] : (await db.operations.filter((operation) => isSwap(operation) && operation.sendId !== null && cancelled.has(operation.sendId)).toArray()).filter(isSwap)
    let [spent, out] = [0, 0]
    for (const { id, state, faceMsat, refundedMsat, unexplainedMsat } of sessions) {
      if (state === 'closed') spent += faceMsat - (refundedMsat ?? 0) + (fees.get(id) ?? 0)
      else if (state === 'cancelled') spent += unexplainedMsat
      else out += faceMsat
    }
    for (const { inputAmount, outputAmount, unit } of takenBack.filter((swap) => swap.state === 'done')) spent += worthMsat(inputAmount - outputAmount, unit)
    return { spentMsat: costUp(spent), outMsat: msat(out) }
  })
}

async function costsOf(db: RoutstrDatabase, life: LifeCosts['life'], sessions: readonly Session[], fees: ReadonlyMap<string, number>): Promise<LifeCosts> {
  let [requests, charged, rounded, paid, parked] = [0, 0, 0, 0, 0]
  for (const session of sessions) {
    const attempts = await db.attempts.where('sessionId').equals(session.id).toArray()
    const credited = session.creditedMsat ?? 0
    requests += attempts.length
    charged += chargedMsat(attempts)
    rounded += session.forfeitedMsat
    paid += session.faceMsat - credited + (fees.get(session.id) ?? 0)
    parked += Math.max(0, credited - chargedMsat(attempts))
  }
  return {
    life,
    sessions: sessions.length,
    requests,
    chargedMsat: msat(charged),
    roundedMsat: msat(rounded),
    feesMsat: msat(Math.round(paid)),
    parkedMsat: msat(sessions.length === 0 ? 0 : Math.round(parked / sessions.length)),
  }
}

/** Session → its share of the fee for swapping the change, by amount: several tokens go into one swap. */
async function changeFees(db: RoutstrDatabase, ids: ReadonlySet<string>): Promise<Map<string, number>> {
  const tokens = await db.incoming.filter(({ sessionId, operationId }) => sessionId !== null && operationId !== null && ids.has(sessionId)).toArray()
  const swaps = new Map((await db.operations.bulkGet(tokens.map(({ operationId }) => operationId ?? ''))).map((swap) => [swap?.id, swap]))
  const fees = new Map<string, number>()
  for (const { sessionId, operationId, amount } of tokens) {
    const swap = swaps.get(operationId ?? '')
    if (sessionId === null || swap === undefined || !isSwap(swap) || swap.state !== 'done' || swap.inputAmount === 0) continue
    const share = (worthMsat(swap.inputAmount - swap.outputAmount, swap.unit) * amount) / swap.inputAmount
    fees.set(sessionId, (fees.get(sessionId) ?? 0) + share)
  }
  return fees
}
