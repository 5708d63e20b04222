/**
 * People around one user, made up: whom they follow, whom they mute, what they say of providers and what they have measured. The user is the one
 * whose key the bunker holds. Same seed, same people.
 */
import { createHash } from 'node:crypto'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import type { RelayEvent } from './relay/filters.ts'

export interface SocialGraphOptions {
  /** people the user follows */
  near: number
  /** people each of them follows besides */
  farEach: number
  /** `pubkey:d` of the providers that are spoken about */
  providerIds: readonly string[]
  /** who warns of the first provider, among those near */
  warners?: number
  /** keys that nobody follows, and that all warn of the first provider */
  strangers?: number
  seed?: string
}

export interface SocialGraph {
  readonly near: readonly string[]
  readonly far: readonly string[]
  readonly strangers: readonly string[]
  readonly events: number
}

const WORDS = ['Quick, and every change came back.', 'Honest prices, seldom down.', 'My first choice for long answers.', 'Kept my change twice.']

export function publishSocialGraph(userSecret: Uint8Array, publish: (event: RelayEvent) => unknown, options: SocialGraphOptions): SocialGraph {
  const { near, farEach, providerIds, warners = 0, strangers = 0, seed } = options
  const now = Math.floor(Date.now() / 1000)
  let events = 0
  const keyFor = (name: string): Uint8Array => (seed === undefined ? generateSecretKey() : new Uint8Array(createHash('sha256').update(`${seed}/people/${name}`).digest()))
  const say = (secret: Uint8Array, kind: number, tags: string[][], content = ''): void => {
    const { id, pubkey, created_at, sig } = finalizeEvent({ kind, created_at: now - 60, tags, content }, secret)
    events++
    publish({ id, pubkey, created_at, kind, tags, content, sig })
  }
  const follow = (secret: Uint8Array, keys: readonly string[]): void => say(secret, 3, keys.map((key) => ['p', key]))
  const about = (providerId: string, d: string): string[][] => [
    ['d', d],
    ['k', '38421'],
    ['a', `38421:${providerId}`],
  ]

  const nearSecrets = Array.from({ length: near }, (_, n) => keyFor(`near ${n}`))
  const nearKeys = nearSecrets.map((secret) => getPublicKey(secret))
  const farKeys = Array.from({ length: near * farEach }, (_, n) => createHash('sha256').update(`${seed ?? 'far'}/${n}`).digest('hex'))
  const strangerSecrets = Array.from({ length: strangers }, (_, n) => keyFor(`stranger ${n}`))
  follow(userSecret, nearKeys)
  for (const [index, secret] of nearSecrets.entries()) {
    follow(secret, farKeys.slice(index * farEach, (index + 1) * farEach))
    for (const [which, providerId] of providerIds.entries()) {
      const warns = which === 0 && index < warners
      say(secret, 38_000, [...about(providerId, providerId), ['rating', warns ? '-1' : '1']], WORDS[warns ? 3 : index % 3])
      const odds = warns ? { good: 4, bad: 6 } : { good: 20 + (index % 20), bad: index % 3 }
      const audit = { schema: 'routstr.audit.v1', reliability: odds, honesty: odds, authenticity: { good: 10, bad: 0 }, firstTokenMs: { typical: 300 + index * 10, spread: 0.3, count: 10 }, tokensPerSecond: null, charged: null }
      say(secret, 30_078, about(providerId, `routstr-audit:${providerId}`), JSON.stringify(audit))
    }
  }
  for (const secret of strangerSecrets) for (const providerId of providerIds.slice(0, 1)) say(secret, 38_000, [...about(providerId, providerId), ['rating', '-1']], 'A scam!')
  return { near: nearKeys, far: farKeys, strangers: strangerSecrets.map((secret) => getPublicKey(secret)), events }
}
