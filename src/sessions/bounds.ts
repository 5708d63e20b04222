/** How much may be placed at a provider: float, what the grant of the site leaves, and how far the provider is trusted. */
import { fromSat, lessMsat, maxMsat, minMsat, type Msat, sumMsat } from '../domain/msat.ts'
import type { Attempt, Session } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { chargedMsat, freeMsat } from './balance.ts'
import type { Place } from './leasing.ts'
import type { MayFund, Standings } from './standing.ts'
import type { OpenSession, SessionStore } from './store.ts'

export interface BoundedRequest extends Place {
  readonly requiredMsat: Msat
  /** What the grant of the site reaches to, this request included. */
  readonly mostMsat: Msat
}

export function createBounds(world: { readonly store: SessionStore; readonly standings: Standings; readonly floatSat: () => number }) {
  const { store, standings } = world

  async function trustLeft(providerId: string): Promise<Msat | null> {
    const most = await standings.mostMsat(providerId)
    return most === null ? null : lessMsat(most, onDepositAt(providerId, await store.placed()))
  }

  /** In one look: whoever waits for a deposit waits for all before it. */
  async function leftMsat({ provider, origin, mostMsat }: BoundedRequest): Promise<Msat> {
    const [placed, most] = await Promise.all([store.placed(), standings.mostMsat(provider.id)])
    const floatLeft = lessMsat(fromSat(world.floatSat()), onDepositIn(placed))
    const bound = minMsat(floatLeft, lessMsat(mostMsat, freeOf(origin, placed)))
    return most === null ? bound : minMsat(bound, lessMsat(most, onDepositAt(provider.id, placed)))
  }

  return {
    leftIn: async (session: Session): Promise<Msat> => leftIn(session, await store.attemptsOf(session.id)),
    onDeposit: async (): Promise<Msat> => onDepositIn(await store.placed()),
    /**
     * @param waits a request waits for it: what the user has said yes to at this very provider (a question that names it) may be placed
     * there, whatever lies there already
     * @returns no, when nothing new goes to this provider, or not as much as the request needs (*small first*)
     */
    async mayPlace({ provider, requiredMsat }: BoundedRequest, { waits }: { readonly waits: boolean }): Promise<MayFund> {
      const [mayFund, { agreedMsat }, left] = await Promise.all([standings.mayFund(provider.id), standings.of(provider.id), trustLeft(provider.id)])
      if (!mayFund.ok || (waits && requiredMsat <= agreedMsat)) return mayFund
      return left === null || left >= requiredMsat ? mayFund : { ok: false, why: 'it has not proved itself yet, and the request needs more than a first deposit' }
    },
    leftMsat,
    /** Never less than the request itself needs. */
    mostMsat: async (request: BoundedRequest): Promise<Msat> => maxMsat(request.requiredMsat, await leftMsat(request)),
  }
}

function leftIn({ refundedMsat, creditedMsat, faceMsat }: Session, attempts: readonly Attempt[]): Msat {
  return refundedMsat ?? (creditedMsat === null ? faceMsat : lessMsat(creditedMsat, chargedMsat(attempts)))
}

function onDepositIn(placed: readonly OpenSession[]): Msat {
  return sumMsat(placed.map(({ session, attempts }) => leftIn(session, attempts)))
}

function onDepositAt(providerId: string, placed: readonly OpenSession[]): Msat {
  return onDepositIn(placed.filter(({ session }) => session.providerId === providerId))
}

/** Free balance of sessions that this site opened or uses: a charge can take all of it, and it would be this site's. */
function freeOf(origin: SiteOrigin, placed: readonly OpenSession[]): Msat {
  const used = placed.filter(({ session, attempts }) => session.origin === origin || (session.life === 'provider' && attempts.some((attempt) => attempt.origin === origin)))
  return sumMsat(used.map(({ session, attempts }) => freeMsat(session, attempts)))
}

export type Bounds = ReturnType<typeof createBounds>
