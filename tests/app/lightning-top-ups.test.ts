/** Money comes in over Lightning: each arrow of a top-up, the lies and silences of mints, and two workers at one row. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTopUp, expectArrived, expectBalanced, openLightningStage, payInvoice, postsTo, quoteId, topUp, untilTopUp, wakeLater } from './lightning-stage.ts'
import { expectMoneyConserved, type Stage, until } from './stage.ts'

let stage: Stage
let before: number
beforeEach(async () => {
  stage = await openLightningStage()
  before = (await stage.world.ledger()).walletMsat
})
afterEach(() => stage.stop())

describe('a top-up', () => {
  it('waits, is paid by a friend, and its notes arrive', async () => {
    const { id, invoice, state, payer } = await createTopUp(stage, 100)
    expect({ state, payer, invoice: invoice.slice(0, 6) }).toEqual({ state: 'waiting', payer: 'anybody', invoice: 'lnbcrt' })
    await expectBalanced(stage)
    payInvoice(stage, { invoice })
    await untilTopUp(stage, id, 'done')
    expect((await topUp(stage, id)).finishedAt).not.toBeNull()
    await expectArrived(stage, before, 100)
  })

  it('is minted at once when the mint tells (NUT-17), with no poll due', async () => {
    const { id, invoice } = await createTopUp(stage)
    // the first poll, and the one after the mint told how the quote stands: now the subscription holds
    await until(() => stage.devnet.mint.calls.filter(({ path }) => path.startsWith('/v1/mint/quote/bolt11/')).length >= 2, 'the first news')
    // the next poll is an hour away
    stage.world.clock.skewMs -= 3_600_000
    payInvoice(stage, { invoice })
    await untilTopUp(stage, id, 'done')
    await expectArrived(stage, before, 100)
  })

  it('is found by polling when every notification is lost', async () => {
    stage.devnet.mint.quotes.silentNotifications = true
    const { id, invoice } = await createTopUp(stage)
    await until(() => stage.devnet.mint.calls.some(({ path }) => path.startsWith('/v1/mint/quote/bolt11/')), 'the first poll')
    payInvoice(stage, { invoice })
    await untilTopUp(stage, id, 'done')
    await expectArrived(stage, before, 100)
  })

  it('survives a restart while it waits, and is minted when it was paid meanwhile', async () => {
    const { id, invoice } = await createTopUp(stage)
    await stage.world.kill()
    payInvoice(stage, { invoice })
    stage.world = await stage.world.restart()
    await untilTopUp(stage, id, 'done')
    await expectArrived(stage, before, 100)
  })

  it('is shown only when its row is written, and never twice', async () => {
    const [one, two] = await Promise.all([createTopUp(stage, 10), createTopUp(stage, 20)])
    expect(one.invoice).not.toBe(two.invoice)
    payInvoice(stage, one)
    payInvoice(stage, two)
    await untilTopUp(stage, one.id, 'done')
    await untilTopUp(stage, two.id, 'done')
    expect(postsTo(stage.devnet.mint.calls, '/v1/mint/bolt11')).toHaveLength(2)
    await expectArrived(stage, before, 30)
  })
})

describe('locked quotes (NUT-20)', () => {
  it.each(['amended', 'legacy'] as const)('a mint that knows the %s message gives out the notes, also after a restart', async (known) => {
    stage.devnet.mint.quotes.nut20 = known
    const { id, invoice } = await createTopUp(stage)
    await stage.world.kill()
    payInvoice(stage, { invoice })
    stage.world = await stage.world.restart()
    await untilTopUp(stage, id, 'done')
    expect((await stage.world.database.topUps.get(id))?.request?.signature).toMatch(/^[0-9a-f]{128}$/)
    await expectArrived(stage, before, 100)
  })

  it('two quotes have two keys, and no key is ever used again', async () => {
    const one = await createTopUp(stage)
    await stage.restart()
    const two = await createTopUp(stage)
    const rows = await stage.world.database.topUps.bulkGet([one.id, two.id])
    expect(rows.map((row) => row?.lockIndex)).toEqual([0, 1])
    await expectMoneyConserved(stage)
  })
})

describe('when requests or answers are lost', () => {
  it.each([
    ['the request', 'before'],
    ['the answer', 'after'],
  ] as const)('%s of the notes: the identical request goes out again, the notes are there once', async (_what, when) => {
    const bodies: string[] = []
    stage.world.bend((url, go, body) => {
      if (url.endsWith('/v1/mint/bolt11')) bodies.push(body)
      return go()
    })
    const { id, invoice } = await createTopUp(stage)
    // the answer of the restore that follows is lost as well
    stage.devnet.mint.fault(/^\/v1\/mint\/bolt11$/, when)
    stage.devnet.mint.fault(/^\/v1\/restore$/, when)
    payInvoice(stage, { invoice })
    await until(async () => {
      await wakeLater(stage)
      return (await topUp(stage, id)).state === 'done'
    }, 'done')
    expect(bodies.length).toBeGreaterThan(1)
    expect(new Set(bodies).size).toBe(1)
    await expectArrived(stage, before, 100)
  })

  it('row 7: the answer is lost and the worker dies; the next one finds the notes', async () => {
    const { id, invoice } = await createTopUp(stage)
    stage.devnet.mint.fault(/^\/v1\/(mint\/bolt11|restore)$/, 'after', 2)
    payInvoice(stage, { invoice })
    await until(() => postsTo(stage.devnet.mint.calls, '/v1/mint/bolt11').length > 0, 'the notes were asked for')
    await stage.restart()
    await untilTopUp(stage, id, 'done')
    await expectArrived(stage, before, 100)
  })

  it('a mint that is down or answers garbage delays, nothing more', async () => {
    const { id, invoice } = await createTopUp(stage)
    stage.devnet.mint.garbage(/^\/v1\/mint\/bolt11$/, 1)
    stage.devnet.mint.status(/^\/v1\/mint\/bolt11$/, 503, 1)
    stage.devnet.mint.status(/^\/v1\/mint\/bolt11$/, 429, 1, { retryAfterSeconds: 30 })
    payInvoice(stage, { invoice })
    await until(async () => {
      await wakeLater(stage)
      return (await topUp(stage, id)).state === 'done'
    }, 'done')
    await expectArrived(stage, before, 100)
  })
})

describe('lapsed invoices', () => {
  it('row 20: expired, yet paid: minted by the id alone', async () => {
    const { id, invoice } = await createTopUp(stage)
    stage.devnet.mint.expireQuote(await quoteId(stage, id))
    stage.world.clock.skewMs += 2 * 3_600_000
    await wakeLater(stage)
    expect((await topUp(stage, id)).state).toBe('expired')
    payInvoice(stage, { invoice })
    await wakeLater(stage, 1_800_000)
    await untilTopUp(stage, id, 'done')
    await expectArrived(stage, before, 100)
  })

  it('nobody pays: it stays visible as expired, is asked for a day, and can be put away', async () => {
    const { id } = await createTopUp(stage)
    stage.world.clock.skewMs += 2 * 3_600_000
    await wakeLater(stage)
    expect((await topUp(stage, id)).state).toBe('expired')
    stage.world.clock.skewMs += 26 * 3_600_000
    stage.devnet.mint.calls.length = 0
    await stage.world.app.wake()
    expect(stage.devnet.mint.calls.filter(({ path }) => path.startsWith('/v1/mint/quote'))).toEqual([])
    await stage.world.screen.call('topups.forget', { id })
    await expect(topUp(stage, id)).rejects.toThrow('not shown')
    await expectArrived(stage, before, 0)
  })

  it('a forgotten one that is paid all the same comes back with its notes', async () => {
    const { id, invoice } = await createTopUp(stage)
    await stage.world.screen.call('topups.forget', { id })
    expect((await stage.world.screen.call('lightning.get', {})).topUps).toEqual([])
    payInvoice(stage, { invoice })
    await stage.restart()
    await untilTopUp(stage, id, 'done')
    await expectArrived(stage, before, 100)
  })

  it('one that was paid a moment ago can not be forgotten', async () => {
    stage.devnet.mint.quotes.silentNotifications = true
    const { id, invoice } = await createTopUp(stage)
    payInvoice(stage, { invoice })
    await expect(stage.world.screen.call('topups.forget', { id })).rejects.toMatchObject({ code: 'not_empty' })
    await untilTopUp(stage, id, 'done')
    await expectArrived(stage, before, 100)
  })
})
