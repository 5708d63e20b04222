import { describe, expect, it } from 'vitest'
import { msat } from '../../../src/domain/msat.ts'
import { joined } from '../../../src/ui/options/activity/pages.ts'
import { differenceText } from '../../../src/ui/options/developer/difference.ts'
import { matching, standing } from '../../../src/ui/options/providers/provider-state.ts'
import { idleMs, idleText, relayAddress, relayState, wholeBetween } from '../../../src/ui/options/settings/setting-values.ts'
import { receiptFacts } from '../../../src/ui/receipts/receipt-facts.ts'
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
  it('a receipt shows the facts its cost is made of', () => {
    const facts = new Map(receiptFacts(receipt('a', { chargedMsat: msat(1300) })))
    expect(facts.get('Price sheet')).toBe('600 in, 1\u2009300 out, sat per million tokens')
    expect(facts.get('Tokens')).toBe('1\u2009204 in, 388 out')
    expect([facts.get('Expected'), facts.get('Charged')]).toEqual(['1.234\u202fsat', '1.3\u202fsat'])
    expect(facts.get('Speed')).toBe('92 tokens a second')
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

it('how a relay does: a word, a colour, the numbers behind it', () => {
  const now = 10_000_000
  const relay = { url: 'wss://r', state: 'connected', connectedSince: now - 600_000, lastEventAt: now - 1000, events: 1, refused: 0, failures: 0, problem: null } as const
  expect(relayState(relay, now)).toEqual({ word: 'Connected', tone: 'good', facts: 'since 10 min ago · 1 event · last just now' })
  const down = { ...relay, state: 'waiting', connectedSince: null, lastEventAt: null, events: 0, refused: 2, failures: 3, problem: 'it can not be reached' } as const
  expect(relayState(down, now)).toEqual({ word: 'Not connected', tone: 'warn', facts: 'it can not be reached · nothing heard yet · 2 refused · 3 failures' })
})
