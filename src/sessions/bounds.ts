/** How much may be placed at a provider: float, what the grant of the site leaves, and how far the provider is trusted. */
import { addMsat, fromSat, lessMsat, maxMsat, minMsat, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { Session } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { chargedMsat, freeMsat } from './balance.ts'
import type { Place } from './leasing.ts'
import type { MayFund, Standings } from './standing.ts'
import type { SessionStore } from './store.ts'

export interface BoundedRequest extends Place {
  readonly requiredMsat: Msat
  /** What the grant of the site reaches to, this request included. */
  readonly mostMsat: Msat
}

export function createBounds(world: { readonly store: SessionStore; readonly standings: Standings; readonly floatSat: () => number }) {
  const { store, standings } = world

  async function leftIn(session: Session): Promise<Msat> {
    if (session.refundedMsat !== null || session.creditedMsat === null) return session.refundedMsat ?? session.faceMsat
    return lessMsat(session.creditedMsat, chargedMsat(await store.attemptsOf(session.id)))
  }

  async function onDeposit(isMeant: (session: Session) => boolean = () => true): Promise<Msat> {
    const sessions = (await store.sessions(['prepared', 'open', 'settling'])).filter(isMeant)
    return addMsat(...(await Promise.all(sessions.map(leftIn))))
  }

  /** Free balance of sessions that this site opened or uses: a charge can take all of it, and it would be this site's. */
  async function freeOf(origin: SiteOrigin): Promise<Msat> {
    let free = ZERO_MSAT
    const mayBe = (session: Session): boolean => session.origin === origin || session.life === 'provider'
    for (const { session, attempts } of await store.openSessions(mayBe)) {
      if (session.origin === origin || attempts.some((attempt) => attempt.origin === origin)) free = addMsat(free, freeMsat(session, attempts))
    }
    return free
  }

  async function trustLeft(providerId: string): Promise<Msat | null> {
    const most = await standings.mostMsat(providerId)
    return most === null ? null : lessMsat(most, await onDeposit((session) => session.providerId === providerId))
  }

  async function leftMsat(request: BoundedRequest): Promise<Msat> {
    const floatLeft = lessMsat(fromSat(world.floatSat()), await onDeposit())
    const grantLeft = lessMsat(request.mostMsat, await freeOf(request.origin))
    const trust = await trustLeft(request.provider.id)
    const bound = minMsat(floatLeft, grantLeft)
    return trust === null ? bound : minMsat(bound, trust)
  }

  return {
    leftIn,
    onDeposit,
    /**
     * @param waits a request waits for it: what the user has said yes to at this very provider (a question that names it) may be placed
     * there, whatever lies there already
     * @returns no, when nothing new goes to this provider, or not as much as the request needs (*small first*)
     */
    async mayPlace({ provider, requiredMsat }: BoundedRequest, { waits }: { readonly waits: boolean }): Promise<MayFund> {
      const mayFund = await standings.mayFund(provider.id)
      if (!mayFund.ok || (waits && requiredMsat <= (await standings.of(provider.id)).agreedMsat)) return mayFund
      const left = await trustLeft(provider.id)
      return left === null || left >= requiredMsat ? mayFund : { ok: false, why: 'it has not proved itself yet, and the request needs more than a first deposit' }
    },
    leftMsat,
    /** Never less than the request itself needs. */
    mostMsat: async (request: BoundedRequest): Promise<Msat> => maxMsat(request.requiredMsat, await leftMsat(request)),
  }
}

export type Bounds = ReturnType<typeof createBounds>
