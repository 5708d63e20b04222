/** Top-ups at mints that rotate, lie or refuse, and two workers at one row. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTopUp, expectArrived, expectBalanced, openLightningStage, payInvoice, postsTo, quoteId, topUp, untilTopUp, wakeLater } from './lightning-stage.ts'
import { type Stage, until } from './stage.ts'

let stage: Stage
let before: number
beforeEach(async () => {
  stage = await openLightningStage()
  before = (await stage.world.ledger()).walletMsat
})
afterEach(() => stage.stop())

describe('keysets and lies', () => {
  it('rotation between writing down and minting: other outputs, nothing lost', async () => {
    const { id, invoice } = await createTopUp(stage)
    stage.devnet.mint.rotateBefore(/^\/v1\/mint\/bolt11$/)
    payInvoice(stage, { invoice })
    await untilTopUp(stage, id, 'done')
    await expectArrived(stage, before, 100)
  })

  it.each(['badDleq', 'stripDleq', 'swapSignatures', 'missingSignature', 'wrongAmount', 'wrongKeysetId'] as const)(
    'row 15: %s: no such note is taken; it stays open and shown, and is finished when the mint tells the truth',
    async (lie) => {
      const { id, invoice } = await createTopUp(stage)
      stage.devnet.mint.lies[lie] = true
      payInvoice(stage, { invoice })
      await until(async () => (await topUp(stage, id)).problem !== null, 'the problem is shown')
      expect((await topUp(stage, id)).state).toBe('minting')
      await expectBalanced(stage)
      delete stage.devnet.mint.lies[lie]
      await until(async () => {
        // a try that was under way still got the lie, and pauses
        await wakeLater(stage)
        return (await topUp(stage, id)).state === 'done'
      }, 'the top-up is done')
      await expectArrived(stage, before, 100)
    },
  )

  it('the mint says paid, then not paid after all: back to waiting', async () => {
    const { id, invoice } = await createTopUp(stage)
    const quote = await quoteId(stage, id)
    stage.world.bend((url, go) =>
      url.endsWith(`/v1/mint/quote/bolt11/${quote}`) ? go().then(async (answer) => Response.json({ ...(await answer.json()), state: 'PAID' })) : null,
    )
    await until(() => postsTo(stage.devnet.mint.calls, '/v1/mint/bolt11').length > 0, 'it was believed')
    stage.world.bend(null)
    await until(async () => (await topUp(stage, id)).state === 'waiting', 'back to waiting')
    payInvoice(stage, { invoice })
    await untilTopUp(stage, id, 'done')
    await expectArrived(stage, before, 100)
  })
})

describe('two workers on one database', () => {
  it('carry the same rows; every note is there once', async () => {
    const rows = await Promise.all([createTopUp(stage, 10), createTopUp(stage, 33), createTopUp(stage, 64)])
    const second = await stage.world.restart()
    for (const row of rows) payInvoice(stage, row)
    await Promise.all([stage.world.app.wake(), second.app.wake()])
    for (const { id } of rows) await untilTopUp(stage, id, 'done')
    await second.kill()
    await expectArrived(stage, before, 107)
  })
})

describe('limits', () => {
  it.each([
    [{ mint: 'https://stranger.example', amountSat: 10 }, 'unknown_mint'],
    [{ mint: '', amountSat: 2_000_000_000 }, 'invalid_request_error'],
  ])('%j is refused as %s before anything is written', async ({ mint, amountSat }, code) => {
    await expect(stage.world.screen.call('topups.create', { mint: mint || stage.devnet.mint.url, amountSat })).rejects.toMatchObject({ code })
    expect(await stage.world.database.topUps.count()).toBe(0)
  })

  it('a mint without Lightning says so', async () => {
    stage.devnet.otherMint.hiddenNuts.add(4)
    await stage.restart()
    await stage.world.screen.call('mints.check', { url: stage.devnet.otherMint.url })
    await expect(stage.world.screen.call('topups.create', { mint: stage.devnet.otherMint.url, amountSat: 10 })).rejects.toMatchObject({ code: 'mint_rejected' })
  })
})
