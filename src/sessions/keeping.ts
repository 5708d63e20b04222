/** Looking after the sessions that are there: what is over goes home, what is unfinished goes on, what ran in a dead worker ends. */
import { inBackground } from '../domain/in-background.ts'
import { msat, type Msat } from '../domain/msat.ts'
import type { Session, SessionState } from '../domain/session.ts'
import { createExclusive } from '../wallet/exclusive.ts'
import type { Lease } from './leasing.ts'
import type { SessionsWorld } from './sessions.ts'
import type { Settling } from './settling.ts'
import { isDue } from './x-cashu.ts'

/** Longer than the moment between the row of an attempt and its place among the running. */
const ABANDONED_AFTER_MS = 60_000
export const UNFINISHED: readonly SessionState[] = ['prepared', 'open', 'settling', 'refunded']

export function createKeeping(world: SessionsWorld & { readonly settling: Settling }) {
  const { store, settling, now } = world
  const oneAtATime = createExclusive()
  /** Attempts whose answer has begun. */
  const answered = new Set<string>()
  /** Attempts of requests that run in this worker. */
  const running = new Set<string>()

  function advance(sessionId: string): Promise<void> {
    return oneAtATime(sessionId, async () => {
      const session = await store.session(sessionId)
      if (session !== undefined) await settling.advance(session)
      world.onChange()
    })
  }

  /** From wherever it is to its change, or to closed, as far as the others let us; it may be opened under our hands by the request that funds it. */
  async function settle(sessionId: string, end: 'refunded' | 'closed' = 'closed'): Promise<void> {
    for (let step = 0; step < 4; step++) {
      await store.settle(sessionId, now())
      const before = await store.session(sessionId)
      if (before?.state === end) break
      await advance(sessionId)
      const after = await store.session(sessionId)
      if (after === undefined || (after.state === before?.state && after.state !== 'open')) break
    }
  }

  const isInUse = async (sessionId: string): Promise<boolean> => (await store.attemptsOf(sessionId)).some(({ state }) => state === 'open')

  /** Its change has come and lies on a mint that is not ours: what becomes of it is the user's to say (design §6). */
  async function waitsForUser({ id, state }: Session): Promise<boolean> {
    return state === 'refunded' && (await world.wallet.incomingOfSession(id))?.state === 'waiting'
  }

  /** After a request: one of its own goes home at once; one that it was to fund, and did not get an answer from, is looked after. */
  async function goOn(session: Session, wasAnswered: boolean): Promise<void> {
    if (session.state === 'prepared' && !wasAnswered && session.problem === null)
      await store.update(session.id, ['prepared'], { problem: 'the request that was to take it there got no answer', nextTryAt: now() })
    if (session.life === 'request') await settle(session.id)
    else if (session.state === 'prepared') await advance(session.id)
  }

  /** An end that could not be written (a full disk) is made up for: what it cost is read from the account. */
  async function endAbandoned(): Promise<void> {
    for (const { id, sessionId, at } of await store.openAttempts()) {
      if (running.has(id) || at + ABANDONED_AFTER_MS > now() || (await store.session(sessionId))?.isXCashu) continue
      await store.endAttempt(id, null)
    }
  }

  /** All change that has come is swapped at once: a mint takes its fee for each swap. */
  async function redeem(sessions: readonly Session[]): Promise<void> {
    if (sessions.length > 0) await world.wallet.redeemStored()
    await Promise.all(sessions.map(({ id }) => settle(id)))
  }

  const isDueNow = ({ nextTryAt }: Session): boolean => nextTryAt <= now() || nextTryAt > now() + 600_000

  async function lookAfter(session: Session): Promise<void> {
    if (await isInUse(session.id)) return
    if (session.state !== 'open') {
      if (isDueNow(session)) await settle(session.id, 'refunded')
      return
    }
    const isOver = session.life === 'request' && (await store.attemptsOf(session.id)).length > 0
    const isIdle = session.lastUsedAt > now() + 60_000 || session.lastUsedAt + world.settings().sessionIdleMs <= now()
    if (isOver || isIdle) await settle(session.id, 'refunded')
    else await oneAtATime(session.id, () => settling.reconcile(session)).catch(() => false)
  }

  return {
    advance,
    begun: (attemptId: string): void => void running.add(attemptId),
    ended: (attemptId: string): void => void running.delete(attemptId),
    answered({ attemptId, sessionId, isArriving }: Lease): void {
      answered.add(attemptId)
      if (isArriving) inBackground(store.session(sessionId).then((session) => (session?.state === 'prepared' ? advance(sessionId) : undefined)))
    },
    async release({ attemptId }: Lease, charged: Msat | null): Promise<void> {
      const wasAnswered = answered.delete(attemptId)
      running.delete(attemptId)
      const session = await store.endAttempt(attemptId, charged, now())
      if (session === null) return
      // what its provider kept is shared anew among those that have paid
      if (session.unexplainedMsat !== 0) await store.update(session.id, ['open', 'prepared'], {})
      inBackground(goOn(session, wasAnswered))
      world.onChange()
    },
    async bringHome(): Promise<{ readonly returnedMsat: Msat; readonly open: number }> {
      for (const session of await store.sessions(['lost'])) await settling.revive(session)
      const mine = await store.sessions(UNFINISHED)
      await Promise.all(mine.map(async (session) => ((await isInUse(session.id)) ? undefined : settle(session.id, 'refunded'))))
      await redeem(await store.sessions(['refunded']))
      const after = (await Promise.all(mine.map((session) => store.session(session.id)))).filter((session) => session !== undefined)
      const isHome = await Promise.all(after.map(async (session) => session.state === 'closed' || session.state === 'cancelled' || (await waitsForUser(session))))
      const home = after.filter((_, index) => isHome[index])
      const returned = home.reduce((sum, session) => sum + (session.state === 'cancelled' ? session.faceMsat - session.unexplainedMsat : (session.refundedMsat ?? 0)), 0)
      return { returnedMsat: msat(returned), open: mine.length - home.length }
    },
    async retry(sessionId: string): Promise<void> {
      const session = await store.session(sessionId)
      if (session === undefined || (await isInUse(sessionId))) return
      if (session.state === 'lost') await settling.revive(session)
      await settle(sessionId)
    },
    async tick(): Promise<void> {
      await endAbandoned()
      for (const session of await store.sessions(['lost'])) if (isDue(session, now())) await advance(session.id)
      for (const session of await store.sessions(UNFINISHED)) await lookAfter(session)
      await redeem((await store.sessions(['refunded'])).filter(isDueNow))
    },
    async recover(): Promise<void> {
      const open = await store.openAttempts()
      await store.saveAttempts(open.map((attempt) => ({ ...attempt, state: 'ended' })))
      // whether their tokens were taken is to be found out before they serve again
      for (const { id } of await store.sessions(['prepared']))
        await store.update(id, ['prepared'], { problem: 'the browser stopped while it was on its way', nextTryAt: now() })
    },
    /** What waits for the user needs nobody to be woken. */
    async hasUnfinished(): Promise<boolean> {
      for (const session of await store.sessions(UNFINISHED)) if (!(await waitsForUser(session))) return true
      return false
    },
  }
}
