/** What a pasted text asks to be paid: invoices, Lightning addresses, LNURL; and the lies of their servers. */
import { bech32 } from '@scure/base'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectBalanced, openLightningStage, outsideInvoice } from './lightning-stage.ts'
import { expectMoneyConserved, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openLightningStage()
})
afterAll(async () => {
  await expectMoneyConserved(stage)
  await stage.stop()
})
afterEach(async () => {
  stage.devnet.lnurl.lie = null
  stage.world.bend(null)
  await expectBalanced(stage)
})

const read = (text: string) => stage.world.screen.call('withdrawals.read', { text })
const quote = (text: string, amountSat: number | null) => stage.world.screen.call('withdrawals.quote', { text, amountSat, mint: stage.devnet.mint.url })
const lnurl = (url: string): string => bech32.encode('lnurl', bech32.toWords(new TextEncoder().encode(url)), 4_000)
const serverUrl = (): string => `${stage.devnet.url}/.well-known/lnurlp/bob`

describe('an invoice', () => {
  it.each([
    ['as it is', (invoice: string) => invoice],
    ['as a link, in capitals', (invoice: string) => `LIGHTNING:${invoice.toUpperCase()}`],
    ['inside a bitcoin address of a QR code', (invoice: string) => `bitcoin:bcrt1qxyz?amount=0.001&lightning=${invoice.toUpperCase()}`],
    ['with spaces around', (invoice: string) => `  lightning:${invoice}\n`],
  ])('%s', async (_how, dress) => {
    const invoice = outsideInvoice(stage, 21, 'a \u202ecoffee')
    expect(await read(dress(invoice))).toMatchObject({ kind: 'invoice', invoice, amountSat: 21, description: 'a  coffee' })
  })

  it('without an amount says so; a lapsed one is refused', async () => {
    expect(await read(outsideInvoice(stage, null))).toMatchObject({ amountSat: null })
    const old = stage.devnet.lightning.createInvoice({ amountMsat: 1000, expirySeconds: -60 })
    await expect(read(old.invoice)).rejects.toMatchObject({ code: 'invoice_expired' })
  })

  it('a changed letter, a piece of one, another text: refused', async () => {
    const invoice = outsideInvoice(stage, 21)
    const changed = `${invoice.slice(0, 30)}${invoice[30] === 'q' ? 'p' : 'q'}${invoice.slice(31)}`
    for (const text of [changed, invoice.slice(0, 80), 'lnbc1', 'hello', 'cashuBo2Ft', 'lnurl1abc', 'a@b@c'])
      await expect(read(text)).rejects.toMatchObject({ code: 'invalid_invoice' })
  })

  it('an amount that is not the one of the invoice is refused', async () => {
    await expect(quote(outsideInvoice(stage, 21), 22)).rejects.toMatchObject({ code: 'invalid_request_error' })
  })
})

describe('a Lightning address', () => {
  it.each([
    ['LUD-16', () => stage.devnet.lightningAddress],
    ['LUD-06', () => lnurl(serverUrl()).toUpperCase()],
    ['LUD-17', () => serverUrl().replace('http', 'lnurlp')],
  ])('%s: read and paid exactly', async (_kind, text) => {
    expect(await read(text())).toMatchObject({ kind: 'address', minSat: 1, maxSat: 100_000, description: 'Sats for bob' })
    const quoted = await quote(text(), 42)
    expect(quoted.amountSat).toBe(42)
    await stage.world.screen.call('withdrawals.pay', { id: quoted.id })
    expect(stage.devnet.lnurl.invoices.at(-1)?.paidMsat).toBe(42_000)
  })

  it('is the payee', async () => {
    expect((await quote(stage.devnet.lightningAddress, 5)).payee).toBe(stage.devnet.lightningAddress)
  })

  it.each(['wrongAmount', 'wrongMetadata', 'amountless', 'error', 'garbage'] as const)('its server lies: %s: nothing is paid', async (lie) => {
    stage.devnet.lnurl.lie = lie
    await expect(quote(stage.devnet.lightningAddress, 42)).rejects.toMatchObject({ code: 'invalid_invoice' })
  })

  it('its server names a callback in a private network: not asked', async () => {
    stage.devnet.lnurl.lie = 'foreignCallback'
    await expect(quote(stage.devnet.lightningAddress, 42)).rejects.toMatchObject({ code: 'unsafe_address' })
    expect(stage.world.traffic.some((line) => line.includes('192.0.2.1'))).toBe(false)
  })

  it('its server answers without end: given up', async () => {
    stage.world.bend((url, go) => (url.includes('lnurlp') ? go().then(async (answer) => new Response(`${await answer.text()}${' '.repeat(100_000)}`)) : null))
    await expect(read(stage.devnet.lightningAddress)).rejects.toMatchObject({ code: 'invalid_invoice' })
  })

  it('too little, too much, and no amount at all', async () => {
    for (const amountSat of [null, 200_000])
      await expect(quote(stage.devnet.lightningAddress, amountSat)).rejects.toMatchObject({ code: 'invalid_request_error' })
  })

  it('at home or on this computer only with the developer switch', async () => {
    for (const text of ['bob@192.168.1.1', 'bob@router.local', lnurl('http://example.com/pay'), lnurl('https://10.0.0.1/pay?x=1')])
      await expect(read(text)).rejects.toMatchObject({ code: 'unsafe_address' })
    await stage.world.screen.call('settings.set', { developer: false, relays: [] })
    await expect(read(stage.devnet.lightningAddress)).rejects.toMatchObject({ code: 'unsafe_address' })
    await stage.world.screen.call('settings.set', { developer: true })
  })
})
