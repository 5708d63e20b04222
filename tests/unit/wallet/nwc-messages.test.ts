/** Requests and answers of NIP-47: only the service's own, true answer to this request is one. */
import * as nip04 from 'nostr-tools/nip04'
import * as nip44 from 'nostr-tools/nip44'
import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from 'nostr-tools/pure'
import { describe, expect, it } from 'vitest'
import { clientKey, makeRequest, readAnswer, readInfo } from '../../../src/wallet/nwc/messages.ts'
import type { NostrEvent } from '../../../src/wallet/nwc/relay-talk.ts'
import type { Encryption } from '../../../src/wallet/nwc/store.ts'

const serviceKey = generateSecretKey()
const ours = generateSecretKey()
const wallet = (encryption: Encryption) => ({
  service: getPublicKey(serviceKey),
  relays: ['wss://relay.example.com'],
  secret: Buffer.from(ours).toString('hex'),
  lud16: null,
  encryption,
})
const plain = ({ id, pubkey, created_at, kind, tags, content, sig }: NostrEvent): NostrEvent => ({ id, pubkey, created_at, kind, tags, content, sig })
const sign = (kind: number, tags: string[][], content: string, key = serviceKey) => plain(finalizeEvent({ kind, created_at: 1, tags, content }, key))
const conversation = nip44.getConversationKey(serviceKey, getPublicKey(ours))
const sealed = (answer: object) => nip44.encrypt(JSON.stringify(answer), conversation)
const answer = (content: string, change: { kind?: number; request?: string; key?: Uint8Array } = {}) =>
  sign(
    change.kind ?? 23_195,
    [
      ['p', getPublicKey(ours)],
      ['e', change.request ?? 'r1'],
    ],
    content,
    change.key,
  )
const PAID = { result_type: 'pay_invoice', error: null, result: { preimage: 'aa' } }

describe('a request', () => {
  it('is signed, encrypted, addressed and mortal', () => {
    const event = makeRequest(wallet('nip44_v2'), 'pay_invoice', { invoice: 'lnbc1' }, 1_000, 1_060)
    expect(verifyEvent({ ...event })).toBe(true)
    expect(event).toMatchObject({ kind: 23_194, pubkey: clientKey(wallet('nip04')), created_at: 1_000 })
    expect(event.tags).toEqual([
      ['p', getPublicKey(serviceKey)],
      ['encryption', 'nip44_v2'],
      ['expiration', '1060'],
    ])
    expect(JSON.parse(nip44.decrypt(event.content, conversation))).toEqual({ method: 'pay_invoice', params: { invoice: 'lnbc1' } })
  })
  it('in NIP-04 carries no tag that old services do not know', () => {
    const event = makeRequest(wallet('nip04'), 'get_balance', {}, 1, 2)
    expect(event.tags.map(([name]) => name)).toEqual(['p', 'expiration'])
    expect(JSON.parse(nip04.decrypt(serviceKey, getPublicKey(ours), event.content))).toEqual({ method: 'get_balance', params: {} })
  })
})

describe('an answer', () => {
  const read = (event: NostrEvent) => readAnswer(event, wallet('nip44_v2'), 'r1')
  it('is read in either encryption, as result or error', () => {
    expect(read(answer(sealed(PAID)))).toEqual({ kind: 'result', result: { preimage: 'aa' } })
    expect(read(answer(nip04.encrypt(serviceKey, getPublicKey(ours), JSON.stringify(PAID))))).toEqual({ kind: 'result', result: { preimage: 'aa' } })
    const refused = { result_type: 'pay_invoice', error: { code: 'QUOTA_EXCEEDED', message: 'no' }, result: null }
    expect(read(answer(sealed(refused)))).toEqual({ kind: 'error', code: 'QUOTA_EXCEEDED', message: 'no' })
  })
  it.each<[string, () => NostrEvent]>([
    ['of somebody else', () => answer(sealed(PAID), { key: generateSecretKey() })],
    ['to another request', () => answer(sealed(PAID), { request: 'r2' })],
    ['of another kind', () => answer(sealed(PAID), { kind: 23_196 })],
    ['with another content than was signed', () => ({ ...answer(sealed({ ...PAID, result: null })), content: sealed(PAID) })],
    [
      'in the name of the service, signed by somebody else',
      () => ({ ...answer(sealed(PAID), { key: generateSecretKey() }), pubkey: getPublicKey(serviceKey) }),
    ],
    ['that nobody can decrypt', () => answer('no cipher text')],
    ['that says nothing', () => answer(sealed({ result_type: 'pay_invoice', error: null, result: null }))],
    ['that is no JSON', () => answer(nip44.encrypt('paid!', conversation))],
  ])('%s is none', (_, make) => {
    expect(read(make())).toBeNull()
  })
})

describe('the announcement of a service', () => {
  const read = (tags: string[][], content = 'pay_invoice get_balance', key = serviceKey) => readInfo(sign(13_194, tags, content, key), getPublicKey(serviceKey))
  it('names what it can do, and the better encryption', () => {
    expect(read([['encryption', 'nip44_v2 nip04']])).toEqual({ methods: ['pay_invoice', 'get_balance'], encryption: 'nip44_v2' })
    expect(read([])).toEqual({ methods: ['pay_invoice', 'get_balance'], encryption: 'nip04' })
    expect(read([['encryption', 'rot13']])?.encryption).toBeNull()
  })
  it('counts only in its own name', () => {
    expect(read([], 'pay_invoice', generateSecretKey())).toBeNull()
  })
})
