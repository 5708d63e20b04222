/** Money moves between own mints, and from a mint nobody trusts to one of ours. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectBalanced, openLightningStage, topUp, untilTopUp, untilWithdrawal, wakeLater, withdrawal } from './lightning-stage.ts'
import { expectMoneyConserved, type Stage, until } from './stage.ts'

let stage: Stage
let before: number
let received: number
beforeEach(async () => {
  stage = await openLightningStage()
  const ledger = await stage.world.ledger()
  before = ledger.walletMsat
  received = ledger.receivedMsat
})
afterEach(() => stage.stop())

async function satAt(url: string): Promise<number> {
  const { mints } = await stage.world.screen.call('wallet.get', {})
  return (mints.find(({ mint }) => mint.url === url)?.readyMsat ?? 0) / 1000
}

const quoteMove = (amountSat: number | null) =>
  stage.world.screen.call('moves.quote', { from: stage.devnet.mint.url, to: stage.devnet.otherMint.url, amountSat })
const start = (withdrawalId: string) => stage.world.screen.call('moves.start', { withdrawalId })

/** Nothing was received or sent: what is missing are fees. */
async function expectMoved(arrivedSat: number): Promise<void> {
  const ledger = await expectMoneyConserved(stage)
  expect(ledger.sentMsat).toBe(0)
  expect(await satAt(stage.devnet.otherMint.url)).toBe(arrivedSat)
}

describe('a move between own mints', () => {
  it('arrives to the sat; quoted moves cost nothing and show nothing', async () => {
    const { withdrawalId, topUpId, arrivesSat } = await quoteMove(200)
    expect(arrivesSat).toBe(200)
    expect(await stage.world.screen.call('lightning.get', {})).toEqual({ topUps: [], withdrawals: [] })
    const paid = await start(withdrawalId)
    expect(paid).toMatchObject({ state: 'paid', topUpId })
    await untilTopUp(stage, topUpId, 'done')
    expect(await topUp(stage, topUpId)).toMatchObject({ payer: 'own mint', withdrawalId })
    await expectMoved(200)
    expect((await stage.world.ledger()).receivedMsat).toBe(received)
  })

  it('moves as much as fits: what stays could not have paid', async () => {
    const { withdrawalId, topUpId, arrivesSat } = await quoteMove(null)
    expect(arrivesSat).toBeGreaterThan((before / 1000) * 0.95)
    await start(withdrawalId)
    await untilTopUp(stage, topUpId, 'done')
    await expectMoved(arrivesSat)
  })

  it('the payment fails: the notes are where they were, the invoice is put away', async () => {
    stage.devnet.mint.quotes.failMelts = true
    const { withdrawalId } = await quoteMove(200)
    expect((await start(withdrawalId)).state).toBe('failed')
    await until(async () => (await stage.world.screen.call('lightning.get', {})).topUps.length === 0, 'the invoice is put away')
    await expectMoved(0)
    expect((await stage.world.ledger()).walletMsat).toBe(before)
  })

  it('between the two mints the money is counted, at every moment', async () => {
    const { withdrawalId, topUpId } = await quoteMove(200)
    stage.devnet.otherMint.down = true
    expect((await start(withdrawalId)).state).toBe('paid')
    await expectBalanced(stage)
    expect((await stage.world.ledger()).walletMsat).toBe(before - ((await withdrawal(stage, withdrawalId)).feeSat ?? 0) * 1000)
    await stage.restart()
    await expectBalanced(stage)
    stage.devnet.otherMint.down = false
    await wakeLater(stage)
    await untilTopUp(stage, topUpId, 'done')
    await expectMoved(200)
  })

  it('it arrives before we hear that it left: counted once', async () => {
    const { withdrawalId, topUpId } = await quoteMove(200)
    stage.devnet.mint.fault(/^\/v1\/melt\/bolt11$/, 'after')
    stage.devnet.mint.fault(/^\/v1\/melt\/quote\/bolt11\//, 'before', 2)
    await start(withdrawalId)
    await untilTopUp(stage, topUpId, 'done')
    await expectBalanced(stage)
    await wakeLater(stage)
    await untilWithdrawal(stage, withdrawalId, 'paid')
    await expectMoved(200)
  })

  it('is refused where it makes no sense', async () => {
    const { mint, otherMint } = stage.devnet
    const call = (from: string, to: string, amountSat: number | null) => stage.world.screen.call('moves.quote', { from, to, amountSat })
    await expect(call(mint.url, mint.url, 10)).rejects.toMatchObject({ code: 'invalid_request_error' })
    await expect(call(mint.url, 'https://stranger.example', 10)).rejects.toMatchObject({ code: 'unknown_mint' })
    await expect(call(otherMint.url, mint.url, 10)).rejects.toMatchObject({ code: 'insufficient_balance' })
    await expect(call(otherMint.url, mint.url, null)).rejects.toMatchObject({ code: 'insufficient_balance' })
    await expectMoved(0)
  })
})

describe('a token of a mint nobody trusts', () => {
  async function strangersToken(sat: number): Promise<string> {
    const { otherMint } = stage.devnet
    await stage.world.screen.call('mints.remove', { url: otherMint.url })
    const token = await otherMint.mintToken(sat)
    await expect(stage.world.screen.call('tokens.receive', { token, trustMint: false })).rejects.toMatchObject({ code: 'unknown_mint' })
    const { incoming } = await stage.world.screen.call('wallet.get', {})
    return incoming[0]?.id ?? ''
  }

  const moveToken = (incomingId: string) => stage.world.screen.call('moves.fromToken', { incomingId, to: stage.devnet.mint.url })

  it('is received there without trust and moved; what is too little to move stays visible there', async () => {
    const id = await strangersToken(500)
    const had = await satAt(stage.devnet.mint.url)
    const { topUpId } = await moveToken(id)
    await untilTopUp(stage, topUpId, 'done')
    const { mints } = await stage.world.screen.call('wallet.get', {})
    const strange = mints.find(({ mint }) => mint.url === stage.devnet.otherMint.url)
    expect(strange === undefined || !strange.trusted).toBe(true)
    expect((await satAt(stage.devnet.mint.url)) - had).toBe((await topUp(stage, topUpId)).amountSat)
    expect((await topUp(stage, topUpId)).amountSat).toBeGreaterThan(470)
    const { sentMsat, receivedMsat } = await expectMoneyConserved(stage)
    expect(sentMsat).toBe(0)
    expect(receivedMsat).toBe(received + 500_000)
  })

  it('too small to be moved: its notes are shown at their mint, and pay for nothing', async () => {
    const id = await strangersToken(2)
    await expect(moveToken(id)).rejects.toThrow(/notes lie at/)
    const { mints } = await stage.world.screen.call('wallet.get', {})
    expect(mints.find(({ mint }) => mint.url === stage.devnet.otherMint.url)).toMatchObject({ trusted: false, readyMsat: 1000 })
    await expectMoneyConserved(stage)
  })

  it.each(Array.from({ length: 9 }, (_, request) => ['before' as const, 'after' as const].map((when) => ({ request, when }))).flat())(
    'the worker dies $when request $request: the money arrives, or lies visibly at its mint',
    async ({ request, when }) => {
      const id = await strangersToken(500)
      stage.world.dieAt(request, when)
      await Promise.race([moveToken(id).catch(() => undefined), stage.world.died])
      await stage.restart()
      const { sentMsat, differenceMsat } = await expectMoneyConserved(stage)
      expect({ sentMsat, differenceMsat }).toEqual({ sentMsat: 0, differenceMsat: 0 })
      const total = (await satAt(stage.devnet.mint.url)) + (await satAt(stage.devnet.otherMint.url))
      const waiting = (await stage.world.screen.call('wallet.get', {})).incoming.length
      expect(total).toBeGreaterThan(before / 1000 + (waiting > 0 ? -1 : 470))
    },
  )
})
