/** Which requests will probably come next: the models of the last requests, at the providers the plan would name now. */
import { costUp, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { Receipt } from '../domain/receipt.ts'
import { PROBES } from '../domain/site.ts'
import { createChoosing } from '../engine/choosing.ts'
import type { EngineWorld } from '../engine/world.ts'
import { parseInferenceRequest } from '../protocol/request-body.ts'
import type { Likely } from '../sessions/pool.ts'
import type { SessionStore } from '../sessions/store.ts'

/** Conversations that are looked at, and providers for each: the one that will be asked, and the next if it fails. */
const CONVERSATIONS = 3
const PROVIDERS = 2
const RECEIPTS = 30
const CHARACTERS_PER_TOKEN = 3
const MOST_CHARACTERS = 200_000

type LikelyWorld = Pick<EngineWorld, 'registry' | 'sessions' | 'standings' | 'wallet' | 'random' | 'permissions' | 'settings' | 'sellers' | 'running' | 'store' | 'now'> & {
  readonly attempts: Pick<SessionStore, 'attemptsOfRequest' | 'session'>
}

export function createLikelyNext(world: LikelyWorld): (since: number) => Promise<readonly Likely[]> {
  const { look, choose } = createChoosing(world)

  return async (since) => {
    const recent = (await world.store.receipts(null, RECEIPTS)).filter(({ origin, finishedAt, state }) => origin !== PROBES && finishedAt >= since && state === 'completed')
    const conversations = [...Map.groupBy(recent, ({ origin, modelAsked }) => `${origin} ${modelAsked}`).values()].slice(0, CONVERSATIONS)
    return (await Promise.all(conversations.map(likelyOf))).flat()
  }

  async function likelyOf(receipts: readonly Receipt[]): Promise<Likely[]> {
    const [latest] = receipts
    const budget = latest === undefined ? null : await world.permissions.budget(latest.origin, world.now())
    if (latest === undefined || budget === null || budget.remainingMsat === 0) return []
    const { origin } = latest
    const seen = await look(origin)
    const { plan, priced } = choose(seen, { id: '', headers: [] }, { parsed: requestLike(latest), maxTokens: null })
    const most = await largest(receipts)
    // what the node really wanted there, in proportion elsewhere
    const here = priced.find(({ offer }) => offer.providerId === most?.providerId)
    const scale = most === null || here === undefined || here.requiredMsat === 0 ? 1 : most.requiredMsat / here.requiredMsat
    const life = seen.rule?.sessionLife ?? world.settings().sessionLife
    // nothing is paid by invoice before somebody asks
    const byToken = plan.candidates.filter(({ invoiceFeeMsat }) => invoiceFeeMsat === undefined)
    return byToken.slice(0, PROVIDERS).map(({ offer, mint, requiredMsat }) => ({
      origin,
      life,
      provider: { id: offer.providerId, url: offer.providerUrl, name: offer.providerName },
      mint,
      requiredMsat: costUp(requiredMsat * scale),
      mostMsat: budget.remainingMsat,
    }))
  }

  function requestLike({ modelAsked, promptTokens }: Receipt): ReturnType<typeof parseInferenceRequest> {
    const content = 'x'.repeat(Math.min(MOST_CHARACTERS, (promptTokens ?? 1) * CHARACTERS_PER_TOKEN))
    const body = { model: modelAsked, max_tokens: world.settings().maxTokensCap ?? 4096, messages: [{ role: 'user', content }] }
    return parseInferenceRequest('/chat/completions', new TextEncoder().encode(JSON.stringify(body)))
  }

  /** What was set aside for the largest of them, and where. */
  async function largest(receipts: readonly Receipt[]): Promise<{ readonly providerId: string; readonly requiredMsat: Msat } | null> {
    let most: { providerId: string; requiredMsat: Msat } | null = null
    for (const { id } of receipts.slice(0, 5)) {
      for (const attempt of await world.attempts.attemptsOfRequest(id)) {
        const session = await world.attempts.session(attempt.sessionId)
        if (session === undefined || attempt.requiredMsat <= (most?.requiredMsat ?? ZERO_MSAT)) continue
        most = { providerId: session.providerId, requiredMsat: attempt.requiredMsat }
      }
    }
    return most
  }
}
