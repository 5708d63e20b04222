/**
 * Kind 38426: which name of a model is which, collected by hand by the people of Routstr (one author, `d` = `model-id-mappings`,
 * content `{"mappings":{"name at a provider":"canonical name"}}`, single hop). For names that no rule of ours brings together.
 */
import * as v from 'valibot'
import { isRecord, parseJson } from './foreign.ts'
import { type NostrEvent, tagValues } from './nostr-event.ts'

export const MAPPING_KIND = 38426
export const MAPPING_D = 'model-id-mappings'
/** The key that signs Routstr's lists (`peers.md` §2). */
export const MAPPING_AUTHOR = '4ad6fa2d16e2a9b576c863b4cf7404a70d4dc320c0c447d10ad6ff58993eacc8'

const MAX_MAPPINGS = 10_000

/** As it is kept. */
export interface SavedMapping {
  readonly eventId: string
  /** s */
  readonly createdAt: number
  /** Name at a provider → canonical name, lower case. */
  readonly pairs: readonly (readonly [string, string])[]
}

/** Both ways; names in lower case. */
export interface ModelMapping {
  canonicalOf(name: string): string | undefined
  variantsOf(canonical: string): readonly string[]
}

export const NO_MAPPING: ModelMapping = { canonicalOf: () => undefined, variantsOf: () => [] }

const name = v.pipe(v.string(), v.trim(), v.toLowerCase(), v.minLength(1), v.maxLength(256))

/** @returns null: not that list, or one that leads in circles. The caller checks author and signature. */
export function readModelMapping(event: NostrEvent): SavedMapping | null {
  if (event.kind !== MAPPING_KIND || tagValues(event, 'd')[0] !== MAPPING_D) return null
  const content = parseJson(event.content, 64 * 1024)
  const listed = isRecord(content) && isRecord(content.mappings) ? Object.entries(content.mappings) : null
  if (listed === null || listed.length > MAX_MAPPINGS) return null
  const pairs = v.safeParse(v.array(v.tuple([name, name])), listed)
  if (!pairs.success) return null
  const variants = new Set(pairs.output.map(([variant]) => variant))
  const isChained = pairs.output.some(([variant, canonical]) => variant === canonical || variants.has(canonical))
  return isChained ? null : { eventId: event.id, createdAt: event.created_at, pairs: pairs.output }
}

export function modelMapping({ pairs }: Pick<SavedMapping, 'pairs'>): ModelMapping {
  const canonical = new Map(pairs)
  const variants = new Map<string, string[]>()
  for (const [variant, target] of pairs) variants.set(target, [...(variants.get(target) ?? []), variant])
  return { canonicalOf: (asked) => canonical.get(asked), variantsOf: (target) => variants.get(target) ?? [] }
}
