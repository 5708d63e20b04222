/**
 * A remote signer (NIP-46): the user's key stays in another app, which is asked over relays for each signature. Questions and answers
 * are encrypted (NIP-44) between its key and one of ours. Nothing it answers is believed before it was checked.
 */
import { hexToBytes } from '@noble/hashes/utils.js'
import { decrypt, encrypt, getConversationKey } from 'nostr-tools/nip44'
import { finalizeEvent, getPublicKey } from 'nostr-tools/pure'
import * as v from 'valibot'
import { RoutstrError } from '../domain/errors.ts'
import type { SignedEvent, UnsignedEvent } from '../domain/word.ts'
import type { BunkerUri } from './bunker-uri.ts'
import { checkedEvent } from './signed-event.ts'
import type { SignerRow } from './store.ts'

const KIND = 24_133
/** A person has to find their phone. */
const PATIENCE_MS = 90_000
/** What it may be asked to sign: words, audits, and the wish to delete them. */
const PERMISSIONS = 'sign_event:38000,sign_event:30078,sign_event:5'

/** One talk over relays: subscribes, publishes, and hands on what comes. @returns dispose */
export type TalkOverRelays = (asked: {
  readonly relays: readonly string[]
  readonly filter: Readonly<Record<string, unknown>>
  readonly event: { id: string; pubkey: string; created_at: number; kind: number; tags: string[][]; content: string; sig: string }
  readonly onEvent: (event: unknown) => void
  readonly onUnreachable: () => void
}) => () => void

export interface SignerWorld {
  readonly talk: TalkOverRelays
  readonly now: () => number
  readonly randomId: () => string
  /** The signer wants the user to look at a page first; null: not any more. */
  readonly onAuth: (url: string | null) => void
}

type Line = Pick<SignerRow, 'remote' | 'relays' | 'secret'>

/** @throws RoutstrError `signer_failed` */
export async function connectSigner(world: SignerWorld, uri: BunkerUri, ownSecret: string): Promise<SignerRow> {
  const line: Line = { remote: uri.remote, relays: uri.relays, secret: ownSecret }
  await ask(world, line, 'connect', [uri.remote, uri.secret, PERMISSIONS])
  const user = await ask(world, line, 'get_public_key', [])
  if (!/^[0-9a-f]{64}$/.test(user)) throw failed('It did not name your key')
  return { ...line, user, connectedAt: world.now() }
}

/** @throws RoutstrError `signer_failed`: nothing was signed, or something else than was asked */
export async function signRemotely(world: SignerWorld, signer: SignerRow, { pubkey, ...rest }: UnsignedEvent): Promise<SignedEvent> {
  if (pubkey !== signer.user) throw failed('The signer that is connected holds another key')
  const answer = await ask(world, signer, 'sign_event', [JSON.stringify(rest)])
  const signed = checkedEvent(parsed(answer), Math.floor(world.now() / 1000))
  if (signed === null) throw failed('What it sent back is not a signed event')
  const { kind, created_at, tags, content } = signed
  const isSame = signed.pubkey === pubkey && JSON.stringify([kind, created_at, tags, content]) === JSON.stringify([rest.kind, rest.created_at, rest.tags, rest.content])
  if (!isSame) throw failed('It signed something else than was asked')
  return signed
}

const answerSchema = v.object({ id: v.string(), result: v.nullish(v.pipe(v.string(), v.maxLength(128 * 1024))), error: v.nullish(v.string()) })

async function ask(world: SignerWorld, { remote, relays, secret }: Line, method: string, params: readonly string[]): Promise<string> {
  const key = hexToBytes(secret)
  const conversation = getConversationKey(key, remote)
  const id = world.randomId()
  const content = encrypt(JSON.stringify({ id, method, params }), conversation)
  const { id: eventId, pubkey, created_at, sig, tags } = finalizeEvent({ kind: KIND, created_at: Math.floor(world.now() / 1000), tags: [['p', remote]], content }, key)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const timer = setTimeout(() => reject(failed('It did not answer in time')), PATIENCE_MS)
  const end = world.talk({
    relays,
    filter: { kinds: [KIND], authors: [remote], '#p': [getPublicKey(key)], since: created_at - 10 },
    event: { id: eventId, pubkey, created_at, kind: KIND, tags, content, sig },
    onEvent(event) {
      const found = checkedEvent(event, Math.floor(world.now() / 1000))
      if (found === null || found.kind !== KIND || found.pubkey !== remote) return
      const answer = v.safeParse(answerSchema, opened(found.content, conversation))
      if (!answer.success || answer.output.id !== id) return
      const { result, error } = answer.output
      // NIP-46: the real answer follows under the same id, when the page was dealt with
      if (result === 'auth_url') return world.onAuth(securePage(error ?? ''))
      if (error != null && error !== '') reject(failed(`It said: ${error.slice(0, 200)}`))
      else resolve(result ?? '')
    },
    onUnreachable: () => reject(failed('None of its relays can be reached')),
  })
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    end()
    world.onAuth(null)
  }
}

function opened(content: string, conversation: Uint8Array): unknown {
  try {
    return parsed(decrypt(content, conversation))
  } catch {
    return undefined
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Only a secure page is shown as a link. */
function securePage(url: string): string | null {
  const page = url.length <= 1_000 ? URL.parse(url) : null
  return page?.protocol === 'https:' ? page.href : null
}

function failed(why: string): RoutstrError {
  return new RoutstrError('signer_failed', `Your signer did not sign. ${why}. Nothing was published.`)
}
