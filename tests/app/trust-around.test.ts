/** Who follows a provider, and whom the user likes, in the whole app: seen on its page and in its score. */
import { npubEncode } from 'nostr-tools/nip19'

import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { auditEvent } from '../../src/trust/audit-event.ts'
import { openStage, type Stage, until } from './stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.stop())

const cheap = async () => (await stage.world.screen.call('providers.list', {})).find(({ provider }) => provider.name === 'Sparrow AI')
const partNames = async () => (await cheap())?.trust.parts.map(({ name }) => name) ?? []

it('a favourite is marked and unmarked, over a restart', async () => {
  const id = (await cheap())?.provider.id ?? ''
  const before = (await cheap())?.trust.score ?? 0
  await stage.world.screen.call('settings.set', { favourites: [id] })
  await stage.restart()
  expect(await partNames()).toContain('favourite')
  expect((await cheap())?.trust.score).toBeGreaterThan(before)
  await stage.world.screen.call('settings.set', { favourites: [] })
  expect((await cheap())?.trust.score).toBe(before)
})

it('followers of its key, and what a friend measured, are heard', async () => {
  const { relay, providers } = stage.devnet
  const [user, friend] = [generateSecretKey(), generateSecretKey()]
  const now = Math.floor(Date.now() / 1000)
  const spoken = async () => (await stage.world.screen.call('providers.get', { id: (await cheap())?.provider.id ?? '' }))?.spokenAs ?? null
  await until(async () => (await spoken()) !== null, 'the announcement')
  const providerId = (await spoken()) ?? ''
  const key = providerId.split(':')[0] ?? ''
  relay.publish(finalizeEvent({ kind: 3, tags: [['p', getPublicKey(friend)]], content: '', created_at: now }, user))
  relay.publish(finalizeEvent({ kind: 3, tags: [['p', key]], content: '', created_at: now }, friend))
  const odds = { good: 18, bad: 2 }
  const { tags, ...audit } = auditEvent(providerId, { reliability: odds, honesty: odds, authenticity: odds, firstTokenMs: null, tokensPerSecond: null, charged: null }, getPublicKey(friend), now, 0)
  relay.publish(finalizeEvent({ ...audit, tags: tags.map((tag) => [...tag]) }, friend))
  await stage.world.screen.call('settings.set', { relays: [relay.url], npub: npubEncode(getPublicKey(user)) })
  await until(async () => (await partNames()).includes('measured'), 'the audit')
  expect(await partNames()).toContain('followed')
  expect((await cheap())?.trust.parts.find(({ name }) => name === 'measured')?.says).toBe('one of them has measured it: 18 of 20 answers came whole')
  expect(providers.cheap.url).toBe((await cheap())?.provider.url)
})
