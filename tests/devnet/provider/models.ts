/** The catalogue of a node: entries in the node's own shape (routstr-node.md §2.4), prices from USD or sats, aliases. */

export interface ModelSpec {
  /** full id at the upstream, e.g. `acme/owl-mini-2026-05-01`; the listed id is this without the part before the first `/` */
  upstreamId: string
  name: string
  description?: string
  created?: number
  contextLength: number
  maxCompletionTokens: number | null
  /** per token in sats (fee included), or per million tokens in USD (fee added by the node) */
  price: { promptSat: number; completionSat: number } | { promptUsdPerMillion: number; completionUsdPerMillion: number }
  aliasIds?: string[]
  canonicalSlug?: string
  forwardedModelId?: string
  inputModalities?: string[]
  /** what the upstream is asked for; `upstreamId` unless given */
  modelAtUpstream?: string
}

export interface PriceSheet {
  prompt: number
  completion: number
  request: number
  image: number
  web_search: number
  internal_reasoning: number
  input_cache_read: number
  input_cache_write: number
  max_prompt_cost: number
  max_completion_cost: number
  max_cost: number
}

export interface ModelEntry {
  id: string
  name: string
  created: number
  description: string
  context_length: number
  architecture: { modality: string; input_modalities: string[]; output_modalities: string[]; tokenizer: string; instruct_type: null }
  pricing: PriceSheet
  sats_pricing: PriceSheet | null
  per_request_limits: null
  top_provider: { context_length: number; max_completion_tokens: number | null; is_moderated: boolean }
  enabled: true
  upstream_provider_id: string
  canonical_slug: string | null
  alias_ids: string[] | null
  forwarded_model_id: string | null
}

export interface Model {
  spec: ModelSpec
  entry: ModelEntry
  /** what the answer calls itself; may differ from what was asked for */
  answersAs: string
}

export interface Catalogue {
  models(): Model[]
  /** by any alias, case-insensitively */
  resolve(name: string): Model | undefined
  setModels(specs: readonly ModelSpec[]): void
  setPrices(modelId: string, price: { promptSat: number; completionSat: number }): void
}

export const listedIdOf = (spec: ModelSpec): string => spec.forwardedModelId ?? withoutPrefix(spec.upstreamId)

const withoutPrefix = (id: string): string => id.slice(id.indexOf('/') + 1)
const withoutDate = (id: string): string => id.replace(/-\d{4}-\d{2}-\d{2}$/, '')

export function createCatalogue(specs: readonly ModelSpec[], money: { satUsd: number; providerFee: number }): Catalogue {
  let models = specs.map((spec) => createModel(spec, money))
  const resolve = (name: string): Model | undefined => {
    const asked = name.toLowerCase()
    return best(models, asked) ?? best(models, asked.replace(/-\d{8}$/, ''))
  }
  return {
    models: () => models,
    resolve,
    setModels(next) {
      models = next.map((spec) => createModel(spec, money))
    },
    setPrices(modelId, price) {
      const model = resolve(modelId)
      if (!model) throw new Error(`no model ${modelId}`)
      models = models.map((candidate) => (candidate === model ? createModel({ ...model.spec, price }, money) : candidate))
    },
  }
}

/** Strongest alias first, then the lower price (algorithm.py). */
function best(models: readonly Model[], asked: string): Model | undefined {
  const ranked = models.flatMap((model) => {
    const strength = aliasesOf(model.spec).findIndex((alias) => alias.toLowerCase() === asked)
    return strength < 0 ? [] : [{ model, strength }]
  })
  ranked.sort((one, other) => one.strength - other.strength || one.model.entry.pricing.completion - other.model.entry.pricing.completion)
  return ranked[0]?.model
}

function aliasesOf(spec: ModelSpec): string[] {
  const slug = spec.canonicalSlug
  return [
    listedIdOf(spec),
    spec.upstreamId,
    withoutPrefix(spec.upstreamId),
    withoutDate(withoutPrefix(spec.upstreamId)),
    withoutDate(spec.upstreamId),
    ...(slug === undefined ? [] : [slug, withoutPrefix(slug), withoutDate(withoutPrefix(slug))]),
    ...(spec.aliasIds ?? []),
  ]
}

function createModel(spec: ModelSpec, money: { satUsd: number; providerFee: number }): Model {
  const { pricing, satsPricing } = priceSheets(spec, money)
  const inputs = spec.inputModalities ?? ['text']
  return {
    spec,
    answersAs: spec.forwardedModelId ?? spec.upstreamId,
    entry: {
      id: listedIdOf(spec),
      name: spec.name,
      created: spec.created ?? 1_700_000_000,
      description: spec.description ?? spec.name,
      context_length: spec.contextLength,
      architecture: { modality: `${inputs.join('+')}->text`, input_modalities: inputs, output_modalities: ['text'], tokenizer: 'unknown', instruct_type: null },
      pricing,
      sats_pricing: satsPricing,
      per_request_limits: null,
      top_provider: { context_length: spec.contextLength, max_completion_tokens: spec.maxCompletionTokens, is_moderated: false },
      enabled: true,
      upstream_provider_id: 'generic',
      canonical_slug: spec.canonicalSlug ?? null,
      alias_ids: spec.aliasIds ?? null,
      forwarded_model_id: spec.forwardedModelId ?? null,
    },
  }
}

function priceSheets(spec: ModelSpec, { satUsd, providerFee }: { satUsd: number; providerFee: number }): { pricing: PriceSheet; satsPricing: PriceSheet } {
  if ('promptSat' in spec.price) {
    const satsPricing = sheet(spec.price.promptSat, spec.price.completionSat, spec)
    return { pricing: scaled(satsPricing, (value) => value * satUsd), satsPricing: withFloors(satsPricing) }
  }
  const prompt = (spec.price.promptUsdPerMillion / 1_000_000) * providerFee
  const completion = (spec.price.completionUsdPerMillion / 1_000_000) * providerFee
  const pricing = sheet(prompt, completion, spec)
  return { pricing, satsPricing: withFloors(scaled(pricing, (value) => value / satUsd)) }
}

/** The `max_cost` rule of §2.4: the dearest split of the context between prompt and answer. */
function sheet(prompt: number, completion: number, { contextLength, maxCompletionTokens }: ModelSpec): PriceSheet {
  const answer = maxCompletionTokens ?? contextLength
  const maxCost = answer < contextLength ? (contextLength - answer) * prompt + answer * completion : contextLength * Math.max(prompt, completion)
  return {
    prompt,
    completion,
    request: 0,
    image: 0,
    web_search: 0,
    internal_reasoning: 0,
    input_cache_read: 0,
    input_cache_write: 0,
    max_prompt_cost: contextLength * prompt,
    max_completion_cost: answer * completion,
    max_cost: maxCost,
  }
}

function scaled(prices: PriceSheet, change: (value: number) => number): PriceSheet {
  const made = { ...prices }
  for (const name of ['prompt', 'completion', 'max_prompt_cost', 'max_completion_cost', 'max_cost'] as const) made[name] = change(prices[name])
  return made
}

/** `request` and `max_cost` are at least MIN_REQUEST_MSAT (models.py:407-410). */
const withFloors = (prices: PriceSheet): PriceSheet => ({ ...prices, request: Math.max(prices.request, 0.001), max_cost: Math.max(prices.max_cost, 0.001) })
