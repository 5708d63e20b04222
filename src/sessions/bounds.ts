/** How much may be placed at a provider: float, what the grant of the site leaves, and how far the provider is trusted. */
import { addMsat, fromSat, lessMsat, maxMsat, minMsat, type Msat } from '../domain/msat.ts'
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

  /** The standing and the money in one look: whoever waits for a deposit waits for all before it. */
  async function look(providerId: string): Promise<{ readonly placed: readonly OpenSession[]; readonly trustLeft: Msat | null }> {
    const [placed, most] = await Promise.all([store.placed(), standings.mostMsat(providerId)])
    return { placed, trustLeft: most === null ? null : lessMsat(most, onDepositIn(placed.filter(({ session }) => session.providerId === providerId))) }
  }

  async function leftMsat({ provider, origin, mostMsat }: BoundedRequest): Promise<Msat> {
    const { placed, trustLeft } = await look(provider.id)
    const floatLeft = lessMsat(fromSat(world.floatSat()), onDepositIn(placed))
    const bound = minMsat(floatLeft, lessMsat(mostMsat, freeOf(origin, placed)))
    return trustLeft === null ? bound : minMsat(bound, trustLeft)
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
      const [mayFund, { agreedMsat }, { trustLeft }] = await Promise.all([standings.mayFund(provider.id), standings.of(provider.id), look(provider.id)])
      if (!mayFund.ok || (waits && requiredMsat <= agreedMsat)) return mayFund
      return trustLeft === null || trustLeft >= requiredMsat ? mayFund : { ok: false, why: 'it has not proved itself yet, and the request needs more than a first deposit' }
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
  return addMsat(...placed.map(({ session, attempts }) => leftIn(session, attempts)))
}

/** Free balance of sessions that this site opened or uses: a charge can take all of it, and it would be this site's. */
function freeOf(origin: SiteOrigin, placed: readonly OpenSession[]): Msat {
  const used = placed.filter(({ session, attempts }) => session.origin === origin || (session.life === 'provider' && attempts.some((attempt) => attempt.origin === origin)))
  return addMsat(...used.map(({ session, attempts }) => freeMsat(session, attempts)))
}

export type Bounds = ReturnType<typeof createBounds>
