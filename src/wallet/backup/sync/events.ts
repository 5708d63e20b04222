/**
 * The events of NIP-60, made and read: 17375 the wallet (its mints), 7375 notes, 7376 what was destroyed, and NIP-09 deletions.
 * Everything but the kind, the time and the author lies inside NIP-44. What is read was signed by our own key, and is still only a
 * claim: whether a note is worth anything, its mint says.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import * as nip19 from 'nostr-tools/nip19'
import { decrypt, encrypt, getConversationKey } from 'nostr-tools/nip44'
import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from 'nostr-tools/pure'
import * as v from 'valibot'
import { RoutstrError } from '../../../domain/errors.ts'
import type { Note } from '../../notes.ts'
import type { NostrEvent } from '../../nwc/relay-talk.ts'

export const WALLET_KIND = 17375
export const TOKEN_KIND = 7375
export const HISTORY_KIND = 7376
export const DELETION_KIND = 5

export interface SyncKey {
  readonly secret: Uint8Array
  /** 32 bytes, hex: the author of every event. */
  readonly publicKey: string
  readonly conversation: Uint8Array
}

/** What one 7375 holds. */
export interface TokenContent {
  readonly mint: string
  readonly unit: string
  readonly notes: readonly Note[]
  /** Events it takes the place of. */
  readonly del: readonly string[]
  /** Some of its proofs could not be read: the event must not be deleted by us. */
  readonly unread: number
}

/** A wallet event. Its inner tags are kept as they are: another wallet may have put more there than we know. */
export interface WalletContent {
  /** s */
  readonly at: number
  readonly tags: readonly (readonly string[])[]
}

export function newSecret(): string {
  return bytesToHex(generateSecretKey())
}

export function keyOf(secret: string): SyncKey {
  const bytes = hexToBytes(secret)
  const publicKey = getPublicKey(bytes)
  return { secret: bytes, publicKey, conversation: getConversationKey(bytes, publicKey) }
}

export const nsecOf = (secret: string): string => nip19.nsecEncode(hexToBytes(secret))
export const npubOf = (key: SyncKey): string => nip19.npubEncode(key.publicKey)

/** What a person pasted → the secret key, hex. @throws RoutstrError `invalid_request_error` */
export function readNsec(text: string): string {
  try {
    const read = nip19.decode(text.trim().replace(/^nostr:/i, ''))
    if (read.type === 'nsec') return bytesToHex(read.data)
  } catch {
    // said below
  }
  throw new RoutstrError(
    'invalid_request_error',
    'This is not a secret key of another browser. It starts with nsec1 and has 63 letters and digits. Nothing was changed.',
  )
}

/** @param at s */
export function tokenEvent(key: SyncKey, { mint, unit, notes, del }: Omit<TokenContent, 'unread'>, at: number): NostrEvent {
  const proofs = notes.map(({ keysetId, amount, secret, C, dleq }) => ({ id: keysetId, amount, secret, C, ...(dleq === null ? {} : { dleq }) }))
  return signed(key, TOKEN_KIND, [], sealed(key, { mint, unit, proofs, del }), at)
}

/** NIP-09, with the tag NIP-60 asks for. @param at s */
export function deletionEvent(key: SyncKey, ids: readonly string[], at: number): NostrEvent {
  return signed(key, DELETION_KIND, [...ids.map((id) => ['e', id]), ['k', String(TOKEN_KIND)]], '', at)
}

/** Notes that a browser of ours has taken over from another one. */
export interface TakenNotes {
  readonly mint: string
  readonly unit: string
  readonly notes: readonly { readonly id: string; readonly amount: number }[]
}

/**
 * We took the notes of another browser's events. Beside what NIP-60 asks for it names each note by the hash of its secret: the
 * other browser then knows exactly what it can not have handed to somebody else.
 * @param at s
 */
export function takenEvent(key: SyncKey, taken: TakenNotes & { readonly fee: number; readonly destroyed: readonly string[] }, at: number): NostrEvent {
  const content = [
    // what the user's money as a whole has lost: the fee
    ['direction', 'out'],
    ['amount', String(taken.fee)],
    ['unit', taken.unit],
    ...taken.destroyed.map((id) => ['e', id, '', 'destroyed']),
    ['mint', taken.mint],
    ...taken.notes.map(({ id, amount }) => ['note', id, String(amount)]),
  ]
  return signed(key, HISTORY_KIND, [], sealed(key, content), at)
}

export function walletEvent(key: SyncKey, { tags, at }: WalletContent): NostrEvent {
  return signed(key, WALLET_KIND, [], sealed(key, tags), at)
}

/** Signed by our key, as it stands there. */
export function isOurs(key: SyncKey, event: NostrEvent): boolean {
  return event.pubkey === key.publicKey && verifyEvent({ ...event })
}

/** @returns null when it is none, or can not be opened */
export function readToken(key: SyncKey, event: NostrEvent): TokenContent | null {
  const parsed = v.safeParse(tokenSchema, opened(key, event))
  if (!parsed.success) return null
  const { mint, unit, proofs, del } = parsed.output
  const read = proofs.map((proof) => v.safeParse(proofSchema, proof)).flatMap((proof) => (proof.success ? [proof.output] : []))
  const notes = read.map(({ id, amount, secret, C, dleq }): Note => ({ secret, mint, unit, keysetId: id, amount, C, dleq, state: 'ready', operationId: null }))
  return { mint, unit, notes, del, unread: proofs.length - notes.length }
}

/** What another browser of ours says it has taken. @returns null when the event says nothing of that kind */
export function readTaken(key: SyncKey, event: NostrEvent): TakenNotes | null {
  const parsed = v.safeParse(tagsSchema, opened(key, event))
  if (!parsed.success) return null
  const tagged = (wanted: string): string => parsed.output.find(([name]) => name === wanted)?.[1] ?? ''
  const notes = parsed.output.flatMap(([name, id, amount]) => {
    const read = v.safeParse(takenSchema, { id, amount: Number(amount) })
    return name === 'note' && read.success ? [read.output] : []
  })
  return notes.length === 0 ? null : { mint: tagged('mint'), unit: tagged('unit'), notes }
}

export function readWallet(key: SyncKey, event: NostrEvent): WalletContent | null {
  const parsed = v.safeParse(tagsSchema, opened(key, event))
  return parsed.success ? { at: event.created_at, tags: parsed.output } : null
}

/** Events that a deletion names. */
export function readDeletion(event: NostrEvent): readonly string[] {
  return event.tags.flatMap(([name, id]) => (name === 'e' && id !== undefined ? [id] : []))
}

const MOST_CHARACTERS = 200_000
const MOST_PROOFS = 1_000

const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most))
const hex = v.pipe(v.string(), v.hexadecimal(), v.maxLength(200))
const tokenSchema = v.object({
  mint: v.pipe(
    text(400),
    v.transform((url) => url.replace(/\/+$/, '')),
  ),
  unit: v.optional(text(20), 'sat'),
  proofs: v.pipe(v.array(v.unknown()), v.maxLength(MOST_PROOFS)),
  del: v.optional(v.pipe(v.array(text(64)), v.maxLength(1_000)), []),
})
const proofSchema = v.object({
  id: text(100),
  amount: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1_000_000_000_000)),
  secret: text(4_000),
  C: hex,
  dleq: v.nullish(
    v.pipe(
      v.object({ e: hex, s: hex, r: v.optional(hex) }),
      v.transform(({ e, s, r }) => (r === undefined ? { e, s } : { e, s, r })),
    ),
    null,
  ),
})
const takenSchema = v.object({ id: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), amount: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) })
const tagsSchema = v.pipe(v.array(v.pipe(v.array(v.string()), v.maxLength(20))), v.maxLength(5_000))

function signed({ secret }: SyncKey, kind: number, tags: string[][], content: string, at: number): NostrEvent {
  const { id, pubkey, created_at, sig, ...rest } = finalizeEvent({ kind, created_at: at, tags, content }, secret)
  return { id, pubkey, created_at, sig, kind: rest.kind, tags: rest.tags, content: rest.content }
}

function sealed({ conversation }: SyncKey, content: unknown): string {
  return encrypt(JSON.stringify(content), conversation)
}

function opened({ conversation }: SyncKey, { content }: NostrEvent): unknown {
  if (content.length > MOST_CHARACTERS) return undefined
  try {
    return JSON.parse(decrypt(content, conversation))
  } catch {
    return undefined
  }
}
