/** Which session serves a request, and the part of it that is set aside: check and take in one transaction of the store. */
import type { Msat } from '../domain/msat.ts'
import { ZERO_MSAT } from '../domain/msat.ts'
import type { Attempt, Session, SessionLife } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { freeMsat } from './balance.ts'
import type { OpenSession, PickPlace, SessionStore } from './store.ts'

/** Where sessions are alike: one of them is as good as another for this life. */
export interface Place {
  readonly origin: SiteOrigin
  readonly life: SessionLife
  readonly provider: { readonly id: string; readonly url: string; readonly name: string }
  /** Exact string both sides know. */
  readonly mint: string
}

/** A place for one request, and the attempt that has reserved its worst case. */
export interface Lease {
  /** Goes behind `Authorization: Bearer`: the account's key, or the token itself when this very request funds the account. */
  readonly bearer: string
  readonly attemptId: string
  readonly sessionId: string
  /** It was on its way there: an answer proves that it has arrived. */
  readonly isArriving: boolean
}

/** In the transaction of whoever asked. */
export interface FoundPlace {
  readonly lease: Lease
  take(): Promise<void>
}

export function placeKey({ origin, life, provider }: Place): string {
  return life === 'provider' ? provider.id : `${origin} ${provider.id}`
}

/** Does this session serve requests from there? Its state and its balance are another question. */
function serves(session: Session, place: Place): boolean {
  return (
    isFor(session, place.origin, place.life) &&
    session.providerId === place.provider.id &&
    session.providerUrl === place.provider.url &&
    // what an invoice has paid for is there, whichever of our mints paid
    (session.invoice !== undefined || session.mint === place.mint)
  )
}

export function isFor(session: Pick<Session, 'life' | 'origin'>, origin: SiteOrigin, life: SessionLife): boolean {
  return session.life === life && (life === 'provider' || session.origin === origin)
}

/**
 * The token is the account's password before and after it was redeemed (`routstr-node.md` §3.3): concurrent first uses are safe, and
 * credit it once. From then on the key, which does not make the node take its wallet lock (§3.1).
 */
export function leaseOf(session: Session, attempt: Attempt): Lease {
  return { bearer: session.state === 'prepared' ? (session.token ?? session.key) : session.key, attemptId: attempt.id, sessionId: session.id, isArriving: session.state === 'prepared' }
}

export interface LeaseRequest extends Place {
  readonly requestId: string
  readonly requiredMsat: Msat
}

export function createLeasing(world: { readonly store: SessionStore; readonly now: () => number; readonly randomId: () => string }) {
  const { store } = world

  function attemptIn(sessionId: string, request: LeaseRequest): Attempt {
    return {
      id: world.randomId(),
      requestId: request.requestId,
      sessionId,
      origin: request.origin,
      state: 'open',
      requiredMsat: request.requiredMsat,
      chargedMsat: ZERO_MSAT,
      at: world.now(),
    }
  }

  async function usable(place: Place): Promise<{ session: Session; free: Msat }[]> {
    return inOrder(await store.openSessions((session) => serves(session, place)))
  }

  const pickFor = (request: LeaseRequest): PickPlace => ({
    serves: (session) => serves(session, request),
    pick(places) {
      const found = inOrder(places).find(({ free }) => free >= request.requiredMsat)
      return found === undefined ? null : attemptIn(found.session.id, request)
    },
  })

  return {
    attemptIn,
    usable,
    async lease(request: LeaseRequest): Promise<Lease | null> {
      const taken = await store.takePlace(pickFor(request))
      return taken === null ? null : leaseOf(taken.session, taken.attempt)
    },
    async findPlace(request: LeaseRequest): Promise<FoundPlace | null> {
      const found = await store.findPlace(pickFor(request))
      return found === null ? null : { lease: leaseOf(found.session, found.attempt), take: found.take }
    },
  }
}

/** Those with the least left first: what is nearly used up is used up. */
function inOrder(places: readonly OpenSession[]): { session: Session; free: Msat }[] {
  const found = places.map(({ session, attempts }) => {
    // a deposit that no request of this worker carries is repaired first: its notes may be on their way back
    const isAdrift = session.state === 'prepared' && !attempts.some(({ state }) => state === 'open')
    return { session, free: isAdrift ? ZERO_MSAT : freeMsat(session, attempts) }
  })
  return found.filter(({ free }) => free > 0).sort((a, b) => Number(a.session.state === 'prepared') - Number(b.session.state === 'prepared') || a.free - b.free)
}

export type Leasing = ReturnType<typeof createLeasing>
