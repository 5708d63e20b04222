/** `GET /models`: OpenAI's list, from memory, with what we know under one `routstr` key. No question, no cost, and the same for every site. */
import type { Offer } from '../domain/offer.ts'
import { TASKS, type Task } from '../domain/task.ts'
import type { Registry } from '../registry/registry.ts'
import { canDo } from '../routing/recommend.ts'
import type { RecommendModels } from './recommending.ts'

/** A model is recommended for a task while it is among so many. */
const RECOMMENDED = 3

export async function modelList(registry: Registry, recommend: RecommendModels): Promise<unknown> {
  const recommendedFor = await recommendations(recommend, false)
  return { object: 'list', data: registry.models().map(({ id, offers }) => modelEntry(id, offers, recommendedFor.get(id) ?? [])) }
}

export async function modelById(registry: Registry, id: string, recommend: RecommendModels): Promise<unknown | null> {
  const offers = registry.offersFor(id)
  return offers.length === 0 ? null : modelEntry(id, offers, (await recommendations(recommend, false)).get(id) ?? [])
}

/** Model → what it is among the best for. @param own whether what this browser has seen counts */
export async function recommendations(recommend: RecommendModels, own: boolean): Promise<ReadonlyMap<string, readonly Task[]>> {
  const tasks = new Map<string, readonly Task[]>()
  for (const task of TASKS) {
    for (const { model } of (await recommend(task, own)).slice(0, RECOMMENDED)) tasks.set(model, [...(tasks.get(model) ?? []), task])
  }
  return tasks
}

function modelEntry(id: string, offers: readonly Offer[], recommendedFor: readonly Task[]): unknown {
  const [best] = [...offers].sort((a, b) => (a.model.price?.completionSat ?? 0) - (b.model.price?.completionSat ?? 0))
  const models = offers.map(({ model }) => model)
  const longest = models.reduce<number | null>((most, { contextLength }) => (contextLength === null ? most : Math.max(most ?? 0, contextLength)), null)
  return {
    id,
    object: 'model',
    created: 0,
    owned_by: best?.providerName ?? 'routstr',
    routstr: {
      name: best?.model.name ?? id,
      description: best?.model.description ?? '',
      context_length: longest,
      max_completion_tokens: best?.model.topProvider?.maxCompletionTokens ?? null,
      input_modalities: union(models.map(({ inputModalities }) => inputModalities)),
      output_modalities: union(models.map(({ outputModalities }) => outputModalities)),
      /** Request fields somebody who sells it understands; empty: nobody says. */
      supported_parameters: union(models.map(({ parameters }) => parameters ?? [])),
      providers: offers.length,
      /** msat per token at the cheapest provider, and from the cheapest to the dearest. */
      prompt_msat: (best?.model.price?.promptSat ?? 0) * 1000,
      completion_msat: (best?.model.price?.completionSat ?? 0) * 1000,
      prompt_msat_range: range(models.map(({ price }) => price?.promptSat ?? 0)),
      completion_msat_range: range(models.map(({ price }) => price?.completionSat ?? 0)),
      /** Kinds of requests it can do, and those it is recommended for, by prices and abilities. */
      tasks: TASKS.filter((task) => models.some((model) => canDo(model, task))),
      recommended_for: recommendedFor,
    },
  }
}

function union(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())]
}

function range(sat: readonly number[]): readonly [number, number] {
  return [Math.min(...sat) * 1000, Math.max(...sat) * 1000]
}
