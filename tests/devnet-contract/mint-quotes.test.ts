/** Quotes that test a wallet: locked, expired, silent, failing, without their change (NUT-04, 05, 08, 17, 20). */
import { MintOperationError, type Proof, Wallet } from '@cashu/cashu-ts'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLightning, type FakeLightning } from '../devnet/lightning.ts'
import { createMint, type DevnetMint } from '../devnet/mint/mint.ts'
import { must } from './recorded.ts'

let mint: DevnetMint
let lightning: FakeLightning
beforeEach(async () => {
  lightning = createLightning()
  mint = await createMint({ lightning, autoPayMs: null })
})
afterEach(() => mint.stop())

async function openWallet(options: ConstructorParameters<typeof Wallet>[1] = {}): Promise<Wallet> {
  const wallet = new Wallet(mint.url, { requireSigDleq: true, ...options })
  await wallet.loadMint()
  return wallet
}
const sum = (proofs: readonly Proof[]): number => proofs.reduce((total, proof) => total + proof.amount.toNumber(), 0)
const codeOf = async (step: Promise<unknown>): Promise<unknown> =>
  step.then(
    () => 'accepted',
    (error: unknown) => (error instanceof MintOperationError ? error.code : error),
  )
/** the secret key 1: its public key is the generator of the curve */
const privkey = '1'.padStart(64, '0')
const pubkey = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'

describe('NUT-20', () => {
  test.each([
    ['amended', 'accepted', 20008],
    ['legacy', 20008, 'accepted'],
    ['both', 'accepted', 'accepted'],
  ] as const)('a mint that knows the %s message', async (known, amended, legacy) => {
    mint.quotes.nut20 = known
    const wallet = await openWallet()
    const prepare = async (): Promise<Awaited<ReturnType<typeof wallet.prepareMint>>> => {
      const quote = await wallet.createLockedMintQuote(8, pubkey)
      mint.payQuote(quote.quote)
      return wallet.prepareMint('bolt11', 8, quote, { privkey })
    }
    const first = await prepare()
    expect(await codeOf(wallet.mint.mintBolt11(first.payload))).toBe(amended)
    const second = await prepare()
    expect(await codeOf(wallet.mint.mintBolt11({ ...second.payload, signature: must(second.legacySignature) }))).toBe(legacy)
    expect(sum(await wallet.completeMint(await prepare()))).toBe(8) // the library tries one after the other
  })

  test('no signature, or that of another key: 20008, and the quote can still be minted', async () => {
    const wallet = await openWallet()
    const quote = await wallet.createLockedMintQuote(8, pubkey)
    mint.payQuote(quote.quote)
    const good = await wallet.prepareMint('bolt11', 8, quote, { privkey })
    const { quote: id, outputs } = good.payload
    expect(await codeOf(wallet.mint.mintBolt11({ quote: id, outputs }))).toBe(20008)
    expect(await codeOf(wallet.mint.mintBolt11({ quote: id, outputs, signature: '00'.repeat(64) }))).toBe(20008)
    expect(sum(await wallet.completeMint(good))).toBe(8)
  })
})

test('a quote that expired after it was paid is still minted by its id', async () => {
  const wallet = await openWallet()
  const quote = await wallet.createMintQuoteBolt11(8)
  mint.payQuote(quote.quote)
  mint.expireQuote(quote.quote)
  expect((await wallet.checkMintQuoteBolt11(quote.quote)).expiry).toBeLessThan(Date.now() / 1000)
  expect(sum(await wallet.completeMint(await wallet.prepareMint('bolt11', 8, { quote: quote.quote })))).toBe(8)
})

test.each([
  [true, ['subscribed', 'unsubscribed']],
  [false, ['subscribed', 'UNPAID', 'PAID', 'unsubscribed']],
])('notifications lost: %s', async (silent, expected) => {
  mint.quotes.silentNotifications = silent
  const quote = await (await openWallet()).createMintQuoteBolt11(8)
  const socket = new WebSocket(`${mint.url.replace('http', 'ws')}/v1/ws`)
  const heard: unknown[] = []
  const ask = (id: number, method: string): void =>
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params: { kind: 'bolt11_mint_quote', subId: 's', filters: [quote.quote] } }))
  await new Promise<void>((resolve) => {
    socket.onopen = () => ask(1, 'subscribe')
    socket.onmessage = ({ data }) => {
      const id = /"id":(\d)/.exec(String(data))?.[1]
      heard.push(id === '1' ? 'subscribed' : id === '2' ? 'unsubscribed' : /"state":"(\w+)"/.exec(String(data))?.[1])
      if (id === '1') {
        mint.payQuote(quote.quote)
        ask(2, 'unsubscribe')
      }
      if (id === '2') resolve()
    }
  })
  expect(heard).toEqual(expected)
  socket.close()
})

test('hidden NUTs are not advertised', async () => {
  mint.hiddenNuts.add(12).add(20)
  const { nuts } = (await openWallet()).getMintInfo().cache
  expect([nuts['12'], nuts['20'], nuts['9']?.supported]).toEqual([undefined, undefined, true])
})

describe('melting', () => {
  const pay = async (wallet: Wallet, amountSat = 50): Promise<{ preview: Awaited<ReturnType<Wallet['prepareMelt']>>; id: string; hash: string }> => {
    const { invoice, paymentHash } = lightning.createInvoice({ amountMsat: amountSat * 1000 })
    const proofs = mint.decode(await mint.mintToken(128))
    const quote = await wallet.createMeltQuoteBolt11(invoice)
    return { preview: await wallet.prepareMelt('bolt11', quote, proofs), id: quote.quote, hash: paymentHash }
  }

  test('the answer and the paid quote carry the preimage of the invoice', async () => {
    const wallet = await openWallet()
    const { preview, id, hash } = await pay(wallet)
    expect((await wallet.checkMeltQuoteBolt11(id)).payment_preimage).toBeNull()
    await wallet.completeMelt(preview)
    const { payment_preimage: preimage, state } = await wallet.checkMeltQuoteBolt11(id)
    expect(state).toBe('PAID')
    expect(
      createHash('sha256')
        .update(Buffer.from(preimage ?? '', 'hex'))
        .digest('hex'),
    ).toBe(hash)
    expect(lightning.find(hash)?.paidMsat).toBe(50_000)
  })

  test('an invoice that was paid already costs nothing twice: 20004, inputs released', async () => {
    const wallet = await openWallet()
    const { preview, hash } = await pay(wallet)
    lightning.pay(must(lightning.find(hash)).invoice)
    expect(await codeOf(wallet.completeMelt(preview))).toBe(20004)
    expect(preview.inputs.map(({ secret }) => mint.stateOf(secret))).toEqual(preview.inputs.map(() => 'UNSPENT'))
  })

  test('failing releases the inputs; unknown is 20000, expired 20007', async () => {
    const wallet = await openWallet()
    const { preview, id } = await pay(wallet)
    mint.quotes.failMelts = true
    expect(await codeOf(wallet.completeMelt(preview))).toBe(20004)
    mint.quotes.failMelts = false
    mint.expireQuote(id)
    expect(await codeOf(wallet.completeMelt(preview))).toBe(20007)
    expect(preview.inputs.every(({ secret }) => mint.stateOf(secret) === 'UNSPENT')).toBe(true)
    expect(await codeOf(wallet.checkMeltQuoteBolt11('nobody'))).toBe(20000)
  })

  test.each([
    ['always', 77, 77],
    ['answer-only', 77, 0],
    ['never', 0, 0],
  ] as const)('change told %s; the blanks can always be restored', async (told, inAnswer, inQuote) => {
    mint.quotes.meltChange = told
    const wallet = await openWallet()
    const { preview, id } = await pay(wallet)
    expect(sum((await wallet.completeMelt(preview)).change)).toBe(inAnswer)
    const { change = [] } = await wallet.checkMeltQuoteBolt11(id)
    expect(sum(wallet.createMeltChangeProofs(preview.outputData, change))).toBe(inQuote)
    const restored = await wallet.mint.restore({ outputs: preview.outputData.map(({ blindedMessage }) => blindedMessage) })
    expect(restored.signatures.reduce((total, { amount }) => total + amount.toNumber(), 0)).toBe(77)
  })

  test('a held melt is paid with its change although the keyset was retired meanwhile; a new one is refused before it pays', async () => {
    mint.quotes.holdMelts = true
    const wallet = await openWallet()
    const [early, late] = [await pay(wallet), await pay(wallet)]
    expect((await wallet.completeMelt(early.preview)).quote).toMatchObject({ state: 'PENDING' })
    mint.rotate()
    expect(await codeOf(wallet.completeMelt(late.preview))).toBe(12002)
    expect(lightning.find(late.hash)?.paidAt).toBeNull()
    mint.settleMelt(early.id, 'paid')
    const { change = [], payment_preimage: preimage } = await wallet.checkMeltQuoteBolt11(early.id)
    expect(change.reduce((total, { amount }) => total + amount.toNumber(), 0)).toBe(77)
    expect(preimage).toMatch(/^[0-9a-f]{64}$/)
  })

  test('an invoice without an amount takes that of the wallet, or is refused with 11011', async () => {
    const wallet = await openWallet()
    const { invoice, paymentHash } = lightning.createInvoice({ amountMsat: null })
    expect(await codeOf(wallet.createMeltQuoteBolt11(invoice))).toBe(11011)
    const quote = await wallet.createMeltQuoteBolt11(invoice, 33_000)
    expect(quote.amount.toNumber()).toBe(33)
    await wallet.completeMelt(await wallet.prepareMelt('bolt11', quote, mint.decode(await mint.mintToken(64))))
    expect(lightning.find(paymentHash)?.paidMsat).toBe(33_000)
  })
})
