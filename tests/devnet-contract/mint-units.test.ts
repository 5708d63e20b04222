/** A mint with three units: quotes in each, no mixing, rotation of one, totals of each. */
import { getTokenMetadata, MintOperationError, type Proof, Wallet } from '@cashu/cashu-ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Devnet, startDevnet } from '../devnet/devnet.ts'
import { textAt } from './recorded.ts'

let devnet: Devnet
beforeAll(async () => {
  devnet = await startDevnet({ autoPayMs: 0 })
})
afterAll(() => devnet.stop())

async function openWallet(unit: string, url = devnet.mint.url): Promise<Wallet> {
  const wallet = new Wallet(url, { unit, requireSigDleq: true })
  await wallet.loadMint()
  return wallet
}
const sum = (proofs: readonly Proof[]): number => proofs.reduce((total, proof) => total + proof.amount.toNumber(), 0)
const codeOf = async (step: Promise<unknown>): Promise<unknown> =>
  step.then(
    () => 'accepted',
    (error: unknown) => (error instanceof MintOperationError ? error.code : error),
  )

test('the first mint offers sat, msat and usd, the other one sat; info says so per method', async () => {
  const info: unknown = await (await fetch(`${devnet.mint.url}/v1/info`)).json()
  for (const nut of ['4', '5']) {
    for (const [index, unit] of ['sat', 'msat', 'usd'].entries()) expect(textAt(info, 'nuts', nut, 'methods', index, 'unit')).toBe(unit)
  }
  expect(devnet.otherMint.units).toEqual(['sat'])
  expect(await codeOf((await openWallet('sat')).mint.createMintQuoteBolt11({ amount: 1n, unit: 'eur' }))).toBe(11013)
})

test.each([
  ['sat', 1000, '10000n', 100],
  ['msat', 1_500_001, '15000010p', 100_000],
  ['usd', 250, '25000n', 10],
])('top-up and withdrawal in %s', async (unit, amount, readable, fiftySat) => {
  const before = devnet.mint.totals(unit)
  const wallet = await openWallet(unit)
  const quote = await wallet.createMintQuoteBolt11(amount)
  expect(quote.request).toMatch(new RegExp(`^lnbcrt${readable}1`))
  const proofs = await wallet.mintProofsBolt11(amount, quote.quote)
  expect(new Set(proofs.map(({ id }) => id))).toEqual(new Set([devnet.mint.keysetIdOf(unit)]))
  const { invoice, paymentHash } = devnet.lightning.createInvoice({ amountMsat: 100_000 })
  const melt = await wallet.createMeltQuoteBolt11(invoice)
  expect(melt.amount.toNumber()).toBe(fiftySat)
  const { change } = await wallet.completeMelt(await wallet.prepareMelt('bolt11', melt, proofs))
  expect(devnet.lightning.find(paymentHash)?.paidMsat).toBe(100_000)
  const { mintedSat, meltedSat, feesSat } = devnet.mint.totals(unit)
  expect(mintedSat - before.mintedSat).toBe(amount)
  expect(meltedSat - before.meltedSat).toBe(fiftySat)
  expect(devnet.mint.outstanding(unit)).toBe(mintedSat - meltedSat - feesSat)
  expect(sum(change)).toBe(amount - fiftySat - wallet.getFeesForProofs(proofs).toNumber())
})

test('cents never become sats: swap 11010 and 11009, melt 11010, mint 11010', async () => {
  const sats = await openWallet('sat')
  const [satNotes, usdNotes] = [devnet.mint.decode(await devnet.mint.mintToken(64)), devnet.mint.decode(await devnet.mint.mintToken(64, { unit: 'usd' }))]
  const { outputData } = await sats.prepareMint('bolt11', 63, await sats.createMintQuoteBolt11(63))
  const outputs = outputData.map(({ blindedMessage }) => blindedMessage)
  expect(await codeOf(sats.mint.swap({ inputs: usdNotes, outputs }))).toBe(11010)
  expect(await codeOf(sats.mint.swap({ inputs: [...satNotes, ...usdNotes], outputs }))).toBe(11009)
  const { invoice } = devnet.lightning.createInvoice({ amountMsat: 10_000 })
  const melt = await sats.createMeltQuoteBolt11(invoice)
  expect(await codeOf(sats.mint.meltBolt11({ quote: melt.quote, inputs: usdNotes, outputs: [] }))).toBe(11010)
  const dollars = await (await openWallet('usd')).createMintQuoteBolt11(63)
  expect(await codeOf(sats.mint.mintBolt11({ quote: dollars.quote, outputs }))).toBe(11010)
  expect([...satNotes, ...usdNotes].some(({ secret }) => devnet.mint.isSpent(secret))).toBe(false)
})

test('rotating one unit leaves the others; the faucet gives any of them', async () => {
  const ids = ['sat', 'msat', 'usd'].map((unit) => devnet.mint.keysetIdOf(unit))
  expect(devnet.mint.rotate({ unit: 'usd', feePpk: 0, versionByte: 0 })).toMatch(/^00/)
  expect(['sat', 'msat'].map((unit) => devnet.mint.keysetIdOf(unit))).toEqual(ids.slice(0, 2))
  expect(devnet.mint.keysetIdOf('usd')).not.toBe(ids[2])
  const given: unknown = await (await fetch(`${devnet.url}/faucet?unit=usd`, { method: 'POST', body: '{"amount":500}' })).json()
  const token = textAt(given, 'token')
  const { amount, unit } = getTokenMetadata(token)
  expect([amount.toNumber(), unit]).toEqual([500, 'usd'])
  expect(sum(await (await openWallet('usd')).receive(token))).toBe(500)
  expect((await fetch(`${devnet.url}/faucet?unit=eur`, { method: 'POST', body: '{"amount":5}' })).status).toBe(400)
  expect(sum(devnet.mint.decode(await devnet.mint.swapAll(await devnet.mint.mintToken(64, { unit: 'msat' }))))).toBe(63)
})
