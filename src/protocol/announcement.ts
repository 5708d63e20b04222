/** Kind 38421: a provider announces itself on Nostr (RIP-02; `routstr-node.md` §8.1), and takes it back (kind 5, NIP-09). */
import { decode, npubEncode } from 'nostr-tools/nip19'
import * as v from 'valibot'
import { isSafeAddress, safeAddress, type AddressPolicy } from '../domain/network-address.ts'
import { cleanText, parseJson } from './foreign.ts'
import { type NostrEvent, tagValues } from './nostr-event.ts'

export const ANNOUNCEMENT_KIND = 38421
export const DELETION_KIND = 5

export interface Announcement {
  readonly id: string
  readonly pubkey: string
  /** The `d` tag: one key may run several nodes. */
  readonly d: string
  /** Only addresses we would talk to, without trailing slash, in the announced order; none: it is in Tor only. */
  readonly urls: readonly string[]
  /** Its addresses in Tor: shown, not used by this browser. */
  readonly onions: readonly string[]
  readonly mints: readonly string[]
  readonly version: string
  readonly name: string
  readonly about: string
  /** s */
  readonly createdAt: number
}

const MAX_CONTENT = 64 * 1024
const MAX_URLS = 8
const MAX_MINTS = 64
const MAX_D = 128

const contentSchema = v.fallback(v.object({ name: v.fallback(v.string(), ''), about: v.fallback(v.string(), '') }), { name: '', about: '' })

/** `pubkey:d`: under which a provider is known; null when the event names none. */
export function providerIdOf(event: NostrEvent): string | null {
  const d = tagValues(event, 'd')[0] ?? ''
  return event.kind !== ANNOUNCEMENT_KIND || d === '' || d.length > MAX_D ? null : `${event.pubkey}:${d}`
}

/** @returns null: another kind, no `d`, or no address that anybody would talk to. The caller checks the signature. */
export function readAnnouncement(event: NostrEvent, policy: AddressPolicy): Announcement | null {
  if (providerIdOf(event) === null) return null
  const announced = tagValues(event, 'u')
  const urls = [...new Set(announced.filter((url) => isSafeAddress(url, policy)).map((url) => safeAddress(url, policy)))].slice(0, MAX_URLS)
  const onions = [...new Set(announced.filter(isOnion).map((url) => url.replace(/\/+$/, '')))].slice(0, MAX_URLS)
  if (urls.length + onions.length === 0) return null
  const { name, about } = v.parse(contentSchema, parseJson(event.content, MAX_CONTENT))
  return {
    id: event.id,
    pubkey: event.pubkey,
    d: tagValues(event, 'd')[0] ?? '',
    urls,
    onions,
    mints: tagValues(event, 'mint')
      .filter((mint) => mint.length <= 512)
      .slice(0, MAX_MINTS),
    version: cleanText(tagValues(event, 'version')[0] ?? '', 64),
    name: cleanText(name, 80),
    about: cleanText(about, 500),
    createdAt: event.created_at,
  }
}

export interface Withdrawal {
  readonly pubkey: string
  /** Providers of this key, `pubkey:d`: every announcement up to `createdAt` is void. */
  readonly providerIds: readonly string[]
  /** Single announcements. */
  readonly eventIds: readonly string[]
  /** s */
  readonly createdAt: number
}

/** A wish to delete (NIP-09): only what its own author has published. @returns null: it is about nothing of ours */
export function readWithdrawal(event: NostrEvent): Withdrawal | null {
  if (event.kind !== DELETION_KIND) return null
  const own = `${ANNOUNCEMENT_KIND}:${event.pubkey}:`
  const providerIds = tagValues(event, 'a')
    .filter((address) => address.startsWith(own))
    .map((address) => address.slice(`${ANNOUNCEMENT_KIND}:`.length))
  const eventIds = tagValues(event, 'e').filter((id) => /^[0-9a-f]{64}$/.test(id))
  return providerIds.length + eventIds.length === 0 ? null : { pubkey: event.pubkey, providerIds, eventIds, createdAt: event.created_at }
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

export const npubOf = (key: string): string => npubEncode(key)

function isOnion(url: string): boolean {
  const parsed = url.length <= 512 ? URL.parse(url) : null
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.hostname.endsWith('.onion') && parsed.username === '' && parsed.search === ''
}
