/** Payments whose end the mint forgets, contradicts or never tells: what has left is never called failed, what has not left never called paid. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Withdrawal } from '../../src/domain/lightning.ts'
import { json } from './bent-network.ts'
import { expectBalanced, openLightningStage, postsTo, quoteId, quoteWithdrawal, untilEnd, wakeLater, withdrawal } from './lightning-stage.ts'
import { expectMoneyConserved, type Stage, until } from './stage.ts'

let stage: Stage
let before: number
beforeEach(async () => {
  stage = await openLightningStage()
  before = (await stage.world.ledger()).walletMsat
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

const MELT = /^\/v1\/melt\/bolt11$/
const DAY = 24 * 3_600_000
const pay = (id: string): Promise<Withdrawal> => stage.world.screen.call('withdrawals.pay', { id })
const send = (amount: number) => stage.world.screen.call('tokens.send', { mint: stage.devnet.mint.url, unit: 'sat', amount, memo: null })

/** Whatever is asked about a payment. */
function asksAboutPayments(answer: (go: () => Promise<Response>) => Promise<Response>): { asked(): number } {
  let asked = 0
  stage.world.bend((url, go) => {
    if (!url.includes('/v1/melt/quote/bolt11/')) return null
    asked++
    return answer(go)
  })
  return { asked: () => asked }
}
const forgetsPayments = () => asksAboutPayments(async () => json({ code: 20000, detail: 'quote not found' }, 400))

describe('a mint that has forgotten a payment', () => {
  it('which it made: the change it signed proves that, and comes home', async () => {
    stage.devnet.mint.fault(MELT, 'after')
    const quoted = await quoteWithdrawal(stage, 300)
    forgetsPayments()
    await pay(quoted.id)
    expect(stage.devnet.lightning.isPaid(quoted.invoice)).toBe(true)
    const paid = await untilEnd(stage, quoted.id, 'paid', DAY)
    // nothing was kept of the reserve
    expect(paid).toMatchObject({ state: 'paid', feeSat: paid.inputFeeSat })
    const ledger = await expectMoneyConserved(stage)
    expect(ledger).toMatchObject({ sentMsat: 300_000, walletMsat: before - (300 + paid.inputFeeSat) * 1000 })
  })

  it('and there was no change: it does not tell the user that nothing was paid', async () => {
    stage.devnet.mint.fault(MELT, 'after')
    stage.devnet.mint.quotes.routingFeeSat = 6
    const quoted = await quoteWithdrawal(stage, 300)
    stage.devnet.mint.lies.restoreNothing = true
    forgetsPayments()
    await pay(quoted.id)
    expect(await untilEnd(stage, quoted.id, 'failed', DAY)).toMatchObject({ problem: expect.stringContaining('it may have been paid') })
    await expectBalanced(stage)
  })

  it('is not asked every second', async () => {
    stage.devnet.mint.fault(MELT, 'before')
    const quoted = await quoteWithdrawal(stage, 300)
    const { asked } = forgetsPayments()
    await pay(quoted.id)
    const { clock } = stage.world
    const at = Date.now() + clock.skewMs
    for (let look = 0; look < 20; look++) {
      // however long it takes here
      clock.skewMs = at - Date.now()
      await stage.world.app.wake()
    }
    expect(asked()).toBeLessThan(4)
    expect((await withdrawal(stage, quoted.id)).problem).not.toBeNull()
  })
})

describe('a request that never arrived', () => {
  it('does not hold the notes for as long as the invoice lives', async () => {
    const { devnet, world } = stage
    devnet.mint.quotes.quoteLifetimeSeconds = 10 * 365 * 86_400
    const { invoice: text } = devnet.lightning.createInvoice({ amountMsat: 100_000, expirySeconds: 10 * 365 * 86_400 })
    devnet.mint.fault(MELT, 'before')
    const { id } = await world.screen.call('withdrawals.quote', { text, amountSat: null, mint: devnet.mint.url })
    await pay(id)
    world.clock.skewMs += 11 * 60_000
    await wakeLater(stage)
    expect((await withdrawal(stage, id)).state).toBe('requested')
    expect(await untilEnd(stage, id, 'failed', DAY)).toMatchObject({ problem: expect.stringContaining('in the wallet again') })
    expect(postsTo(devnet.mint.calls, '/v1/melt/bolt11')).toHaveLength(1)
    expect((await expectMoneyConserved(stage)).walletMsat).toBe(before)
  })
})

describe('a payment the user cancels', () => {
  const cancel = (id: string) => stage.world.screen.call('withdrawals.cancel', { id })

  it('before the mint has heard of it: the notes are back, and a copy of the request that comes late can not pay with them', async () => {
    const { devnet } = stage
    devnet.mint.fault(MELT, 'before')
    const { id, invoice } = await quoteWithdrawal(stage)
    expect((await pay(id)).state).toBe('requested')
    const late = (await stage.world.database.withdrawals.get(id))?.melt
    await cancel(id)
    await cancel(id)
    expect(await withdrawal(stage, id)).toMatchObject({ state: 'failed', problem: expect.stringContaining('nothing was paid') })
    const body = JSON.stringify({ quote: await quoteId(stage, id), inputs: late?.inputs.map((note) => ({ ...note, amount: Number(note.amount) })) })
    const answer = await fetch(`${devnet.mint.url}/v1/melt/bolt11`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect([answer.status, devnet.lightning.isPaid(invoice)]).toEqual([400, false])
    const { walletMsat } = await expectMoneyConserved(stage)
    // the fee of the swap
    expect(before - walletMsat).toBeLessThanOrEqual(2_000)
  })

  it.each(['pays it', 'has paid it'])('but the mint %s: it is not cancelled, and followed to its end', async (how) => {
    const { devnet } = stage
    devnet.mint.quotes.holdMelts = how === 'pays it'
    devnet.mint.fault(MELT, 'after')
    const { id, invoice } = await quoteWithdrawal(stage)
    // and nobody hears of it before the user presses
    asksAboutPayments(() => Promise.reject(new TypeError('the line is dead')))
    await pay(id)
    stage.world.bend(null)
    await expect(cancel(id)).rejects.toMatchObject({ code: 'not_empty' })
    if (how === 'pays it') devnet.mint.settleMelt(await quoteId(stage, id), 'paid')
    await wakeLater(stage)
    await until(async () => (await withdrawal(stage, id)).state === 'paid', 'it is called paid')
    expect(devnet.lightning.isPaid(invoice)).toBe(true)
    await expectMoneyConserved(stage)
  })
})

describe('a mint that calls a failed payment paid', () => {
  it('and has not taken its notes: they stay', async () => {
    stage.devnet.mint.quotes.failMelts = true
    const { id } = await quoteWithdrawal(stage)
    expect((await pay(id)).state).toBe('failed')
    const { asked } = asksAboutPayments((go) => go().then(async (answer) => json({ ...(await answer.json()), state: 'PAID' })))
    await wakeLater(stage, 120_000)
    expect(asked()).toBeGreaterThan(0)
    expect((await withdrawal(stage, id)).state).toBe('failed')
    expect((await expectMoneyConserved(stage)).walletMsat).toBe(before)
  })

  it('after they went another way: counted once', async () => {
    stage.devnet.mint.quotes.failMelts = true
    const { id } = await quoteWithdrawal(stage)
    expect((await pay(id)).state).toBe('failed')
    const { token } = await send(before / 1000)
    await stage.devnet.mint.swapAll(token)
    await stage.world.app.wake()
    const { asked } = asksAboutPayments((go) => go().then(async (answer) => json({ ...(await answer.json()), state: 'PAID' })))
    await wakeLater(stage, 120_000)
    expect(asked()).toBeGreaterThan(0)
    await expectBalanced(stage)
  })
})

describe('the price the user agreed to', () => {
  it('is not exceeded because other notes have to pay', async () => {
    const { world, devnet } = stage
    const quoted = await quoteWithdrawal(stage, 60)
    // notes that cost five sat each; of the cheap ones only crumbs are left
    devnet.mint.rotate({ feePpk: 5_000 })
    await world.screen.call('tokens.receive', { token: await devnet.faucet(3_000), trustMint: false })
    const cheap = (await world.database.purse.where('state').equals('ready').toArray()).filter(({ keysetId }) => keysetId !== devnet.mint.keysetId)
    for (const { amount } of cheap.filter(({ amount: worth }) => worth >= 8)) await send(amount)
    await expect(pay(quoted.id)).rejects.toMatchObject({ code: 'invoice_expired', message: expect.stringMatching(/price has changed.*nothing was paid/) })
    expect(postsTo(devnet.mint.calls, '/v1/melt/bolt11')).toHaveLength(0)
    // asked again, the user sees what it costs now
    const dearer = await world.screen.call('withdrawals.quote', { text: quoted.invoice, amountSat: null, mint: devnet.mint.url })
    expect(dearer.totalSat).toBeGreaterThan(quoted.totalSat)
    await until(async () => (await pay(dearer.id)).state === 'paid', 'paid at the new price')
    expect((await withdrawal(stage, dearer.id)).totalSat).toBe(dearer.totalSat)
    await expectBalanced(stage)
  })
})
