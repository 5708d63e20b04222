/** Requests and answers of NIP-47: signed, encrypted, and read with suspicion. */
import * as nip04 from 'nostr-tools/nip04'
import * as nip44 from 'nostr-tools/nip44'
import { finalizeEvent, getPublicKey, verifyEvent } from 'nostr-tools/pure'
import * as v from 'valibot'
import type { NostrEvent } from './relay-talk.ts'
import type { Encryption } from './store.ts'
import type { WalletUri } from './uri.ts'

export const INFO_KIND = 13_194
export const REQUEST_KIND = 23_194
export const RESPONSE_KIND = 23_195

export interface WalletInfo {
  readonly methods: readonly string[]
  /** The better one that both sides speak; null: none (NIP-47: without the tag it is nip04). */
  readonly encryption: Encryption | null
}

export type WalletAnswer = { readonly kind: 'result'; readonly result: unknown } | { readonly kind: 'error'; readonly code: string; readonly message: string }

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))

export function clientKey(wallet: Pick<WalletUri, 'secret'>): string {
  return getPublicKey(hex(wallet.secret))
}

/** @returns null when the event is not the service's own, true announcement */
export function readInfo(event: NostrEvent, service: string): WalletInfo | null {
  if (event.kind !== INFO_KIND || event.pubkey !== service || !verifyEvent({ ...event })) return null
  const offered = (event.tags.find(([name]) => name === 'encryption')?.[1] ?? 'nip04').split(/[\s,]+/)
  return {
    methods: event.content
      .split(/\s+/)
      .filter((method) => /^[a-z_]{1,40}$/.test(method))
      .slice(0, 40),
    encryption: offered.includes('nip44_v2') ? 'nip44_v2' : offered.includes('nip04') ? 'nip04' : null,
  }
}

/** @param at s @param expiresAt s; services do not act on the request afterwards */
export function makeRequest(
  wallet: WalletUri & { readonly encryption: Encryption },
  method: string,
  params: object,
  at: number,
  expiresAt: number,
): NostrEvent {
  const text = JSON.stringify({ method, params })
  const key = hex(wallet.secret)
  const content = wallet.encryption === 'nip04' ? nip04.encrypt(key, wallet.service, text) : nip44.encrypt(text, nip44.getConversationKey(key, wallet.service))
  const tags = [
    ['p', wallet.service],
    // old services know no such tag and read nip04 only
    ...(wallet.encryption === 'nip04' ? [] : [['encryption', wallet.encryption]]),
    ['expiration', String(expiresAt)],
  ]
  const { id, pubkey, sig } = finalizeEvent({ kind: REQUEST_KIND, created_at: at, tags, content }, key)
  return { id, pubkey, created_at: at, kind: REQUEST_KIND, tags, content, sig }
}

const answerSchema = v.object({
  result_type: v.optional(v.string()),
  error: v.nullish(v.object({ code: v.optional(v.string(), 'OTHER'), message: v.optional(v.string(), '') })),
  result: v.unknown(),
})

/** @returns null for everything that is not this service's own answer to this request: forged, of another request, unreadable */
export function readAnswer(event: NostrEvent, wallet: WalletUri & { readonly encryption: Encryption }, requestId: string): WalletAnswer | null {
  const isOurs = event.kind === RESPONSE_KIND && event.pubkey === wallet.service && event.tags.some(([name, value]) => name === 'e' && value === requestId)
  if (!isOurs || !verifyEvent({ ...event })) return null
  const answer = v.safeParse(answerSchema, decrypt(event.content, wallet))
  if (!answer.success) return null
  const { error, result } = answer.output
  if (error != null) return { kind: 'error', code: error.code.slice(0, 40), message: error.message.slice(0, 300) }
  return result == null ? null : { kind: 'result', result }
}

/** The way we asked, or else the other one: services exist that answer in nip04 whatever they were asked in. */
function decrypt(content: string, wallet: WalletUri): unknown {
  const key = hex(wallet.secret)
  const read = content.includes('?iv=')
    ? () => nip04.decrypt(key, wallet.service, content)
    : () => nip44.decrypt(content, nip44.getConversationKey(key, wallet.service))
  try {
    return JSON.parse(read())
  } catch {
    return undefined
  }
}
