/** The decoder meets whatever people paste: a RoutstrError or facts that make sense, never anything else. */
import { Amount, getEncodedToken } from '@cashu/cashu-ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RoutstrError } from '../../../src/domain/errors.ts'
import { readToken } from '../../../src/wallet/token.ts'

const good = getEncodedToken({
  mint: 'https://mint.example.com',
  unit: 'sat',
  memo: 'for you',
  proofs: [1, 2, 64].map((amount) => ({ id: '01ab12cd34ef56ab', amount: Amount.from(amount), secret: `secret ${amount}`, C: `02${'ab'.repeat(32)}` })),
})

function isClear(text: string): boolean {
  try {
    const facts = readToken(text)
    return (
      Number.isSafeInteger(facts.amount) &&
      facts.amount > 0 &&
      typeof facts.mint === 'string' &&
      typeof facts.unit === 'string' &&
      typeof (facts.memo ?? '') === 'string' &&
      facts.notes > 0
    )
  } catch (error) {
    return error instanceof RoutstrError && error.code === 'invalid_token'
  }
}

const base64 = fc.string({ unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/'), maxLength: 400 })
const json = fc.jsonValue({ maxDepth: 4 }).map((value) => `cashuA${Buffer.from(JSON.stringify(value)).toString('base64url')}`)
const tokenLike = fc
  .record({
    token: fc.array(
      fc.record({
        mint: fc.oneof(fc.webUrl(), fc.string()),
        proofs: fc.array(
          fc.record(
            { id: fc.string(), amount: fc.oneof(fc.integer(), fc.double(), fc.maxSafeInteger()), secret: fc.string(), C: fc.string() },
            { requiredKeys: [] },
          ),
          { maxLength: 4 },
        ),
      }),
      { maxLength: 3 },
    ),
    unit: fc.option(fc.string(), { nil: undefined }),
    memo: fc.option(fc.string(), { nil: undefined }),
  })
  .map((value) => `cashuA${Buffer.from(JSON.stringify(value)).toString('base64url')}`)
const damaged = fc
  .tuple(fc.nat({ max: good.length - 1 }), fc.string({ maxLength: 3 }), fc.nat({ max: 40 }))
  .map(([at, put, cut]) => good.slice(0, at) + put + good.slice(at + cut))

describe('10,000 texts', () => {
  it.each([
    ['damaged tokens', damaged, 4000],
    ['what looks like base64', base64.map((text) => `cashuB${text}`), 2000],
    ['JSON in an old token', json, 1500],
    ['nearly right old tokens', tokenLike, 1500],
    ['anything', fc.string({ maxLength: 300 }), 1000],
  ])('%s are read or refused clearly', (_, arbitrary, numRuns) => {
    fc.assert(
      fc.property(arbitrary, (text) => isClear(text)),
      { numRuns },
    )
  })

  it('and the good one is read', () => {
    expect(readToken(good)).toMatchObject({ mint: 'https://mint.example.com', unit: 'sat', amount: 67, amountMsat: 67_000, notes: 3, memo: 'for you' })
  })

  it('a memo or a mint that is no text is damage', () => {
    // found by the first of these runs: the library passes on whatever the CBOR holds
    const [number, bytes] = [
      'cashuBpGFt-g5jb21hdWNzYXRhdIGiYWlIAasSzTTvVqthcIOjYWEBYXNoc2VjcmV0IDFhY1ghAqurq6urq6urq6urq6urq6urq6urq6urq6urq6urq6uro2FhAmFzaHNlY3JldCAyYWNYIQKrq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6NhYRhAYXNpc2VjcmV0IDY0YWNYIQKrq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq2FkZ2ZvciB5b3U',
      `cashuA${Buffer.from(JSON.stringify({ token: [{ mint: 'https://mint.example.com', proofs: [{ id: '00', amount: 1, secret: 's', C: '02' }] }], memo: 7 })).toString('base64url')}`,
    ]
    for (const token of [number, bytes]) expect(() => readToken(token ?? '')).toThrow(RoutstrError)
  })
})
