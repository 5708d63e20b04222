/** What a node says about itself and sells: `/v1/info` and `/v1/models` (`routstr-node.md` §2.3, §2.4). */
import * as v from 'valibot'
import type { Model, PriceSheet } from '../domain/offer.ts'
import { cleanText, isRecord, itemsOf, parseJson } from './foreign.ts'
import { aliasesOf } from './model-names.ts'

export { acceptedNames, nameRelation, type NameRelation, plainName, resolveModel, sameModel, withoutDate } from './model-names.ts'

export const MAX_INFO_CHARACTERS = 256 * 1024
export const MAX_MODELS_CHARACTERS = 8 * 1024 * 1024
const MAX_MODELS = 5_000
/** The primary mint of a node that lists none (settings.py:238). */
const UNLISTED_PRIMARY_MINT = 'https://mint.minibits.cash/Bitcoin'

export interface NodeInfo {
  readonly name: string
  readonly about: string
  readonly version: string
  /** `npub1…`; null when the node has no key. Compare with the announcement's pubkey by `npubToHex`. */
  readonly npub: string | null
  /** Exact strings, the first is the primary; an empty list on the wire becomes the silent default. */
  readonly mints: readonly string[]
}

const text = (max: number) => v.pipe(v.string(), v.maxLength(max))
const shortText = (max: number) =>
  v.fallback(
    v.pipe(
      v.string(),
      v.transform((value) => cleanText(value, max)),
    ),
    '',
  )

const infoSchema = v.object({
  name: shortText(80),
  description: shortText(500),
  version: shortText(64),
  npub: v.fallback(v.nullable(v.pipe(text(100), v.startsWith('npub1'))), null),
  mints: v.pipe(v.array(v.unknown()), v.maxLength(256)),
})

/** @returns null when this is no node's `/v1/info`: not JSON, too long, or without a list of mints */
export function parseNodeInfo(body: string): NodeInfo | null {
  const parsed = v.safeParse(infoSchema, parseJson(body, MAX_INFO_CHARACTERS))
  if (!parsed.success) return null
  const { name, description, version, npub, mints } = parsed.output
  const listed = mints.filter((mint) => typeof mint === 'string' && mint.length <= 512 && URL.canParse(mint))
  return { name, about: description, version, npub, mints: mints.length === 0 ? [UNLISTED_PRIMARY_MINT] : v.parse(v.array(v.string()), listed) }
}

// sats per token; anything beyond these bounds is not a price but an accident or an attack
const rate = v.pipe(v.number(), v.minValue(0), v.maxValue(1e6))
const bound = v.pipe(v.number(), v.minValue(0), v.maxValue(1e10))
const priceSchema = v.object({
  prompt: rate,
  completion: rate,
  max_prompt_cost: v.optional(bound, 0),
  max_completion_cost: v.optional(bound, 0),
  max_cost: bound,
})

// USD per token; only for the rate between the two
const dollars = v.fallback(v.nullable(v.object({ prompt: v.fallback(rate, 0), completion: v.fallback(rate, 0) })), null)

const tokens = v.fallback(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))), null)
const name = v.fallback(v.nullable(text(256)), null)
const modalities = v.fallback(v.pipe(v.array(text(32)), v.maxLength(16)), [])

/** Kinds that tell nothing about who stands behind them. */
const NO_UPSTREAM: ReadonlySet<string> = new Set(['', 'generic', 'custom', 'ollama', 'routstr'])

const modelSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(256), v.regex(/^\P{Cc}+$/u)),
  name: shortText(120),
  description: shortText(1000),
  context_length: tokens,
  architecture: v.fallback(v.object({ input_modalities: modalities, output_modalities: modalities }), { input_modalities: [], output_modalities: [] }),
  pricing: dollars,
  sats_pricing: v.fallback(v.nullable(priceSchema), null),
  top_provider: v.fallback(v.nullable(v.object({ context_length: tokens, max_completion_tokens: tokens })), null),
  supported_parameters: v.fallback(v.pipe(v.array(text(64)), v.maxLength(64)), []),
  enabled: v.fallback(v.boolean(), true),
  canonical_slug: name,
  forwarded_model_id: name,
  alias_ids: v.fallback(v.pipe(v.array(text(256)), v.maxLength(64)), []),
  upstream_provider_id: v.fallback(v.nullable(v.pipe(text(64), v.toLowerCase())), null),
})

/**
 * The models of `/v1/models`. A bad entry is left out, never the whole list; disabled ones and ones without a usable
 * price stay, with `price: null`. An id listed twice counts once, the first time.
 * @returns an empty list when the text is no catalogue at all
 */
export function parseModels(body: string): Model[] {
  const envelope = parseJson(body, MAX_MODELS_CHARACTERS)
  const models = new Map<string, Model>()
  for (const entry of itemsOf(isRecord(envelope) ? envelope.data : null).slice(0, MAX_MODELS)) {
    const parsed = v.safeParse(modelSchema, entry)
    if (parsed.success && !models.has(parsed.output.id)) models.set(parsed.output.id, toModel(parsed.output))
  }
  return [...models.values()]
}

function toModel(entry: v.InferOutput<typeof modelSchema>): Model {
  const others = [entry.canonical_slug, entry.forwarded_model_id, ...entry.alias_ids].filter((alias) => alias !== null)
  const top = entry.top_provider
  const satPerUsd = rateOf(entry)
  const upstream = entry.upstream_provider_id
  return {
    id: entry.id,
    name: entry.name === '' ? entry.id : entry.name,
    description: entry.description,
    aliases: aliasesOf(entry.id, others),
    contextLength: entry.context_length,
    topProvider: top === null ? null : { contextLength: top.context_length, maxCompletionTokens: top.max_completion_tokens },
    inputModalities: entry.architecture.input_modalities,
    outputModalities: entry.architecture.output_modalities,
    price: entry.enabled && entry.sats_pricing !== null ? toPrice(entry.sats_pricing) : null,
    ...(entry.supported_parameters.length === 0 ? {} : { parameters: entry.supported_parameters }),
    ...(satPerUsd === null ? {} : { satPerUsd }),
    ...(upstream === null || NO_UPSTREAM.has(upstream) ? {} : { upstream }),
  }
}

/** Both sheets carry the same fees (`routstr-node.md` §2.4), so their ratio is the price of bitcoin at that node. */
function rateOf({ pricing, sats_pricing: sats }: v.InferOutput<typeof modelSchema>): number | null {
  if (pricing === null || sats === null) return null
  const ratio = pricing.completion > 0 ? sats.completion / pricing.completion : sats.prompt / pricing.prompt
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null
}

function toPrice(price: v.InferOutput<typeof priceSchema>): PriceSheet {
  return {
    promptSat: price.prompt,
    completionSat: price.completion,
    maxPromptSat: price.max_prompt_cost,
    maxCompletionSat: price.max_completion_cost,
    maxCostSat: price.max_cost,
  }
}
