/** Kind 38421: a provider announces itself on Nostr (RIP-02; `routstr-node.md` §8.1). */
import { decode } from 'nostr-tools/nip19'
import { verifyEvent } from 'nostr-tools/pure'
import * as v from 'valibot'
import { isSafeAddress, safeAddress, type AddressPolicy } from '../domain/network-address.ts'
import { cleanText, isRecord, parseJson } from './foreign.ts'

export const ANNOUNCEMENT_KIND = 38421

export interface Announcement {
  readonly id: string
  readonly pubkey: string
  /** The `d` tag: one key may run several nodes. */
  readonly d: string
  /** Only addresses we would talk to, without trailing slash, in the announced order; at least one. */
  readonly urls: readonly string[]
  readonly mints: readonly string[]
  readonly version: string
  readonly name: string
  readonly about: string
  /** s */
  readonly createdAt: number
}

const MAX_TAGS = 256
const MAX_CONTENT = 64 * 1024
const MAX_FUTURE_SECONDS = 15 * 60
const MAX_URLS = 8
const MAX_MINTS = 64

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
    kind: v.literal(ANNOUNCEMENT_KIND),
    created_at: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    tags: v.array(v.pipe(v.array(v.pipe(v.string(), v.maxLength(2048))), v.maxLength(32))),
    content: v.string(),
  }),
)
const contentSchema = v.fallback(v.object({ name: v.fallback(v.string(), ''), about: v.fallback(v.string(), '') }), { name: '', about: '' })

/**
 * The announcement inside an event, or null: not kind 38421, no `d`, no address we would talk to, more than 15 minutes in
 * the future, too large, or id and signature that do not fit.
 * @param isKnown told the provider before the (slow) signature check; true: skipped, null is returned
 */
export function parseAnnouncement(
  event: unknown,
  nowSeconds: number,
  policy: AddressPolicy,
  isKnown: (found: { readonly pubkey: string; readonly d: string; readonly createdAt: number }) => boolean = () => false,
): Announcement | null {
  const parsed = v.safeParse(eventSchema, event)
  if (!parsed.success) return null
  const { id, pubkey, created_at: createdAt, tags, content } = parsed.output
  const d = valuesOf(tags, 'd')[0] ?? ''
  const urls = [
    ...new Set(
      valuesOf(tags, 'u')
        .filter((url) => isSafeAddress(url, policy))
        .map((url) => safeAddress(url, policy)),
    ),
  ].slice(0, MAX_URLS)
  if (d === '' || d.length > 128 || urls.length === 0 || createdAt > nowSeconds + MAX_FUTURE_SECONDS) return null
  if (isKnown({ pubkey, d, createdAt })) return null
  // a fresh object: nostr-tools remembers its verdict on the one it saw
  if (!verifyEvent({ ...parsed.output })) return null
  const { name, about } = v.parse(contentSchema, parseJson(content, MAX_CONTENT))
  return {
    id,
    pubkey,
    d,
    urls,
    mints: valuesOf(tags, 'mint')
      .filter((mint) => mint.length <= 512)
      .slice(0, MAX_MINTS),
    version: cleanText(valuesOf(tags, 'version')[0] ?? '', 64),
    name: cleanText(name, 80),
    about: cleanText(about, 500),
    createdAt,
  }
}

/** Hex public key of an `npub1…`; null when it is none. */
export function npubToHex(npub: string): string | null {
  try {
    const decoded = decode(npub)
    return decoded.type === 'npub' ? decoded.data : null
  } catch {
    return null
  }
}

function valuesOf(tags: readonly (readonly string[])[], name: string): readonly string[] {
  return tags.flatMap((tag) => (tag[0] === name && tag[1] !== undefined && tag[1] !== '' ? [tag[1]] : []))
}
