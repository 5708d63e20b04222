/** Money leaves over Lightning: each arrow of a withdrawal, lost requests and answers, slow and failing payments, lies. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectBalanced, expectLeft, MELT, openLightningStage, outsideInvoice, pay, postsTo, quoteWithdrawal, untilEnd, untilWithdrawal, withdrawal } from './lightning-stage.ts'
import { expectMoneyConserved, type Stage, until } from './stage.ts'

let stage: Stage
let before: number
beforeEach(async () => {
  stage = await openLightningStage()
  before = (await stage.world.ledger()).walletMsat
})
afterEach(() => stage.stop())

describe('a withdrawal', () => {
  it('is quoted, paid, and the unused reserve comes home', async () => {
    stage.devnet.mint.quotes.routingFeeSat = 1
    const invoice = outsideInvoice(stage, 300, 'three hundred')
    const quoted = await stage.world.screen.call('withdrawals.quote', {
      text: `lightning:${invoice.toUpperCase()}`,
      amountSat: null,
      mint: stage.devnet.mint.url,
    })
    expect(quoted).toMatchObject({ state: 'quoted', amountSat: 300, feeReserveSat: 6, payee: 'three hundred', feeSat: null })
    expect(quoted.totalSat).toBe(306 + quoted.inputFeeSat)
    expect((await stage.world.ledger()).walletMsat).toBe(before)
    const paid = await pay(stage, quoted.id)
    expect(paid).toMatchObject({ state: 'paid', feeSat: paid.inputFeeSat + 1, problem: null })
    expect(paid.preimage).toBe(stage.devnet.lightning.find(invoice)?.preimage)
    await expectLeft(stage, before, 300, paid.inputFeeSat + 1)
    expect((await stage.world.ledger()).lightningFeesMsat).toBe(1000)
  })

  it('costs nothing before the user agrees; a quote can be dropped, and lapses after ten minutes', async () => {
    const one = await quoteWithdrawal(stage)
    await stage.world.screen.call('withdrawals.forget', { id: one.id })
    await expect(pay(stage, one.id)).rejects.toMatchObject({ code: 'not_found' })
    const two = await quoteWithdrawal(stage)
    stage.world.clock.skewMs += 11 * 60_000
    await expect(pay(stage, two.id)).rejects.toMatchObject({ code: 'invoice_expired' })
    expect(await stage.world.database.withdrawals.count()).toBe(0)
    await expectLeft(stage, before, 0, 0)
  })

  it('two presses pay once', async () => {
    const { id } = await quoteWithdrawal(stage)
    await Promise.all([pay(stage, id), pay(stage, id)])
    await untilWithdrawal(stage, id, 'paid')
    await expectLeft(stage, before, 100, (await withdrawal(stage, id)).feeSat ?? -1)
  })

  it('pays an invoice without an amount with what the user says', async () => {
    const text = outsideInvoice(stage, null)
    const mint = stage.devnet.mint.url
    await expect(stage.world.screen.call('withdrawals.quote', { text, amountSat: null, mint })).rejects.toMatchObject({ code: 'invalid_request_error' })
    const { id } = await stage.world.screen.call('withdrawals.quote', { text, amountSat: 77, mint })
    const { feeSat } = await pay(stage, id)
    expect(stage.devnet.lightning.find(text)?.paidMsat).toBe(77_000)
    await expectLeft(stage, before, 77, feeSat ?? -1)
  })

  it('not enough: says what is missing, takes nothing', async () => {
    const balanceSat = before / 1000
    const refused = stage.world.screen.call('withdrawals.quote', { text: outsideInvoice(stage, balanceSat), amountSat: null, mint: stage.devnet.mint.url })
    await expect(refused).rejects.toMatchObject({ code: 'insufficient_balance' })
    await expect(refused).rejects.toThrow(/missing/)
    await expectLeft(stage, before, 0, 0)
  })

  it('what is spent between quote and press is noticed', async () => {
    const { id } = await quoteWithdrawal(stage, Math.floor((before / 1000) * 0.9))
    await stage.world.screen.call('tokens.send', { mint: stage.devnet.mint.url, unit: 'sat', amount: 500, memo: null })
    await expect(pay(stage, id)).rejects.toMatchObject({ code: 'insufficient_balance' })
    expect((await expectMoneyConserved(stage)).sentMsat).toBe(500_000)
  })
})

describe('when requests or answers are lost', () => {
  it('the request: the identical one goes out while the wish is fresh', async () => {
    const bodies: string[] = []
    stage.world.bend((url, go, body) => {
      if (url.endsWith('/v1/melt/bolt11')) bodies.push(body)
      return go()
    })
    stage.devnet.mint.fault(MELT, 'before')
    const { id } = await quoteWithdrawal(stage)
    expect((await pay(stage, id)).state).toBe('requested')
    await expectBalanced(stage)
    const { feeSat } = await untilEnd(stage, id, 'paid')
    expect(bodies).toHaveLength(2)
    expect(new Set(bodies).size).toBe(1)
    await expectLeft(stage, before, 100, feeSat ?? -1)
  })

  it('row 8: the answer: the quote tells that it was paid; the change is there', async () => {
    stage.devnet.mint.fault(MELT, 'after')
    const { id } = await quoteWithdrawal(stage)
    const paid = await pay(stage, id)
    // nothing was kept of the reserve
    expect(paid).toMatchObject({ state: 'paid', feeSat: paid.inputFeeSat })
    expect(postsTo(stage.devnet.mint.calls, '/v1/melt/bolt11')).toHaveLength(1)
    await expectLeft(stage, before, 100, paid.feeSat ?? -1)
  })

  it('the request, and the wish is old: never sent again; notes are free only when the mint can not pay any more', async () => {
    stage.devnet.mint.fault(MELT, 'before')
    const { id } = await quoteWithdrawal(stage)
    await pay(stage, id)
    await stage.world.kill()
    stage.world.clock.skewMs += 11 * 60_000
    stage.world = await stage.world.restart()
    await until(async () => (await withdrawal(stage, id)).problem?.includes('did not reach') === true, 'it waits for the expiry')
    expect(postsTo(stage.devnet.mint.calls, '/v1/melt/bolt11')).toHaveLength(1)
    await expectBalanced(stage)
    stage.world.clock.skewMs += 3_600_000
    await untilEnd(stage, id, 'failed')
    expect(postsTo(stage.devnet.mint.calls, '/v1/melt/bolt11')).toHaveLength(1)
    await expectLeft(stage, before, 0, 0)
  })

  it('row 4: a slow copy of a failed request pays after all: the mint tells late, the books follow', async () => {
    const { mint } = stage.devnet
    const { id } = await quoteWithdrawal(stage)
    let late: (() => Promise<unknown>) | undefined
    stage.world.bend((url, _go, body) => {
      if (!url.endsWith('/v1/melt/bolt11') || late !== undefined) return null
      late = () => fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
      return Promise.reject(new TypeError('cut off'))
    })
    await pay(stage, id)
    mint.quotes.failMelts = true
    await untilEnd(stage, id, 'failed')
    mint.quotes.failMelts = false
    await late?.()
    await stage.restart()
    await untilWithdrawal(stage, id, 'paid')
    await expectLeft(stage, before, 100, (await withdrawal(stage, id)).feeSat ?? -1)
  })
})
