/** A place for a request: in a session that serves it, or in a new one, whose token the request takes along itself. */
import { inBackground } from '../domain/in-background.ts'
import { type Msat, sumMsat } from '../domain/msat.ts'
import { createExclusive } from '../wallet/exclusive.ts'
import type { Bounds } from './bounds.ts'
import type { Funding } from './funding.ts'
import type { ByInvoice, InvoiceRequest } from './by-invoice.ts'
import { type Leasing, leaseOf, placeKey } from './leasing.ts'
import type { Acquired, AcquireRequest, SessionsWorld } from './sessions.ts'

/** More like the one that makes the deposit; those that wait beside it are counted by what each of them needs. */
const REQUESTS_AHEAD = 3

export function createAcquiring(
  world: SessionsWorld & { readonly bounds: Bounds; readonly leasing: Leasing; readonly funding: Funding; readonly byInvoice: ByInvoice; readonly advance: (sessionId: string) => Promise<void> },
): (request: AcquireRequest) => Promise<Acquired> {
  const { bounds, leasing, funding, byInvoice } = world
  const oneAtATime = createExclusive()
  const waiting = new Map<string, Set<AcquireRequest>>()

  return async (request) => {
    const warm = request.hasLooked ? null : await leasing.lease(request)
    if (warm !== null) return { kind: 'leased', lease: warm }
    const place = placeKey(request)
    const here = waiting.get(place) ?? new Set()
    waiting.set(place, here.add(request))
    try {
      return await oneAtATime(place, () => fundFor(request, here))
    } finally {
      here.delete(request)
      if (here.size === 0) waiting.delete(place)
    }
  }

  async function fundFor(request: AcquireRequest, here: ReadonlySet<AcquireRequest>): Promise<Acquired> {
    const othersMsat = (): Msat => sumMsat([...here].filter((other) => other !== request).map(({ requiredMsat }) => requiredMsat))
    for (let round = 0; round < 3; round++) {
      const found = await leasing.lease(request)
      if (found !== null) return { kind: 'leased', lease: found }
      const mayPlace = await bounds.mayPlace(request, { waits: true })
      if (!mayPlace.ok) return { kind: 'refused', why: mayPlace.why }
      if (request.reachFee !== undefined) return payInvoice({ ...request, reach: request.reachFee })
      const { session, attempt } = await funding.place({
        ...request,
        ...(request.life === 'request' ? { ahead: 0 } : { othersMsat, ahead: REQUESTS_AHEAD }),
        mostMsat: () => bounds.mostMsat(request),
        attempt: (sessionId) => leasing.attemptIn(sessionId, request),
      })
      world.onChange()
      if (attempt !== null) return { kind: 'leased', lease: leaseOf(session, attempt) }
      const outcome = await funding.credit(session, request.requiredMsat)
      world.onChange()
      if (outcome.kind === 'refused') {
        inBackground(world.advance(session.id))
        return { kind: 'refused', why: outcome.why }
      }
    }
    return { kind: 'refused', why: 'it credited less than was paid' }
  }

  async function payInvoice(request: InvoiceRequest): Promise<Acquired> {
    const paid = await byInvoice.place(request).finally(world.onChange)
    if (paid.kind === 'open') return { kind: 'leased', lease: leaseOf(paid.session, paid.attempt) }
    if (paid.begun) inBackground(world.advance(paid.sessionId))
    return paid
  }
}
