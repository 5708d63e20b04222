/** `GET /models`: OpenAI's list, from memory, with what we know under one `routstr` key. No question, no cost. */
import type { Registry } from '../registry/registry.ts'

export function modelList(registry: Registry): unknown {
  return { object: 'list', data: registry.models().map(({ id, offers }) => modelEntry(id, offers)) }
}

export function modelById(registry: Registry, id: string): unknown | null {
  const offers = registry.offersFor(id)
  return offers.length === 0 ? null : modelEntry(id, offers)
}

function modelEntry(id: string, offers: ReturnType<Registry['offersFor']>): unknown {
  const best = [...offers].sort((a, b) => (a.model.price?.completionSat ?? 0) - (b.model.price?.completionSat ?? 0))[0]
  return {
    id,
    object: 'model',
    created: 0,
    owned_by: best?.providerName ?? 'routstr',
    routstr: {
      name: best?.model.name ?? id,
      context_length: best?.model.contextLength ?? null,
      input_modalities: best?.model.inputModalities ?? [],
      output_modalities: best?.model.outputModalities ?? [],
      providers: offers.length,
      /** msat per token at the cheapest provider. */
      prompt_msat: (best?.model.price?.promptSat ?? 0) * 1000,
      completion_msat: (best?.model.price?.completionSat ?? 0) * 1000,
    },
  }
}
