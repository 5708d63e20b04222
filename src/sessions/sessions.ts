/** Money placed at providers: get a place for a request, give it back, bring everything home. */
import { inBackground } from '../domain/in-background.ts'
import { addMsat, lessMsat, maxMsat, type Msat, msat, ZERO_MSAT } from '../domain/msat.ts'
import type { Attempt, Session } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'
import type { AccountApi } from '../protocol/account.ts'
import { createExclusive } from '../wallet/exclusive.ts'
import type { Wallet } from '../wallet/wallet.ts'
import { chargedMsat, freeMsat } from './balance.ts'
import { createFunding, type FundingRequest } from './funding.ts'
import { createSettling } from './settling.ts'
import type { SessionStore } from './store.ts'

export type AcquireRequest = Omit<FundingRequest, 'waiting' | 'floatLeft'> & { readonly requestId: string }

/** A place for one request: the account's key, and the attempt that has reserved its worst case. */
export interface Lease {
  readonly key: string
  readonly attemptId: string
  readonly sessionId: string
}

export type Acquired =
  | { readonly kind: 'leased'; readonly lease: Lease }
  /** This provider did not take our money; it is coming back by itself. */
  | { readonly kind: 'refused'; readonly why: string }

export interface Sessions {
  /** @throws RoutstrError `insufficient_balance`, `mint_unreachable`: nothing was paid */
  acquire(request: AcquireRequest): Promise<Acquired>
  /** The request is over. `chargedMsat` null: its cost was not seen, the account is read as soon as nothing runs there. */
  release(lease: Lease, charged: Msat | null): Promise<void>
  /** What a request has cost so far, what it may still cost, and whether anything is open. */
  costOf(requestId: string): Promise<{ readonly attempts: number; readonly chargedMsat: Msat; readonly unknownMsat: Msat }>
  /** Free balance of this site's open session at a provider. */
  freeAt(origin: SiteOrigin): Promise<ReadonlyMap<string, Msat>>
  /** Everything that is or may be at providers. */
  onDeposit(): Promise<Msat>
  /** Everything not closed, with what is left of it. */
  list(): Promise<readonly { readonly session: Session; readonly leftMsat: Msat }[]>
  /** Settles all sessions without running requests. Counts what came back and what is still out. */
  bringHome(): Promise<{ readonly returnedMsat: Msat; readonly open: number }>
  /** Settles idle sessions and goes on with everything unfinished whose time has come. */
  tick(): Promise<void>
  /** On start, before anything else: attempts of the dead worker end. */
  recover(): Promise<void>
  hasUnfinished(): Promise<boolean>
}

export function createSessions(world: {
  readonly store: SessionStore
  readonly wallet: Wallet
  readonly accounts: AccountApi
  readonly now: () => number
  readonly randomId: () => string
  readonly settings: () => { readonly sessionIdleMs: number; readonly floatSat: number }
  readonly onAttemptsSettled: (requestIds: readonly string[]) => Promise<void>
  readonly onChange: () => void
}): Sessions {
  const { store, now } = world
  const fund = createFunding(world)
  const settling = createSettling(world)
  const oneAtATime = createExclusive()
  const waiting = new Map<string, number>()

  async function lease(request: AcquireRequest): Promise<Lease | null> {
    const open = (await store.sessionsOf(request.origin, request.provider.id)).filter(
      (session) => session.state === 'open' && session.mint === request.mint && session.providerUrl === request.provider.url,
    )
    for (const session of open) {
      const attempt: Attempt = {
        id: world.randomId(),
        requestId: request.requestId,
        sessionId: session.id,
        state: 'open',
        requiredMsat: request.requiredMsat,
        chargedMsat: ZERO_MSAT,
        at: now(),
      }
      if (await store.beginAttempt(attempt)) return { key: session.key, attemptId: attempt.id, sessionId: session.id }
    }
    return null
  }

  async function acquire(request: AcquireRequest): Promise<Acquired> {
    const warm = await lease(request)
    if (warm !== null) return { kind: 'leased', lease: warm }
    const place = `${request.origin} ${request.provider.id}`
    waiting.set(place, (waiting.get(place) ?? 0) + 1)
    try {
      return await oneAtATime(place, async () => {
        for (let round = 0; round < 3; round++) {
          const found = await lease(request)
          if (found !== null) return { kind: 'leased', lease: found }
          // what already lies at providers for this site is at risk too: a charge can take all of it
          const mostMsat = maxMsat(request.requiredMsat, lessMsat(request.mostMsat, await freeOf(request.origin)))
          const outcome = await fund({
            ...request,
            mostMsat,
            waiting: waiting.get(place) ?? 1,
            floatLeft: async () => lessMsat(msat(world.settings().floatSat * 1000), await onDeposit()),
          })
          world.onChange()
          if (outcome.kind === 'refused') {
            inBackground(advance(outcome.sessionId))
            return { kind: 'refused', why: outcome.why }
          }
        }
        return { kind: 'refused', why: 'it credited less than was paid' }
      })
    } finally {
      waiting.set(place, (waiting.get(place) ?? 1) - 1)
    }
  }

  function advance(sessionId: string): Promise<void> {
    return oneAtATime(`session ${sessionId}`, async () => {
      const session = await store.session(sessionId)
      if (session !== undefined) await settling.advance(session)
      world.onChange()
    })
  }

  /** From wherever it is to closed, as far as the others let us. */
  async function settle(sessionId: string): Promise<void> {
    await store.settle(sessionId, now())
    for (let step = 0; step < 3; step++) {
      const before = await store.session(sessionId)
      await advance(sessionId)
      const after = await store.session(sessionId)
      if (after === undefined || after.state === before?.state) break
      if (after.state === 'open') await store.settle(sessionId, now())
    }
  }

  async function isInUse(sessionId: string): Promise<boolean> {
    return (await store.attemptsOf(sessionId)).some((attempt) => attempt.state === 'open')
  }

  async function freeOf(origin: SiteOrigin): Promise<Msat> {
    const sessions = (await store.sessions(['open'])).filter((session) => session.origin === origin)
    return addMsat(...(await Promise.all(sessions.map(async (session) => freeMsat(session, await store.attemptsOf(session.id))))))
  }

  async function leftIn(session: Session): Promise<Msat> {
    if (session.refundedMsat !== null || session.creditedMsat === null) return session.refundedMsat ?? session.faceMsat
    return lessMsat(session.creditedMsat, chargedMsat(await store.attemptsOf(session.id)))
  }

  async function onDeposit(): Promise<Msat> {
    let total = ZERO_MSAT
    for (const session of await store.sessions(['prepared', 'open', 'settling'])) {
      total = addMsat(total, await leftIn(session))
    }
    return total
  }

  return {
    acquire,
    async release({ attemptId, sessionId }, charged) {
      if (!(await store.endAttempt(attemptId, charged))) return
      await store.update(sessionId, ['open'], { lastUsedAt: now() })
      world.onChange()
    },
    async costOf(requestId) {
      const attempts = await store.attemptsOfRequest(requestId)
      const unsettled = attempts.filter((attempt) => attempt.state !== 'settled')
      return { attempts: attempts.length, chargedMsat: chargedMsat(attempts), unknownMsat: addMsat(...unsettled.map((attempt) => attempt.requiredMsat)) }
    },
    async freeAt(origin) {
      const free = new Map<string, Msat>()
      for (const session of (await store.sessions(['open'])).filter((row) => row.origin === origin)) {
        const here = freeMsat(session, await store.attemptsOf(session.id))
        if (here > (free.get(session.providerId) ?? 0)) free.set(session.providerId, here)
      }
      return free
    },
    onDeposit,
    async list() {
      const sessions = await store.sessions(['prepared', 'open', 'settling', 'refunded', 'lost'])
      return Promise.all(sessions.map(async (session) => ({ session, leftMsat: await leftIn(session) })))
    },
    async bringHome() {
      for (const session of await store.sessions(['lost'])) await settling.revive(session)
      const mine = await store.sessions(['prepared', 'open', 'settling', 'refunded'])
      await Promise.all(mine.map(async (session) => ((await isInUse(session.id)) ? undefined : settle(session.id))))
      const after = await Promise.all(mine.map((session) => store.session(session.id)))
      const closed = after.filter((session) => session !== undefined).filter((session) => session.state === 'closed' || session.state === 'cancelled')
      const returned = closed.reduce(
        (sum, session) => sum + (session.state === 'closed' ? (session.refundedMsat ?? 0) : session.faceMsat - session.unexplainedMsat),
        0,
      )
      return { returnedMsat: msat(returned), open: mine.length - closed.length }
    },
    async tick() {
      for (const session of await store.sessions(['prepared', 'open', 'settling', 'refunded'])) {
        if (await isInUse(session.id)) continue
        if (session.state !== 'open') {
          if (session.nextTryAt <= now() || session.nextTryAt > now() + 600_000) await settle(session.id)
          continue
        }
        if (session.lastUsedAt > now() + 60_000 || session.lastUsedAt + world.settings().sessionIdleMs <= now()) await settle(session.id)
        else await oneAtATime(`session ${session.id}`, () => settling.reconcile(session)).catch(() => false)
      }
    },
    async recover() {
      const open = await store.openAttempts()
      await store.saveAttempts(open.map((attempt) => ({ ...attempt, state: 'ended' })))
    },
    async hasUnfinished() {
      return (await store.sessions(['prepared', 'open', 'settling', 'refunded'])).length > 0
    },
  }
}
