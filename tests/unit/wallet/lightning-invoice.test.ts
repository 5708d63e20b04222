/** Invoices and proofs of payment: the examples of BOLT-11, and what strangers may write. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RoutstrError } from '../../../src/domain/errors.ts'
import { readInvoice, satOfMsat } from '../../../src/wallet/lightning/invoice.ts'
import { payServerUrl } from '../../../src/wallet/lightning/lnurl.ts'
import { paidProblem } from '../../../src/wallet/lightning/proof-of-payment.ts'

/** BOLT-11, "Examples". */
const COFFEE =
  'lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh'
const DONATION =
  'lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql'
const HASHED =
  'lnbc20m1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqhp58yjmdan79s6qqdhdzgynm4zwqd5d7xmw5fk98klysy043l2ahrqs9qrsgq7ea976txfraylvgzuxs8kgcw23ezlrszfnh8r6qtfpr6cxga50aj6txm9rxrydzd06dfeawfk6swupvz4erwnyutnjq7x39ymw6j38gp7ynn44'
const HASH = '0001020304050607080900010203040506070809000102030405060708090102'

describe('an invoice', () => {
  it.each([
    [COFFEE, { amountMsat: 250_000_000, description: '1 cup coffee', descriptionHash: null, expiresAt: (1_496_314_658 + 60) * 1000 }],
    [DONATION, { amountMsat: null, description: 'Please consider supporting this project', descriptionHash: null, expiresAt: (1_496_314_658 + 3600) * 1000 }],
    [HASHED, { amountMsat: 2_000_000_000, description: '', descriptionHash: '3925b6f67e2c340036ed12093dd44e0368df1b6ea26c53dbe4811f58fd5db8c1' }],
  ])('of the specification: %.20s', (text, facts) => {
    expect(readInvoice(text)).toMatchObject({ ...facts, paymentHash: HASH, text })
    expect(readInvoice(text.toUpperCase())).toMatchObject(facts)
  })

  it('any text either reads or is refused with one code', () => {
    const nearly = fc
      .tuple(fc.constantFrom(COFFEE, DONATION, HASHED), fc.nat(300), fc.string({ maxLength: 5 }))
      .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1))
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly), (text) => {
        try {
          readInvoice(text)
        } catch (error) {
          expect(error).toBeInstanceOf(RoutstrError)
          expect(error).toMatchObject({ code: 'invalid_invoice' })
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    [1, 1],
    [999, 1],
    [1000, 1],
    [1001, 2],
  ])('%i msat cost a mint %i sat', (msat, sat) => expect(satOfMsat(msat)).toBe(sat))
})

describe('where a payment server is asked', () => {
  it.each([
    ['Bob@Example.com', 'https://example.com/.well-known/lnurlp/bob'],
    ['bob@127.0.0.1:8080', 'http://127.0.0.1:8080/.well-known/lnurlp/bob'],
    ['bob@localhost.example.com', 'https://localhost.example.com/.well-known/lnurlp/bob'],
    ['lnurlp://example.com/pay?x=1', 'https://example.com/pay?x=1'],
    [
      'LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV56NYD3HXQURZEPEXEJXXEPNXSCRVWFNV9NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS',
      'https://service.com/api?q=3fc3645b439ce8e7f2553a69e5267081d96dcd340693afabe04be7b0ccd178df',
    ],
  ])('%s', (text, url) => expect(payServerUrl(text)?.url).toBe(url))

  it.each(['', 'hello', 'a@b@c', 'bob@', '@example.com', 'bob@exa mple.com', 'https://example.com'])('%j is none', (text) =>
    expect(payServerUrl(text)).toBeNull(),
  )
})

describe('a payment the mint calls paid', () => {
  const preimage = '00'.repeat(32)
  const row = {
    paymentHash: '66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925',
    feeReserveSat: 3,
    amountSat: 100,
    inputSat: 128,
    inputFeeSat: 1,
  }

  it.each([
    ['all is well', preimage, [16, 8], null],
    ['no proof is no lie', null, [16, 8], null],
    ['a false proof', '11'.repeat(32), [16, 8], /proof of payment/],
    ['no proof at all, but text', 'paid!', [16, 8], /proof of payment/],
    ['too little change', preimage, [16], /kept 8 sat more/],
  ] as const)('%s', (_what, given, change, problem) => {
    const said = paidProblem(
      row,
      given,
      change.map((amount) => ({ amount })),
      27,
    )
    if (problem === null) expect(said).toBeNull()
    else expect(said).toMatch(problem)
  })
})
