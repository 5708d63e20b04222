/** One signed event of Nostr (NIP-01), as strangers send it: sizes first, then shape and date, the slow signature last. */
import { verifyEvent } from 'nostr-tools/pure'
import * as v from 'valibot'
import { isRecord } from './foreign.ts'

export interface NostrEvent {
  readonly id: string
  readonly pubkey: string
  readonly sig: string
  readonly kind: number
  /** s */
  readonly created_at: number
  readonly tags: string[][]
  readonly content: string
}

const MAX_TAGS = 256
const MAX_CONTENT = 64 * 1024
/** One that is dated further ahead would stay the newest for ever. */
const MAX_FUTURE_SECONDS = 15 * 60

const hex = (length: number) => v.pipe(v.string(), v.length(length), v.regex(/^[0-9a-f]+$/))
const sized = v.custom<{ tags: readonly unknown[]; content: string }>(
  (event) =>
    isRecord(event) && Array.isArray(event.tags) && event.tags.length <= MAX_TAGS && typeof event.content === 'string' && event.content.length <= MAX_CONTENT,
)
const eventSchema = v.pipe(
  sized,
  v.object({
    id: hex(64),
    pubkey: hex(64),
    sig: hex(128),
    kind: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    created_at: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    tags: v.array(v.pipe(v.array(v.pipe(v.string(), v.maxLength(2048))), v.maxLength(32))),
    content: v.string(),
  }),
)

/** @returns null: no event, too large, or dated more than 15 minutes ahead. The signature is not looked at. */
export function parseEvent(value: unknown, nowSeconds: number): NostrEvent | null {
  const parsed = v.safeParse(eventSchema, value)
  return parsed.success && parsed.output.created_at <= nowSeconds + MAX_FUTURE_SECONDS ? parsed.output : null
}

/** Id and signature fit; a few milliseconds of computing. */
export function isGenuine(event: NostrEvent): boolean {
  // a fresh object: nostr-tools remembers its verdict on the one it saw
  const { id, pubkey, sig, kind, created_at, tags, content } = event
  return verifyEvent({ id, pubkey, sig, kind, created_at, tags, content })
}

/** Every value of the tags with this name, empty ones left out. */
export function tagValues(event: Pick<NostrEvent, 'tags'>, name: string): readonly string[] {
  return event.tags.flatMap((tag) => (tag[0] === name && tag[1] !== undefined && tag[1] !== '' ? [tag[1]] : []))
}
