/** Steps 4 and 5 over the planned providers: one after the other until one answers, within the grant. */
import { RoutstrError } from '../domain/errors.ts'
import type { AttemptOutcome, Receipt } from '../domain/receipt.ts'
import { nodeRequestIdOf } from '../protocol/node-call.ts'
import type { Candidate } from '../routing/plan.ts'
import type { createAsking } from './asking.ts'
import { deliver } from './delivery.ts'
import { createBroken } from './failure-domains.ts'
import { passedHeaders } from './headers.ts'
import { createHedge } from './hedge.ts'
import type { ReadyLeg } from './legs.ts'
import { createProviderTry, type Trying, type TryResult } from './provider-try.ts'
import { receiptOf } from './receipts.ts'
import type { Running } from './running.ts'
import type { EngineAnswer, EngineRequest, EngineWorld } from './world.ts'

const MOST_ATTEMPTS = 3

/** @throws RoutstrError `provider_unreachable`, `upstream_failed_after_payment` when nobody answered; those of the wallet */
export type TryInTurn = (request: EngineRequest, running: Running, legs: readonly ReadyLeg[], hold: Trying['hold']) => Promise<EngineAnswer>

export function createAttempts(world: EngineWorld, asking: ReturnType<typeof createAsking>): TryInTurn {
  const hedge = createHedge(world, createProviderTry(world, asking))

  return async function tryInTurn(request, running, legs, hold) {
    const tried: AttemptOutcome[] = []
    const broken = createBroken()
    let costsUnknown = false
    for (const [index, leg] of legs.entries()) {
      const { model } = leg.capped.parsed
      running.model = model
      running.market = leg.market
      running.insteadOf = index === 0 || leg.insteadOf === null ? leg.insteadOf : { model: leg.insteadOf.model, why: `no provider of ${legs[index - 1]?.capped.parsed.model} answered` }
      const before = tried.length
      const answer = await tryLeg(leg)
      if (answer !== null) return answer
      // whoever failed did so for this model, whichever answers in the end
      for (const [place, outcome] of tried.entries()) if (place >= before && legs.length > 1) tried[place] = { ...outcome, model }
    }
    const said = tried.map(({ providerName, outcome }) => `${providerName}: ${outcome}`).join('; ')
    const last = legs.at(-1)
    if (last !== undefined) await world.accounting.close(receiptOf({ running, parsed: last.capped.parsed, candidate: last.candidates[0], state: 'failed', attempts: tried, nodeRequestId: null, now: world.now() }))
    world.running.remove(request.id)
    throw costsUnknown
      ? new RoutstrError('upstream_failed_after_payment', `No provider answered (${said}). What was placed there is on its way back to the wallet.`)
      : new RoutstrError(
          'provider_unreachable',
          `No provider answered (${said || 'the budget does not reach for another provider'}). Nothing was spent; a deposit that was begun comes back by itself.`,
        )

    /** null: nobody answered for this model. */
    async function tryLeg(leg: ReadyLeg): Promise<EngineAnswer | null> {
      const { capped, candidates } = leg
      let left = candidates.filter((candidate) => !isToWait(candidate, tried))
      let begun = 0

      function next(): Candidate | null {
        const picked = begun < MOST_ATTEMPTS ? broken.pick(left) : undefined
        if (picked === undefined) return null
        begun++
        left = left.filter((candidate) => candidate !== picked)
        running.phase = 'paying'
        running.providerName = picked.offer.providerName
        world.running.changed()
        return picked
      }

      function noteFailure({ offer, mint }: Candidate, result: TryResult | null): void {
        if (result?.kind !== 'failed') return
        costsUnknown ||= !result.costKnown
        broken.note(result.blames, offer, mint)
        world.registry.noteFailure(offer.providerId, result.blames === 'host' ? null : offer.model.id, result.retryAfterMs)
      }

      for (let candidate = next(); candidate !== null; candidate = next()) {
        request.signal.throwIfAborted()
        for (const ended of await hedge.ask({ request, leg, running, tried, hold }, candidate, next)) {
          const { result } = ended
          noteFailure(ended.candidate, result)
          if (result?.kind === 'answered') {
            running.providerName = ended.candidate.offer.providerName
            return deliver({ world, request, capped, running, candidate: ended.candidate, tried }, result)
          }
          if (result?.kind === 'passed') {
            await world.accounting.close(receipt('failed', ended.candidate, nodeRequestIdOf(result.headers)))
            world.running.remove(request.id)
            return { status: result.status, headers: passedHeaders(result, ended.candidate, request.id, tried, running.insteadOf), body: new Blob([result.text]).stream() }
          }
        }
      }
      return null

      function receipt(state: Receipt['state'], candidate: Candidate | undefined, nodeRequestId: string | null): Receipt {
        return receiptOf({ running, parsed: capped.parsed, candidate, state, attempts: tried, nodeRequestId, now: world.now() })
      }
    }
  }

  /** It has said when it may be asked again (`Retry-After`): not before. */
  function isToWait({ offer }: Candidate, tried: AttemptOutcome[]): boolean {
    const ms = world.registry.waitMs(offer.providerId, offer.model.id)
    if (ms === 0) return false
    tried.push({ providerName: offer.providerName, providerUrl: offer.providerUrl, outcome: `asked not to be asked for another ${Math.ceil(ms / 1000)} s` })
    return true
  }
}
