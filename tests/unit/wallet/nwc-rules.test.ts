/** Connection strings, and when a refill may be asked for. */
import { describe, expect, it } from 'vitest'
import type { Refill } from '../../../src/domain/lightning.ts'
import { decideRefill, refilledSince } from '../../../src/wallet/nwc/refill-rules.ts'
import type { WalletPayment } from '../../../src/wallet/nwc/store.ts'
import { parseWalletUri } from '../../../src/wallet/nwc/uri.ts'

const SERVICE = 'b889ff5b1513b641e2a139f661a661364979c5beee91842f8f0ef42ab558e9d4'
const SECRET = '71a8c14c1407c113601079c4302dab36460f0ccd0ad506f1f2dc73b5100e4f3c'
const away = { allowLoopback: false }
const home = { allowLoopback: true }

describe('a connection string', () => {
  it('is read as NIP-47 writes it, and as older wallets do', () => {
    const text = `nostr+walletconnect://${SERVICE}?relay=wss%3A%2F%2Frelay.damus.io&relay=wss://relay.two.net/v1/&secret=${SECRET}&lud16=ann@wallet.net`
    const read = { service: SERVICE, relays: ['wss://relay.damus.io', 'wss://relay.two.net/v1'], secret: SECRET, lud16: 'ann@wallet.net' }
    expect(parseWalletUri(text, away)).toEqual(read)
    expect(parseWalletUri(`  ${text.replace('nostr+walletconnect://', 'nostrwalletconnect://')}\n`, away)).toEqual(read)
    expect(parseWalletUri(text.replace('://', ':'), away)).toEqual(read)
    expect(parseWalletUri(text.replace(SECRET, SECRET.toUpperCase()), away)).toEqual(read)
  })

  it.each([
    ['', /does not begin/],
    ['https://example.com', /does not begin/],
    [`nostr+walletconnect://${SERVICE.slice(1)}?relay=wss://relay.damus.io&secret=${SECRET}`, /public key/],
    [`nostr+walletconnect://${SERVICE}?relay=wss://relay.damus.io`, /secret/],
    [`nostr+walletconnect://${SERVICE}?relay=wss://relay.damus.io&secret=${'0'.repeat(64)}`, /secret/],
    [`nostr+walletconnect://${SERVICE}?secret=${SECRET}`, /no relay/],
    [`nostr+walletconnect://${SERVICE}?relay=https://relay.damus.io&secret=${SECRET}`, /not used/],
    [`nostr+walletconnect://${SERVICE}?relay=ws://127.0.0.1:7000&secret=${SECRET}`, /developer switch/],
    [`nostr+walletconnect://${SERVICE}?relay=wss://192.168.1.4&secret=${SECRET}`, /private network/],
  ])('%s says what is wrong, never the secret', (text, words) => {
    expect(() => parseWalletUri(text, away)).toThrow(words)
    expect(() => parseWalletUri(text, away)).not.toThrow(SECRET)
  })

  it('reaches loopback with the developer switch only', () => {
    expect(parseWalletUri(`nostr+walletconnect://${SERVICE}?relay=ws://127.0.0.1:7000&secret=${SECRET}`, home).relays).toEqual(['ws://127.0.0.1:7000'])
  })
})

const NOW = new Date(2026, 5, 10, 15, 0).getTime()
const MINUTE = 60_000
const refill: Refill = { mint: 'https://m', thresholdSat: 1_000, amountSat: 500, dailyCapSat: 1_000 }
let count = 0
const payment = (state: WalletPayment['state'], minutesAgo: number, change: Partial<WalletPayment> = {}): WalletPayment => ({
  id: `p${++count}`,
  by: 'refill',
  mint: 'https://m',
  amountSat: 500,
  topUpId: `t${count}`,
  requestId: 'r',
  createdAt: NOW - minutesAgo * MINUTE,
  requestExpiresAt: null,
  state,
  problem: null,
  ...change,
})
const decide = (payments: readonly WalletPayment[], heldSat = 10, openTopUps: readonly string[] = []) =>
  decideRefill({ refill, heldSat, payments, openTopUps: new Set(openTopUps), now: NOW }).kind

describe('a refill', () => {
  it.each([
    ['nothing before', [], 'ask'],
    ['one is planned', [payment('planned', 1)], 'under way'],
    ['one is asked, by the user', [payment('asked', 1, { by: 'user' })], 'under way'],
    ['one arrived today', [payment('paid', 60)], 'ask'],
    ['two arrived today', [payment('paid', 60), payment('paid', 50)], 'cap reached'],
    ['one arrived, one is not known', [payment('paid', 400), payment('unknown', 300)], 'cap reached'],
    ['two arrived yesterday', [payment('paid', 20 * 60), payment('paid', 20 * 60)], 'ask'],
    ['what the user pays is not in the cap', [payment('paid', 60, { by: 'user', amountSat: 9_000 })], 'ask'],
    ['refused four minutes ago', [payment('refused', 4)], 'pausing'],
    ['refused five minutes ago', [payment('refused', 5)], 'ask'],
    ['refused twice, 29 minutes ago', [payment('refused', 40), payment('dropped', 29)], 'pausing'],
    ['refused twice, 30 minutes ago', [payment('refused', 40), payment('dropped', 30)], 'ask'],
    ['refused three times, 179 minutes ago', [payment('refused', 300), payment('refused', 250), payment('refused', 179)], 'pausing'],
    ['refused five times, 180 minutes ago', [500, 400, 300, 250, 180].map((ago) => payment('refused', ago)), 'ask'],
    ['a success ends the row of failures', [payment('refused', 30), payment('refused', 20), payment('paid', 10), payment('refused', 6)], 'ask'],
  ] as const)('%s', (_, payments, expected) => {
    expect(decide(payments)).toBe(expected)
  })

  it('waits for a paid one to be minted, and is content with enough', () => {
    const paid = payment('paid', 3)
    expect(decide([paid], 10, [paid.topUpId ?? ''])).toBe('under way')
    expect(decide([paid])).toBe('ask')
    expect(decide([], 1_000)).toBe('enough')
    expect(decide([], 999)).toBe('ask')
  })

  it('counts an invoice once, however often it was asked for, and refusals not at all', () => {
    const again = [payment('unknown', 9, { topUpId: 'same' }), payment('paid', 5, { topUpId: 'same' }), payment('refused', 3), payment('dropped', 2)]
    expect(refilledSince(again, 0)).toBe(500)
    expect(refilledSince(again, NOW - 4 * MINUTE)).toBe(0)
  })
})
