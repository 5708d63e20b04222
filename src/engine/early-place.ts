/**
 * Where money is at the provider already, the place of a request there and its receipt are written in the transaction that takes its
 * hold: one commit between a page and its provider instead of three, and no place without a hold. Not used, it is given back.
 */
import { inBackground } from '../domain/in-background.ts'
import { type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { Along } from '../permissions/store.ts'
import type { Candidate } from '../routing/plan.ts'
import type { Lease } from '../sessions/leasing.ts'
import type { ReadyLeg } from './legs.ts'
import { receiptOf } from './receipts.ts'
import type { Running } from './running.ts'
import { canPayByToken } from './token-attempt.ts'
import type { EngineWorld } from './world.ts'

export interface EarlyPlace {
  /** For the transaction of the hold; absent: this request needs more than a place. */
  readonly along: Along | undefined
  /** At most once, for this provider and amount; null: nothing was written for them. `lease` null: its receipt was, but no session has room. */
  take(candidate: Candidate, requiredMsat: Msat): { readonly lease: Lease | null } | null
  /** Nothing has left for it. */
  giveBack(): void
}

export function createEarlyPlace(world: EngineWorld, running: Running, leg: ReadyLeg, candidate: Candidate): EarlyPlace {
  const { offer, mint, requiredMsat } = candidate
  const { market, insteadOf } = leg
  const { parsed } = leg.capped
  const needsMore = leg.newcomers.has(offer.providerId) || candidate.invoiceFeeMsat !== undefined || (leg.rule?.xCashu === true && canPayByToken(parsed))
  let written: { readonly lease: Lease | null } | null = null

  async function along(): ReturnType<Along> {
    const life = leg.rule?.sessionLife ?? world.settings().sessionLife
    const provider = { id: offer.providerId, url: offer.providerUrl, name: offer.providerName }
    const receipt = receiptOf({ running: { ...running, market, insteadOf }, parsed, candidate, state: 'interrupted', attempts: [], nodeRequestId: null, now: world.now() })
    const place = await world.sessions.findPlace({ origin: running.origin, life, provider, mint, requestId: running.id, requiredMsat })
    return async () => {
      await Promise.all([place?.take(), world.store.saveReceipt(receipt)])
      written = { lease: place?.lease ?? null }
    }
  }

  return {
    along: needsMore ? undefined : along,
    take(wanted, wantedMsat) {
      const taken = wanted === candidate && wantedMsat === requiredMsat ? written : null
      if (taken !== null) written = null
      return taken
    },
    giveBack() {
      if (written !== null && written.lease !== null) inBackground(world.sessions.release(written.lease, ZERO_MSAT))
      written = null
    },
  }
}
