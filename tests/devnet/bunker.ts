/** A remote signer (NIP-46) on the devnet's relay: holds one key of a user, and signs for whoever connected with its secret. It misbehaves on order. */
import { createHash } from 'node:crypto'
import * as nip44 from 'nostr-tools/nip44'
import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from 'nostr-tools/pure'
import * as v from 'valibot'
import { parseJson } from './json.ts'
import type { RelayEvent } from './relay/filters.ts'
import { connectToRelay } from './wallet-service/connection.ts'

export const BUNKER_WAYS = [
  'honest',
  /** the person says no */
  'refuse',
  'silent',
  /** wants a page to be looked at, answers after it */
  'authorize',
  /** signs another text than it was asked to */
  'twist',
  /** signs with another key */
  'otherKey',
  /** somebody else answers first */
  'forged',
] as const
export type BunkerWay = (typeof BUNKER_WAYS)[number]

export interface Bunker {
  /** bunker://…; its secret is good for one client */
  readonly uri: string
  /** of the user whose key it holds, hex */
  readonly user: string
  readonly userSecret: Uint8Array
  /** methods it was asked, in order */
  readonly asked: string[]
  /** until it is told otherwise */
  way: BunkerWay
  /** lets an `authorize` go on */
  authorized(): void
  stop(): void
}

const KIND = 24_133
const requestSchema = v.object({ id: v.string(), method: v.string(), params: v.array(v.string()) })
const templateSchema = v.object({ kind: v.number(), created_at: v.number(), tags: v.array(v.array(v.string())), content: v.string() })

export async function createBunker(options: { relayUrl: string; seed?: string }): Promise<Bunker> {
  const keyFrom = (name: string): Uint8Array =>
    options.seed === undefined ? generateSecretKey() : new Uint8Array(createHash('sha256').update(`${options.seed}/bunker/${name}`).digest())
  const ownKey = keyFrom('own')
  const userSecret = keyFrom('user')
  const own = getPublicKey(ownKey)
  const secret = Buffer.from(keyFrom('secret')).toString('hex').slice(0, 16)
  const clients = new Set<string>()
  const asked: string[] = []
  const waiting: (() => void)[] = []
  let way: BunkerWay = 'honest'

  function event(key: Uint8Array, to: string, answer: object): RelayEvent {
    const content = nip44.encrypt(JSON.stringify(answer), nip44.getConversationKey(key, to))
    const { id, pubkey, created_at, sig, kind, tags } = finalizeEvent({ kind: KIND, created_at: Math.floor(Date.now() / 1000), tags: [['p', to]], content }, key)
    return { id, pubkey, created_at, sig, kind, tags, content }
  }

  function perform(method: string, params: readonly string[], from: string): { result: string } | { result: ''; error: string } {
    if (method === 'connect') {
      if (params[1] !== secret) return { result: '', error: 'the secret is wrong' }
      clients.add(from)
      return { result: 'ack' }
    }
    if (!clients.has(from)) return { result: '', error: 'not connected' }
    if (method === 'get_public_key') return { result: getPublicKey(userSecret) }
    if (method !== 'sign_event') return { result: '', error: `${method} is not offered here` }
    if (way === 'refuse') return { result: '', error: 'the person said no' }
    const template = v.safeParse(templateSchema, parseJson(params[0] ?? ''))
    if (!template.success) return { result: '', error: 'not an event' }
    const content = way === 'twist' ? `${template.output.content} Twisted.` : template.output.content
    return { result: JSON.stringify(finalizeEvent({ ...template.output, content }, way === 'otherKey' ? generateSecretKey() : userSecret)) }
  }

  async function onRequest(request: RelayEvent): Promise<void> {
    if (!verifyEvent({ ...request })) return
    const text = nip44.decrypt(request.content, nip44.getConversationKey(ownKey, request.pubkey))
    const parsed = v.safeParse(requestSchema, parseJson(text))
    if (!parsed.success) return
    const { id, method, params } = parsed.output
    asked.push(method)
    if (way === 'silent') return
    if (way === 'forged') connection.publish(event(generateSecretKey(), request.pubkey, { id, result: 'forged' }))
    if (way === 'authorize') {
      connection.publish(event(ownKey, request.pubkey, { id, result: 'auth_url', error: 'https://signer.example.com/allow' }))
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    connection.publish(event(ownKey, request.pubkey, { id, ...perform(method, params, request.pubkey) }))
  }

  const connection = await connectToRelay(
    options.relayUrl,
    { kinds: [KIND], '#p': [own] },
    { hello: () => event(ownKey, own, { id: 'hello', result: '' }), onEvent: (request) => void onRequest(request) },
  )

  return {
    uri: `bunker://${own}?relay=${encodeURIComponent(options.relayUrl)}&secret=${secret}`,
    user: getPublicKey(userSecret),
    userSecret,
    asked,
    get way() {
      return way
    },
    set way(next: BunkerWay) {
      way = next
    },
    authorized() {
      for (const go of waiting.splice(0)) go()
    },
    stop: connection.stop,
  }
}
