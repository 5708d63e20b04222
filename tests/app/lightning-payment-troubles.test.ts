/** Payments that are slow or fail, change that is missing or false, mints that lie, two workers at one payment. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectBalanced, expectLeft, MELT, openLightningStage, outsideInvoice, pay, quoteId, quoteWithdrawal, untilEnd, untilWithdrawal, wakeLater, withdrawal } from './lightning-stage.ts'
import { expectMoneyConserved, type Stage, until } from './stage.ts'

let stage: Stage
let before: number
beforeEach(async () => {
  stage = await openLightningStage()
  before = (await stage.world.ledger()).walletMsat
})
afterEach(() => stage.stop())

describe('slow and failing payments', () => {
  it.each(['paid', 'failed'] as const)('row 8: pending over a restart, then %s', async (outcome) => {
    stage.devnet.mint.quotes.holdMelts = true
    const { id } = await quoteWithdrawal(stage)
    expect((await pay(stage, id)).state).toBe('pending')
    await expectBalanced(stage)
    await stage.world.kill()
    stage.devnet.mint.settleMelt(await stage.world.database.open().then(() => quoteId(stage, id)), outcome)
    stage.world.database.close()
    stage.world = await stage.world.restart()
    await untilWithdrawal(stage, id, outcome)
    const { feeSat } = await withdrawal(stage, id)
    await expectLeft(stage, before, outcome === 'paid' ? 100 : 0, feeSat ?? 0)
  })

  it('pending, and the mint tells its end at once (NUT-17)', async () => {
    stage.devnet.mint.quotes.holdMelts = true
    const { id } = await quoteWithdrawal(stage)
    const quote = await quoteId(stage, id)
    await pay(stage, id)
    const asked = (): number => stage.devnet.mint.calls.filter(({ path }) => path === `/v1/melt/quote/bolt11/${quote}`).length
    await until(() => asked() >= 2, 'the first news')
    stage.world.clock.skewMs -= 3_600_000
    stage.devnet.mint.settleMelt(quote, 'paid')
    await untilWithdrawal(stage, id, 'paid')
    await expectLeft(stage, before, 100, (await withdrawal(stage, id)).feeSat ?? -1)
  })

  it('a payment that fails gives the notes back at once and says why', async () => {
    stage.devnet.mint.quotes.failMelts = true
    const { id } = await quoteWithdrawal(stage)
    expect(await pay(stage, id)).toMatchObject({ state: 'failed', problem: expect.stringContaining('The notes are in the wallet again') })
    stage.devnet.mint.quotes.failMelts = false
    const again = await quoteWithdrawal(stage)
    await expectLeft(stage, before, 100, (await pay(stage, again.id)).feeSat ?? -1)
  })

  it('a no that says nothing about the payment ends nothing: it is tried again', async () => {
    let times = 0
    stage.world.bend((url) =>
      url.endsWith('/v1/melt/bolt11') && times++ === 0
        ? Promise.resolve(Response.json({ code: 10000, detail: 'something went wrong' }, { status: 400 }))
        : null,
    )
    const { id } = await quoteWithdrawal(stage)
    expect(await pay(stage, id)).toMatchObject({ state: 'requested', problem: expect.stringContaining('something went wrong') })
    await expectBalanced(stage)
    const paid = await untilEnd(stage, id, 'paid')
    await expectLeft(stage, before, 100, paid.inputFeeSat)
  })

  it('a mint that pays and says it did not: its quote decides', async () => {
    stage.world.bend((url, go) =>
      url.endsWith('/v1/melt/bolt11') ? go().then(() => Response.json({ code: 20004, detail: 'Lightning payment failed' }, { status: 400 })) : null,
    )
    const { id } = await quoteWithdrawal(stage)
    const paid = await pay(stage, id)
    expect(paid).toMatchObject({ state: 'paid', feeSat: paid.inputFeeSat })
    await expectLeft(stage, before, 100, paid.inputFeeSat)
  })

  it('an invoice that somebody else pays between quote and press', async () => {
    const text = outsideInvoice(stage, 100)
    const { id } = await stage.world.screen.call('withdrawals.quote', { text, amountSat: null, mint: stage.devnet.mint.url })
    stage.devnet.lightning.pay(text)
    expect((await pay(stage, id)).state).toBe('failed')
    await expectLeft(stage, before, 0, 0)
  })

  it('keysets are rotated between writing down and paying: other blanks, paid all the same', async () => {
    stage.devnet.mint.rotateBefore(MELT)
    const { id } = await quoteWithdrawal(stage)
    const paid = await pay(stage, id)
    expect(paid.state).toBe('paid')
    await expectLeft(stage, before, 100, paid.feeSat ?? -1)
  })
})

describe('the change of the reserve', () => {
  it.each(['answer-only', 'never'] as const)('is restored when the mint tells it %s and the answer is lost', async (told) => {
    stage.devnet.mint.quotes.meltChange = told
    stage.devnet.mint.fault(MELT, 'after')
    const { id } = await quoteWithdrawal(stage)
    const paid = await pay(stage, id)
    expect(paid.state).toBe('paid')
    expect(paid.feeSat).toBe(paid.inputFeeSat)
    await expectLeft(stage, before, 100, paid.inputFeeSat)
  })

  it.each(['badDleq', 'stripDleq', 'swapSignatures'] as const)('%s: no such change is taken; the row stays open and shown until it is right', async (lie) => {
    stage.devnet.mint.lies[lie] = true
    // a change of several notes
    const { id } = await quoteWithdrawal(stage, 300)
    const open = await pay(stage, id)
    expect(open).toMatchObject({ state: 'requested', problem: expect.stringContaining('paid, but the change') })
    await expectBalanced(stage)
    delete stage.devnet.mint.lies[lie]
    const paid = await untilEnd(stage, id, 'paid')
    expect(paid.feeSat).toBe(paid.inputFeeSat)
    await expectLeft(stage, before, 300, paid.inputFeeSat)
  })
})

describe('a mint that lies about the price or the proof', () => {
  it('a quote over another amount than the invoice is refused', async () => {
    stage.world.bend((url, go) =>
      url.endsWith('/v1/melt/quote/bolt11') ? go().then(async (answer) => Response.json({ ...(await answer.json()), amount: 150 })) : null,
    )
    await expect(quoteWithdrawal(stage)).rejects.toMatchObject({ code: 'mint_misbehaved' })
    await expectLeft(stage, before, 0, 0)
  })

  it('a false proof of payment is noted', async () => {
    stage.world.bend((url, go) =>
      url.endsWith('/v1/melt/bolt11') ? go().then(async (answer) => Response.json({ ...(await answer.json()), payment_preimage: '00'.repeat(32) })) : null,
    )
    const { id } = await quoteWithdrawal(stage)
    expect(await pay(stage, id)).toMatchObject({ state: 'paid', problem: expect.stringContaining('proof of payment') })
    await expectMoneyConserved(stage)
  })
})

describe('two workers on one database', () => {
  it('carry the same payment to one end', async () => {
    stage.devnet.mint.quotes.holdMelts = true
    const { id } = await quoteWithdrawal(stage)
    await pay(stage, id)
    const second = await stage.world.restart()
    stage.devnet.mint.settleMelt(await quoteId(stage, id), 'paid')
    await Promise.all([wakeLater(stage), second.app.wake()])
    await untilWithdrawal(stage, id, 'paid')
    await second.kill()
    await expectLeft(stage, before, 100, (await withdrawal(stage, id)).feeSat ?? -1)
  })
})
