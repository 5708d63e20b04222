/** Recommended models, from what is sold now and what this browser has seen of it. */
import { msat, type Msat } from '../domain/msat.ts'
import type { Offer } from '../domain/offer.ts'
import type { Recommendation, Task } from '../domain/task.ts'
import { chargeMsat } from '../protocol/price.ts'
import type { InferenceRequest } from '../protocol/request-body.ts'
import { recommend, USUAL } from '../routing/recommend.ts'
import type { EngineWorld } from './world.ts'

/** @param own whether what this browser has seen counts: a site without a grant learns what the market says, nothing of the user */
export type RecommendModels = (task: Task, own: boolean) => Promise<readonly Recommendation[]>

/** Lists are put together from thousands of offers: for so long the last one is good enough. */
const FRESH_MS = 5_000

export function createRecommending(world: Pick<EngineWorld, 'registry' | 'sellers' | 'now'>): RecommendModels {
  const made = new Map<string, { readonly at: number; readonly list: readonly Recommendation[] }>()

  return async (task, own) => {
    const key = `${task} ${own}`
    const before = made.get(key)
    if (before !== undefined && Math.abs(world.now() - before.at) < FRESH_MS) return before.list
    const knownOf = own ? await world.sellers.known() : null
    const models = world.registry.models().map(({ id, offers }) => {
      const known = knownOf?.(id)
      return { id, offers: offers.map((offer) => ({ offer, typicalMsat: typicalMsat(offer, task), known: known?.(offer) ?? null })) }
    })
    const list = recommend(task, models)
    made.set(key, { at: world.now(), list })
    return list
  }
}

/** A node with a rate of zero charges its whole required amount (`routstr-node.md` §6.1 item 4). */
function typicalMsat({ model: { price } }: Offer, task: Task): Msat {
  if (price === null) return msat(Number.MAX_SAFE_INTEGER)
  return chargeMsat(price, USUAL[task]) ?? msat(Math.ceil(price.maxCostSat * 1000))
}

/** Where nothing else tells: a prompt of this many tokens is a long document. */
const LONG_PROMPT_TOKENS = 24_000

/** What kind of request this is, by what it holds. */
export function taskOf(request: Pick<InferenceRequest, 'path' | 'summary' | 'promptTokens' | 'inputCharacters'>): Task {
  if (request.path === '/embeddings') return 'embedding'
  if (request.summary.images > 0) return 'vision'
  if (request.promptTokens + request.inputCharacters / 3 > LONG_PROMPT_TOKENS) return 'long_context'
  return request.summary.excerpt.includes('```') ? 'code' : 'chat'
}
