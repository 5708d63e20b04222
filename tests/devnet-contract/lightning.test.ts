/** The network's Lightning: real invoices, one payment each, the outside world over HTTP, Lightning addresses and their lies. */
import { Wallet } from '@cashu/cashu-ts'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bech32 } from '@scure/base'
import { createHash } from 'node:crypto'
import { decode } from 'light-bolt11-decoder'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Devnet, startDevnet } from '../devnet/devnet.ts'
import { createLightning } from '../devnet/lightning.ts'
import { must, textAt } from './recorded.ts'

let devnet: Devnet
beforeAll(async () => {
  devnet = await startDevnet({ autoPayMs: null })
})
afterAll(() => devnet.stop())

const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const json = async (path: string, body?: unknown): Promise<unknown> =>
  (await fetch(`${devnet.url}${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })).json()

/** What a reader of BOLT-11 that is not ours finds in an invoice. */
function read(invoice: string): Record<string, unknown> {
  return Object.fromEntries(decode(invoice).sections.map((section) => [section.name, 'value' in section ? section.value : section.letters]))
}

describe('an invoice', () => {
  test.each([
    [21_000, '210n', '21000'],
    [100_000_000_000, '1000000000n', '100000000000'],
    [1_234, '12340p', '1234'],
    [null, '', undefined],
  ])('of %s msat is read by light-bolt11-decoder', (amountMsat, readable, amount) => {
    const lightning = createLightning()
    const made = lightning.createInvoice({ amountMsat, description: 'Käse & Brot', expirySeconds: 600 })
    expect(made.invoice.startsWith(`lnbcrt${readable}1`)).toBe(true)
    const fields = read(made.invoice)
    expect(fields).toMatchObject({ payment_hash: made.paymentHash, description: 'Käse & Brot', expiry: 600, timestamp: made.createdAt })
    expect(fields.amount).toBe(amount)
    expect(fields.payment_secret).toMatch(/^[0-9a-f]{64}$/)
    expect(fields.feature_bits).toMatchObject({ payment_secret: 'required', var_onion_optin: 'required' })
    expect(sha256Hex(Buffer.from(made.preimage, 'hex'))).toBe(made.paymentHash)
  })

  test('is signed over its readable part and data; the payee is always the same node', () => {
    const lightning = createLightning()
    const [first, ...others] = ['', 'a', 'ab', 'abc', 'abcd'].map((description) =>
      payeeOf(lightning.createInvoice({ amountMsat: 21_000, description }).invoice),
    )
    expect(first).toMatch(/^0[23]/)
    expect(others).toEqual(others.map(() => first)) // every number of bits left over at the end
    expect(payeeOf(lightning.createInvoice({ amountMsat: null }).invoice)).toBe(first)
  })

  test('can expire in the past, and is paid once', () => {
    const lightning = createLightning()
    const paid: number[] = []
    const made = lightning.createInvoice({ amountMsat: null, expirySeconds: -60, onPaid: (msat) => paid.push(msat) })
    expect(made.expiresAt).toBeLessThan(Date.now() / 1000)
    expect(read(made.invoice)).toMatchObject({ timestamp: made.expiresAt - 3600, expiry: 3600 })
    expect(lightning.pay(made.invoice)).toMatchObject({ paid: false })
    expect(lightning.pay(made.invoice, 5000)).toMatchObject({ paid: true, preimage: made.preimage, paidMsat: 5000 })
    expect(lightning.pay(made.invoice, 5000)).toMatchObject({ paid: false, reason: 'invoice is already paid' })
    expect([paid, lightning.isPaid(made.invoice)]).toEqual([[5000], true])
  })
})

const isBech32 = (text: string): text is `${string}1${string}` => text.includes('1')

/** Recovers the public key from the signature with the algorithm of BOLT-11, written apart from the encoder. */
function payeeOf(invoice: string): string {
  const { prefix, words } = bech32.decode(isBech32(invoice) ? invoice : '1', false)
  const signature = bech32.fromWords(words.slice(-104))
  const bits = words
    .slice(0, -104)
    .map((word) => word.toString(2).padStart(5, '0'))
    .join('')
  const data = Uint8Array.from((bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)))
  const digest = createHash('sha256').update(prefix).update(data).digest()
  const parsed = secp256k1.Signature.fromBytes(signature.slice(0, 64), 'compact').addRecoveryBit(must(signature[64]))
  return parsed.recoverPublicKey(digest).toHex(true)
}

describe('over HTTP', () => {
  test('somebody outside asks for money; a friend pays it, once', async () => {
    const asked = await json('/lightning/invoice', { amountSat: 21, memo: 'for a coffee' })
    const path = `/lightning/invoice/${textAt(asked, 'paymentHash')}`
    expect(read(textAt(asked, 'invoice'))).toMatchObject({ amount: '21000', description: 'for a coffee' })
    expect(await json(path)).toMatchObject({ paid: false })
    const payment = await json('/lightning/pay', { invoice: textAt(asked, 'invoice') })
    expect(sha256Hex(Buffer.from(textAt(payment, 'preimage'), 'hex'))).toBe(textAt(asked, 'paymentHash'))
    expect(await json(path)).toMatchObject({ paid: true, paidMsat: 21_000 })
    expect(await json('/lightning/pay', { invoice: textAt(asked, 'invoice') })).toEqual({ error: 'invoice is already paid' })
    expect((await fetch(`${devnet.url}/lightning/invoice/${'0'.repeat(64)}`)).status).toBe(404)
  })

  test('an invoice without an amount needs one from the payer', async () => {
    const invoice = textAt(await json('/lightning/invoice', { amountSat: null }), 'invoice')
    expect(await json('/lightning/pay', { invoice })).toEqual({ error: 'the invoice names no amount' })
    expect(await json('/lightning/pay', { invoice, amountSat: 5 })).toMatchObject({ paid: true, paidMsat: 5000 })
  })

  test("a friend pays a mint's quote", async () => {
    const wallet = new Wallet(devnet.mint.url)
    await wallet.loadMint()
    const quote = await wallet.createMintQuoteBolt11(50, 'top-up')
    expect(read(quote.request)).toMatchObject({ amount: '50000', description: 'top-up' })
    expect(await json('/lightning/pay', { invoice: quote.request })).toMatchObject({ paid: true })
    expect((await wallet.checkMintQuoteBolt11(quote.quote)).state).toBe('PAID')
  })
})

describe('a Lightning address', () => {
  const ask = async (lie: Devnet['lnurl']['lie'], amount = 21_000): Promise<{ described: unknown; answer: unknown }> => {
    devnet.lnurl.lie = lie
    const [name, host] = devnet.lightningAddress.split('@')
    const described: unknown = await (await fetch(`http://${host}/.well-known/lnurlp/${name}`)).json()
    const answer: unknown = await (await fetch(`${textAt(described, 'callback')}?amount=${amount}`)).json()
    return { described, answer }
  }

  test('describes itself and makes an invoice that commits to the description', async () => {
    const { described, answer } = await ask(null)
    expect(described).toMatchObject({ tag: 'payRequest', minSendable: 1000, maxSendable: 100_000_000 })
    expect(JSON.parse(textAt(described, 'metadata'))).toContainEqual(['text/identifier', devnet.lightningAddress])
    expect(answer).toMatchObject({ routes: [] })
    const fields = read(textAt(answer, 'pr'))
    expect(fields).toMatchObject({ amount: '21000', description_hash: sha256Hex(Buffer.from(textAt(described, 'metadata'))) })
    expect(await json('/lightning/pay', { invoice: textAt(answer, 'pr') })).toMatchObject({ paid: true })
    expect(devnet.lnurl.invoices.at(-1)?.paidMsat).toBe(21_000)
    expect((await ask(null, 999)).answer).toMatchObject({ status: 'ERROR' })
  })

  test('lies: amount, description, no amount, error, garbage, a foreign callback', async () => {
    const { described, answer } = await ask('wrongAmount')
    expect(read(textAt(answer, 'pr')).amount).toBe('42000')
    expect(read(textAt((await ask('wrongMetadata')).answer, 'pr')).description_hash).not.toBe(sha256Hex(Buffer.from(textAt(described, 'metadata'))))
    expect(read(textAt((await ask('amountless')).answer, 'pr')).amount).toBeUndefined()
    const url = `http://${devnet.lightningAddress.split('@')[1]}/.well-known/lnurlp/bob`
    devnet.lnurl.lie = 'error'
    expect(await (await fetch(url)).json()).toMatchObject({ status: 'ERROR' })
    devnet.lnurl.lie = 'garbage'
    await expect((await fetch(url)).json()).rejects.toThrow()
    devnet.lnurl.lie = 'foreignCallback'
    expect(new URL(textAt(await (await fetch(url)).json(), 'callback')).origin).not.toBe(devnet.url)
    devnet.lnurl.lie = null
  })
})
