/** Routstr's list of reviews and the followers of a provider's key, from real relays of the development network: voices among others. */
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { countingPeople, readingPeople } from '../../../src/background/nostr-talks.ts'
import { createFollowers, followerParts, type FollowersRow } from '../../../src/trust/followers.ts'
import { createReviewer, type ReviewsRow } from '../../../src/trust/reviewer.ts'
import { favouritePart, scoreOf } from '../../../src/trust/score.ts'
import { createRelay, type DevnetRelay } from '../../devnet/relay/relay.ts'

let relay: DevnetRelay
let other: DevnetRelay
let now = 1_800_000_000_000
beforeAll(async () => {
  relay = await createRelay()
  other = await createRelay()
})
afterAll(() => Promise.all([relay.stop(), other.stop()]))
beforeEach(() => {
  for (const each of [relay, other]) {
    each.clear()
    each.counts = true
  }
})

const settings = () => ({ relays: [relay.url, other.url], developer: true })
const read = readingPeople((url) => new WebSocket(url), settings)
const count = countingPeople((url) => new WebSocket(url), settings)
const reviewerKey = generateSecretKey()
const NODE = 'ab'.repeat(32)
const publish = (kind: number, tags: string[][], secret = generateSecretKey(), at = Math.floor(now / 1000) - 60, to = relay) =>
  to.publish(finalizeEvent({ kind, tags, content: '', created_at: at }, secret))

describe('the reviewer list', () => {
  let kept: ReviewsRow | null
  beforeEach(() => {
    kept = null
  })
  const reviewer = () =>
    createReviewer({
      store: {
        loadReviews: async () => kept,
        saveReviews: async (row) => {
          kept = row
        },
      },
      ...{ read, now: () => now, author: getPublicKey(reviewerKey), onChange: () => undefined },
    })
  const review = (label: string, nodes: readonly string[], ago = 60, key = reviewerKey) =>
    publish(38_425, [['d', `${label} ${ago}`], ['t', label], ...nodes.map((node) => ['node', node])], key, Math.floor(now / 1000) - ago)

  test('says what its newest review of a key says, only its author speaks, and it is kept', async () => {
    review('lgtm', [NODE, 'cd'.repeat(32)], 600)
    review('avoid', [NODE], 30)
    review('lgtm', [NODE], 10, generateSecretKey())
    const list = reviewer()
    await list.refresh()
    expect(list.about(NODE)).toMatchObject({ name: 'reviewer', value: 0, says: 'Routstr’s list says “avoid”' })
    expect(list.about('cd'.repeat(32))?.value).toBe(1)
    expect(list.about('ef'.repeat(32))).toBeNull()
    const later = reviewer()
    await later.load()
    expect(later.about(NODE)?.value).toBe(0)
  })

  test('is one voice: it neither makes a provider nor ends it', () => {
    const part = (value: number) => ({ name: 'reviewer' as const, value, weight: 1, says: '' })
    const own = { name: 'answers' as const, value: 0.95, weight: 4, says: '' }
    expect(scoreOf([part(0), own], null).score).toBeGreaterThan(60)
    expect(scoreOf([part(1)], null).score).toBeLessThan(75)
  })

  test('silent relays take nothing away', async () => {
    review('lgtm', [NODE])
    const list = reviewer()
    await list.refresh()
    relay.down = true
    other.down = true
    now += 7 * 3_600_000
    await list.refresh()
    relay.down = false
    other.down = false
    expect(list.about(NODE)?.value).toBe(1)
  })
})

describe('followers', () => {
  const followers = (saved: FollowersRow[][] = []) =>
    createFollowers({
      store: {
        loadFollowers: async () => saved.at(-1) ?? [],
        saveFollowers: async (rows) => void saved.push([...rows]),
      },
      ...{ count, read, now: () => now, onChange: () => undefined },
    })

  test('are counted where a relay counts, the largest number; a day long nobody is asked again', async () => {
    for (let n = 0; n < 5; n++) publish(3, [['p', NODE]])
    publish(3, [['p', NODE]], generateSecretKey(), 1, other)
    const saved: FollowersRow[][] = []
    const book = followers(saved)
    await book.refresh([NODE])
    expect(book.about(NODE)).toMatchObject({ count: 5, sampled: false })
    publish(3, [['p', NODE]])
    await book.refresh([NODE])
    expect(book.about(NODE)?.count).toBe(5)
    const later = followers(saved)
    await later.load()
    now += 25 * 3_600_000
    await later.refresh([NODE])
    expect(later.about(NODE)?.count).toBe(6)
  })

  test('where none counts they are sampled, each key once, forgeries not', async () => {
    relay.counts = false
    other.counts = false
    const twice = generateSecretKey()
    publish(3, [['p', NODE]], twice)
    publish(3, [['p', NODE]], twice, undefined, other)
    publish(3, [['p', NODE]])
    relay.inject({ ...finalizeEvent({ kind: 3, tags: [['p', NODE]], content: '', created_at: 1 }, twice), created_at: 2 })
    const book = followers()
    await book.refresh([NODE])
    expect(book.about(NODE)).toMatchObject({ count: 2, sampled: true })
    expect(followerParts(book.about(NODE), undefined)[0]?.says).toContain('at least 2')
  })

  test('a million of them move a score by a hair; whom the user follows counts', () => {
    const row: FollowersRow = { key: NODE, count: 1_000_000, sampled: false, at: 0 }
    const none = scoreOf([], null).score
    expect(scoreOf(followerParts(row, undefined), null).score - none).toBeLessThanOrEqual(3)
    expect(scoreOf(followerParts(row, 1), null).score - none).toBeGreaterThan(20)
    expect(followerParts(row, 2).map(({ says }) => says)).toContain('somebody you follow follows its key')
  })
})

test('a favourite counts most of what others say, but what goes wrong still shows', () => {
  const liked = scoreOf([favouritePart()], null).score
  expect(liked).toBeGreaterThan(80)
  expect(scoreOf([favouritePart(), { name: 'money', value: 0.1, weight: 3.9, says: '' }], null).score).toBeLessThan(60)
})
