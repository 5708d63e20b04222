/** NIP-01: the shapes of events and filters, and whether one matches the other. */
import * as v from 'valibot'

const hex64 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

export const eventSchema = v.object({
  id: hex64,
  pubkey: hex64,
  created_at: v.pipe(v.number(), v.safeInteger()),
  kind: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
  tags: v.array(v.array(v.string())),
  content: v.string(),
  sig: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)),
})
export type RelayEvent = v.InferOutput<typeof eventSchema>

const fields = v.object({
  ids: v.optional(v.array(v.string())),
  authors: v.optional(v.array(v.string())),
  kinds: v.optional(v.array(v.number())),
  since: v.optional(v.number()),
  until: v.optional(v.number()),
  limit: v.optional(v.pipe(v.number(), v.minValue(0))),
})

export interface Filter extends v.InferOutput<typeof fields> {
  tags: Map<string, string[]>
}

/** Reads `#x` members into `tags`; returns undefined for what is no filter. */
export function parseFilter(value: unknown): Filter | undefined {
  const known = v.safeParse(fields, value)
  const all = v.safeParse(v.record(v.string(), v.unknown()), value)
  if (!known.success || !all.success) return undefined
  const tags = new Map<string, string[]>()
  for (const [name, wanted] of Object.entries(all.output)) {
    const list = v.safeParse(v.array(v.string()), wanted)
    if (/^#[a-zA-Z]$/.test(name) && list.success) tags.set(name.slice(1), list.output)
  }
  return { ...known.output, tags }
}

export function matches(filter: Filter, event: RelayEvent): boolean {
  if (filter.ids && !filter.ids.includes(event.id)) return false
  if (filter.authors && !filter.authors.includes(event.pubkey)) return false
  if (filter.kinds && !filter.kinds.includes(event.kind)) return false
  if (filter.since !== undefined && event.created_at < filter.since) return false
  if (filter.until !== undefined && event.created_at > filter.until) return false
  for (const [name, wanted] of filter.tags) {
    if (!event.tags.some((tag) => tag[0] === name && tag[1] !== undefined && wanted.includes(tag[1]))) return false
  }
  return true
}

const tagValue = (event: RelayEvent, name: string): string => event.tags.find((tag) => tag[0] === name)?.[1] ?? ''

/** The address under which only the newest event is kept; undefined for regular events. */
export function replacementAddress(event: RelayEvent): string | undefined {
  const { kind, pubkey } = event
  if (kind === 0 || kind === 3 || (kind >= 10_000 && kind < 20_000)) return `${kind}:${pubkey}:`
  if (kind >= 30_000 && kind < 40_000) return `${kind}:${pubkey}:${tagValue(event, 'd')}`
  return undefined
}

export const isEphemeral = (event: RelayEvent): boolean => event.kind >= 20_000 && event.kind < 30_000

/** NIP-40: past its `expiration` tag, unix seconds. */
export function isExpired(event: Pick<RelayEvent, 'tags'>): boolean {
  const expiration = event.tags.find((tag) => tag[0] === 'expiration')?.[1]
  return expiration !== undefined && /^\d+$/.test(expiration) && Number(expiration) * 1000 <= Date.now()
}
