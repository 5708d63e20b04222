import { nip19 } from 'nostr-tools'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { describe, expect, test } from 'vitest'
import type { AddressPolicy } from '../../../src/domain/network-address.ts'
import { type Announcement, npubToHex, readAnnouncement, readWithdrawal } from '../../../src/protocol/announcement.ts'
import { isGenuine, parseEvent } from '../../../src/protocol/nostr-event.ts'
import { readProfile } from '../../../src/protocol/profile.ts'

const NOW = 1_795_182_768
const secret = generateSecretKey()
const strict = { allowLoopback: false }
const tags = [
  ['d', 'node-1'],
  ['u', 'https://api.owl.dev/'],
  ['u', 'http://xyz.onion'],
  ['mint', 'https://mint.x/Bitcoin'],
  ['version', '0.4.5'],
]
const content = JSON.stringify({ name: 'Owl Node', about: 'Fast' })

function event(changes: { kind?: number; tags?: string[][]; content?: string; created_at?: number } = {}): unknown {
  return JSON.parse(JSON.stringify(finalizeEvent({ kind: 38421, tags, content, created_at: NOW, ...changes }, secret)))
}

/** As the registry reads it: sizes and date, signature, content. */
function parseAnnouncement(value: unknown, now: number, policy: AddressPolicy): Announcement | null {
  const parsed = parseEvent(value, now)
  return parsed !== null && isGenuine(parsed) ? readAnnouncement(parsed, policy) : null
}

describe('an announcement', () => {
  test('is read', () => {
    expect(parseAnnouncement(event(), NOW, strict)).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      pubkey: getPublicKey(secret),
      d: 'node-1',
      urls: ['https://api.owl.dev'],
      onions: ['http://xyz.onion'],
      mints: ['https://mint.x/Bitcoin'],
      version: '0.4.5',
      name: 'Owl Node',
      about: 'Fast',
      createdAt: NOW,
    })
  })

  test.each([
    ['', ''],
    ['no JSON', 'hello'],
    ['odd types', '{"name":7,"about":[]}'],
    ['a list', '[]'],
  ])('content %s leaves the name empty', (_what, text) => {
    expect(parseAnnouncement(event({ content: text }), NOW, strict)).toMatchObject({ name: '', about: '' })
  })

  test.each([
    ['another kind', event({ kind: 1 })],
    ['no d', event({ tags: tags.slice(1) })],
    ['an endless d', event({ tags: [['d', 'x'.repeat(200)], ...tags.slice(1)] })],
    ['no address', event({ tags: [['d', 'x']] })],
    [
      'only addresses in the user’s own network',
      event({
        tags: [
          ['d', 'x'],
          ['u', 'http://localhost:8000'],
          ['u', 'https://192.168.0.1'],
          ['u', 'https://router.local'],
        ],
      }),
    ],
    ['16 minutes ahead', event({ created_at: NOW + 16 * 60 })],
    ['more content than allowed', event({ content: 'x'.repeat(64 * 1024 + 1) })],
    ['more tags than allowed', event({ tags: [...tags, ...Array.from({ length: 300 }, () => ['x', 'y'])] })],
    ['nothing', null],
    ['text', 'event'],
    ['no tags', { kind: 38421, content: '' }],
  ])('%s is not taken', (_what, value) => {
    expect(parseAnnouncement(value, NOW, strict)).toBeNull()
  })

  test('14 minutes ahead is a clock that goes wrong', () => {
    expect(parseAnnouncement(event({ created_at: NOW + 14 * 60 }), NOW, strict)).not.toBeNull()
  })

  test.each(['id', 'sig', 'pubkey', 'content', 'created_at', 'tags'])('T27: a forged %s is not taken', (field) => {
    const forged: Record<string, unknown> = { ...(event() as Record<string, unknown>) }
    const other = event({
      content: '{"name":"Evil"}',
      created_at: NOW - 1,
      tags: [
        ['d', 'node-2'],
        ['u', 'https://evil.dev'],
      ],
    }) as Record<string, unknown>
    forged[field] = field === 'pubkey' ? getPublicKey(generateSecretKey()) : other[field]
    expect(parseAnnouncement(forged, NOW, strict)).toBeNull()
  })

  test('a forged event that claims to be verified already is not taken', () => {
    const signed = finalizeEvent({ kind: 38421, tags, content, created_at: NOW }, secret)
    expect(parseAnnouncement({ ...signed, content: '{"name":"Evil"}' }, NOW, strict)).toBeNull()
  })

  test('loopback addresses with the developer switch', () => {
    const local = event({
      tags: [
        ['d', 'x'],
        ['u', 'http://127.0.0.1:8000'],
      ],
    })
    expect(parseAnnouncement(local, NOW, { allowLoopback: true })?.urls).toEqual(['http://127.0.0.1:8000'])
  })

  test('one that is in Tor only says so', () => {
    const hidden = event({
      tags: [
        ['d', 'x'],
        ['u', 'http://xyz.onion/'],
        ['u', 'ftp://xyz.onion'],
      ],
    })
    expect(parseAnnouncement(hidden, NOW, strict)).toMatchObject({ urls: [], onions: ['http://xyz.onion'] })
  })
})

describe('a wish to delete', () => {
  const wish = (wished: string[][], kind = 5) => readWithdrawal(finalizeEvent({ kind, tags: wished, content: '', created_at: NOW }, secret))
  const me = getPublicKey(secret)
  test('names providers of its own key and single events', () => {
    const id = 'ab'.repeat(32)
    expect(wish([['a', `38421:${me}:node-1`], ['a', `38421:${'00'.repeat(32)}:node-1`], ['e', id], ['e', 'short']])).toEqual({
      pubkey: me,
      providerIds: [`${me}:node-1`],
      eventIds: [id],
      createdAt: NOW,
    })
  })
  test.each([
    ['another kind', [['e', 'ab'.repeat(32)]], 6],
    ['nothing of ours', [['a', `30023:${me}:x`]], 5],
  ])('%s is none', (_what, wished, kind) => expect(wish(wished, kind)).toBeNull())
})

test('the name behind a key is text, its picture too', () => {
  const say = (text: string, kind = 0) => readProfile(finalizeEvent({ kind, tags: [], content: text, created_at: NOW }, secret))
  expect(say('{"name":"owl","display_name":"Owl \u202eCo","about":7,"picture":"https://x/y.png"}')).toMatchObject({ name: 'Owl Co', about: '', picture: 'https://x/y.png', createdAt: NOW })
  expect([say('{"name":"owl"}')?.name, say('[]'), say('no'), say('{}', 1)]).toEqual(['owl', null, null, null])
})

test('npub to hex', () => {
  expect(npubToHex(nip19.npubEncode(getPublicKey(secret)))).toBe(getPublicKey(secret))
  expect(npubToHex('npub1nonsense')).toBeNull()
  expect(npubToHex(nip19.noteEncode(getPublicKey(secret)))).toBeNull()
  expect(npubToHex('')).toBeNull()
})
