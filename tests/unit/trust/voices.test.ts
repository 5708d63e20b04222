/** Words and audits of other people: by distance, bounded, taken back, and strangers move nothing. */
import fc from 'fast-check'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { describe, expect, test } from 'vitest'
import type { PublishedAudit } from '../../../src/domain/audit.ts'
import { auditEvent, readAudit, toldOf } from '../../../src/trust/audit-event.ts'
import { type HeardAudit, latestOf, readWords } from '../../../src/trust/recommendations.ts'
import { scoreOf } from '../../../src/trust/score.ts'
import { type Distances, voicesOf } from '../../../src/trust/voices.ts'
import { withdrawalEvent, wordEvent } from '../../../src/trust/word-events.ts'

const PROVIDER = `${'ab'.repeat(32)}:node`
const NOW = 1_800_000_000
const audit = (good: number, bad: number): PublishedAudit => ({
  ...{ reliability: { good, bad }, honesty: { good: 0, bad: 0 }, authenticity: { good: 0, bad: 0 } },
  ...{ firstTokenMs: null, tokensPerSecond: null, charged: null },
})
const heard = (author: string, good: number, bad: number): HeardAudit => ({ author, providerId: PROVIDER, at: NOW, id: author, address: author, audit: audit(good, bad) })
const scoreFor = (audits: readonly HeardAudit[], distances: Distances) => scoreOf(voicesOf([], audits, distances).parts, null).score

describe('audits of others', () => {
  test('are one shape, written and read; what is rounded says nothing of how much one uses it', () => {
    const measured = { typical: 412.7, spread: 0.2345, count: 312 }
    const told = toldOf({ reliability: { good: 300, bad: 12 }, recent: { good: 3, bad: 3 }, honesty: { good: 9.6, bad: 0 }, authenticity: { good: 2, bad: 0 }, firstTokenMs: measured, tokensPerSecond: null, charged: null })
    expect(told).toEqual({ reliability: { good: 48, bad: 2 }, honesty: { good: 10, bad: 0 }, authenticity: { good: 2, bad: 0 }, firstTokenMs: { typical: 410, spread: 0.23, count: 50 }, tokensPerSecond: null, charged: null })
    expect(readAudit(auditEvent(PROVIDER, told ?? audit(0, 0), 'key', NOW, 0).content)).toEqual(told)
    expect(toldOf({ ...audit(0, 0), recent: { good: 0, bad: 0 } })).toBeNull()
  })

  test.each(['', '{}', '{"schema":"routstr.audit.v2"}', JSON.stringify({ schema: 'routstr.audit.v1', ...audit(-1, 0) }), JSON.stringify({ schema: 'routstr.audit.v1', ...audit(1, 0), firstTokenMs: { typical: 0, spread: 0, count: 1 } }), `${JSON.stringify({ schema: 'routstr.audit.v1', ...audit(1, 0) })}${' '.repeat(5000)}`])('%s is none', (content) => {
    expect(readAudit(content)).toBeNull()
  })

  test('however many strangers say whatever: nothing moves', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 50 }), (lies) => {
        const strangers = lies.map(([good, bad], index) => heard(`stranger ${index}`, good, bad))
        const near: Distances = new Map([['me', 0], ['friend', 1]])
        expect(scoreFor([heard('friend', 20, 1), ...strangers], near)).toBe(scoreFor([heard('friend', 20, 1)], near))
      }),
    )
  })

  test('nobody counts for more than one person, the nearer count more, and oneself is no second witness', () => {
    const distances: Distances = new Map([['me', 0], ['friend', 1], ['far', 2], ...Array.from({ length: 5 }, (_, n) => [`other ${n}`, 1] as const)])
    expect(scoreFor([heard('friend', 0, 1_000_000)], distances)).toBe(scoreFor([heard('friend', 0, 20)], distances))
    const others = Array.from({ length: 5 }, (_, n) => heard(`other ${n}`, 20, 0))
    const none = scoreOf([], null).score
    // one liar among six does not turn what five have seen
    expect(scoreFor([...others, heard('friend', 0, 1_000_000)], distances)).toBeGreaterThan(none)
    expect(scoreFor([heard('far', 20, 0)], distances)).toBeLessThan(scoreFor([heard('friend', 20, 0)], distances))
    expect(voicesOf([], [heard('me', 20, 0)], distances).parts).toEqual([])
  })

  test('all of them together weigh less than what this browser measures itself', () => {
    const distances: Distances = new Map(Array.from({ length: 500 }, (_, n) => [`friend ${n}`, 1]))
    const [part] = voicesOf([], [...distances.keys()].map((author) => heard(author, 0, 50)), distances).parts
    expect(part?.weight).toBeLessThan(2)
    expect(part?.says).toBe('500 of them have measured it: 0 of 25000 answers came whole')
  })
})

test('what its author takes back is not heard, whatever order it comes in; nobody else can take it back', async () => {
  const [key, other] = [generateSecretKey(), generateSecretKey()]
  const author = getPublicKey(key)
  const sign = (event: { kind: number; created_at: number; tags: readonly (readonly string[])[]; content: string }, by = key) => JSON.parse(JSON.stringify(finalizeEvent({ ...event, tags: event.tags.map((tag) => [...tag]) }, by)))
  const word = sign(wordEvent({ providerId: PROVIDER, urls: [] }, 'warn', '', author, NOW, []))
  const told = sign(auditEvent(PROVIDER, audit(1, 0), author, NOW, 0))
  const deletion = withdrawalEvent({ pubkey: author, said: [word, told].map((event) => ({ event, deliveries: [] })) }, NOW)
  const read = async (events: unknown[]) => {
    const { words, audits, deletions } = await readWords(events, () => true, new Set(), NOW)
    return [latestOf(words, deletions).length, latestOf(audits, deletions).length]
  }
  expect(await read([word, told])).toEqual([1, 1])
  expect(await read([sign(deletion), word, told])).toEqual([0, 0])
  expect(await read([word, told, sign(deletion, other)])).toEqual([1, 1])
  // said again afterwards
  expect(await read([sign(deletion), sign(wordEvent({ providerId: PROVIDER, urls: [] }, 'warn', '', author, NOW + 1, []))])).toEqual([1, 0])
})

test('who is not heard is not even checked', async () => {
  const asked: string[] = []
  await readWords([{ pubkey: 'stranger' }, null, 'x', { pubkey: 3 }], (author) => {
    asked.push(author)
    return false
  }, new Set(), NOW)
  expect(asked).toEqual(['stranger', '', '', ''])
})
