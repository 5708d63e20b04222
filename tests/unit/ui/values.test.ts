import { describe, expect, it } from 'vitest'
import { msat } from '../../../src/domain/msat.ts'
import { joined } from '../../../src/ui/options/activity/pages.ts'
import { differenceText } from '../../../src/ui/options/developer/difference.ts'
import { matching, standing } from '../../../src/ui/options/providers/provider-state.ts'
import { idleMs, idleText, relayAddress, wholeBetween } from '../../../src/ui/options/settings/setting-values.ts'
import { chargeVerdict, receiptFacts } from '../../../src/ui/receipts/receipt-facts.ts'
import { pastedToken } from '../../../src/ui/receive/pasted-token.ts'
import { receipt } from './preview/fixtures.ts'
import { providers } from './preview/money-fixtures.ts'

const TOKEN = `cashuB${'o2FteCJod'.repeat(4)}`

describe('what is typed', () => {
  it('a token is found in what was pasted', () => {
    for (const text of [TOKEN, ` ${TOKEN}\n`, `cashu:${TOKEN}`, `web+cashu://${TOKEN}`, `"${TOKEN}"`, `${TOKEN.slice(0, 20)}\n${TOKEN.slice(20)}`])
      expect(pastedToken(text)).toBe(TOKEN)
    for (const text of ['', 'hello', 'cashuC123456789012345678', 'cashuA', `see ${TOKEN}!`, 'lnbc1...']) expect(pastedToken(text)).toBeNull()
  })

  it('settings keep their bounds', () => {
    expect(wholeBetween('4 096', 16, 1_000_000)).toBe(4096)
    expect(wholeBetween('15', 16, 1_000_000)).toBeNull()
    expect(wholeBetween('1.5', 0, 10)).toBeNull()
    expect(idleMs('5')).toBe(300_000)
    expect(idleMs('0.1')).toBe(6_000)
    expect(idleMs('0,5')).toBe(30_000)
    expect(idleMs('61')).toBeNull()
    expect(idleMs('0.01')).toBeNull()
    expect(idleText(300_000)).toBe('5')
    expect(idleText(90_000)).toBe('1.5')
  })

  it('relays are wss addresses', () => {
    expect(relayAddress(' wss://relay.example.com/ ', false)).toBe('wss://relay.example.com')
    expect(relayAddress('ws://127.0.0.1:3392', true)).toBe('ws://127.0.0.1:3392')
    for (const text of ['ws://127.0.0.1:3392', 'https://relay.example.com', 'relay.example.com', 'wss://user@relay.example.com'])
      expect(relayAddress(text, false)).toBeNull()
  })
})

describe('what is shown', () => {
  it('a charge is compared with the price sheet', () => {
    expect(chargeVerdict(receipt('a'))).toBe('as expected')
    expect(chargeVerdict(receipt('a', { chargedMsat: msat(1240) }))).toBe('as expected')
    expect(chargeVerdict(receipt('a', { chargedMsat: msat(1300) }))).toBe('overcharged')
    expect(chargeVerdict(receipt('a', { chargedMsat: msat(1000) }))).toBe('less')
    expect(chargeVerdict(receipt('a', { chargedMsat: null }))).toBeNull()
  })

  it('a receipt says what is not known', () => {
    const facts = new Map(
      receiptFacts(
        receipt('a', {
          chargedMsat: null,
          expectedMsat: null,
          promptTokens: null,
          completionTokens: null,
          firstByteMs: null,
          providerName: null,
          providerUrl: null,
          nodeRequestId: null,
        }),
      ),
    )
    expect(facts.get('Charged')).toBe('not known yet')
    expect(facts.get('Tokens')).toBe('not reported')
    expect(facts.has('Address')).toBe(false)
  })

  it('pages of receipts are joined, newest first, each once', () => {
    const [a, b, c] = [3, 2, 1].map((n) => receipt(`r${n}`, { finishedAt: n }))
    if (a === undefined || b === undefined || c === undefined) throw new Error()
    expect(joined([a, b], [b, c]).map(({ id }) => id)).toEqual(['r3', 'r2', 'r1'])
  })

  it('the ledger difference has a sign', () => {
    expect(differenceText(0)).toBe('0\u202fsat')
    expect(differenceText(1234)).toBe('+1.234\u202fsat')
    expect(differenceText(-2000)).toBe('−2\u202fsat')
  })

  it('providers say how they stand, and are found by model', () => {
    expect(providers.map((view) => standing(view).word)).toEqual(['Answering', 'Answering', 'Problem', 'Blocked'])
    expect(matching(providers, 'sonnet').map(({ provider }) => provider.name)).toEqual(['Sats & Silicon'])
    expect(matching(providers, 'BITBLUME')).toHaveLength(1)
    expect(matching(providers, ' ')).toHaveLength(4)
  })
})
