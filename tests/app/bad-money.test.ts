/** Money that is not worth what it says, or costs more than it is worth (T22, T26): forged, doubled, partly spent, our own, dear. */
import { Amount, type Proof } from '@cashu/cashu-ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isSwap } from '../../src/wallet/journal.ts'
import { encode, isCheap, largest, refundingInstead } from './bent-network.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

const chat = (max_tokens = 300) => stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens })
const receive = (token: string) => stage.world.screen.call('tokens.receive', { token, trustMint: false })
const send = (amount: number) => stage.world.screen.call('tokens.send', { mint: stage.devnet.mint.url, unit: 'sat', amount, memo: null })
const overview = () => stage.world.screen.call('overview.get', { origin: null })
const settled = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined)

/** Ten minutes later an alarm goes off. */
async function later(): Promise<void> {
  stage.world.clock.skewMs += 600_000
  await stage.world.app.wake()
}

/** Notes that look right and that no mint has signed, of `amountSat` each. */
async function forged(amountSat: number, secret: string): Promise<string> {
  const good = stage.devnet.mint.decode(await stage.devnet.faucet(64))
  return encode(
    stage,
    good.map((note, index) => ({ ...note, amount: Amount.from(amountSat), secret: `${secret}${index}`.padEnd(64, '0') })),
  )
}

/** The cheap provider's next refunds are made of other notes than it had meant. */
function refundsBecome(change: (notes: readonly Proof[]) => Promise<readonly Proof[]>, times = Number.POSITIVE_INFINITY): void {
  let left = times
  stage.world.bend((url, go) => {
    if (!isCheap(stage, url, '/balance/refund') || left-- <= 0) return null
    return refundingInstead(go(), async (token) => encode(stage, await change(stage.devnet.mint.decode(token))))
  })
}

describe('T22: refunds are worth what the mint says', () => {
  it('one of which a part was spent before: the rest is received, the gap is in the books', async () => {
    const { devnet, world } = stage
    await chat()
    let goneSat = 0
    refundsBecome(async (notes) => {
      goneSat = largest(notes)[0]?.amount.toNumber() ?? 0
      await devnet.mint.swapAll(encode(stage, largest(notes)))
      return notes
    })
    await expectMoneyConserved(stage, { booksOfProviders: false })
    expect(goneSat).toBeGreaterThan(0)
    expect(await world.database.sessions.toArray()).toMatchObject([
      { state: 'closed', unexplainedMsat: goneSat * 1000, problem: `${goneSat * 1000} msat of the change were worthless` },
    ])
  })

  it('one with the same notes twice is worth them once', async () => {
    await chat()
    refundsBecome(async (notes) => {
      const half = notes.filter((note) => !largest(notes).includes(note))
      return [...half, ...half]
    })
    await expectMoneyConserved(stage, { booksOfProviders: false })
    expect((await stage.world.ledger()).spentMsat).toBeGreaterThan(stage.devnet.providers.cheap.earningsMsat())
  })

  it('a forged one is refused, and the account is asked again', async () => {
    await chat()
    refundsBecome(async (notes) => notes.map((note, index) => ({ ...note, secret: index.toString(16).padStart(64, '0') })), 1)
    await expectMoneyConserved(stage)
    const refunds = await stage.world.database.incoming.toArray()
    expect(
      refunds
        .filter(({ from }) => from === 'refund')
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['redeemed', 'refused'])
  })

  it('one of 1 sat, which the fee of the mint eats, ends its session', async () => {
    const { world, devnet } = stage
    await chat()
    for (const account of devnet.providers.cheap.accounts.list()) account.balanceMsat = 1_500
    const states = async () => (await world.database.sessions.toArray()).map(({ state }) => state)
    await until(async () => {
      await later()
      return (await states()).join() === 'closed'
    }, 'the session is closed')
    // nothing was sent: our books call it the mint's fee, the mint still owes that note to whoever brings it
    const { receivedMsat, walletMsat, sentMsat } = await world.ledger()
    const gainedSat = [devnet.providers.cheap, devnet.providers.dear].reduce((sum, one) => sum + one.books().heldSat - one.books().floatSat, 0)
    expect(receivedMsat - walletMsat - sentMsat - (devnet.mint.totals().feesSat + gainedSat) * 1000).toBe(1000)
    const unsent = (await world.database.operations.toArray()).filter(isSwap).filter(({ swap }) => swap.inputs.length === 0)
    expect(unsent).toMatchObject([{ kind: 'receive', state: 'done', inputAmount: 1, outputAmount: 0 }])
    const { token } = (await world.database.incoming.get(unsent[0]?.incomingIds[0] ?? '')) ?? { token: '' }
    expect(devnet.mint.decode(token).map(({ secret, amount }) => [amount.toNumber(), devnet.mint.isSpent(secret)])).toEqual([[1, false]])
    await expectMoneyConserved(stage, { booksOfProviders: false })
  })
})

describe('T22: forged tokens', () => {
  it('are no money once the mint has said so', async () => {
    const before = await overview()
    await expect(receive(await forged(32, 'f'))).rejects.toMatchObject({ code: 'invalid_token' })
    expect((await stage.world.screen.call('wallet.get', {})).incoming).toMatchObject([{ state: 'refused' }])
    await later()
    expect(await overview()).toMatchObject({ pendingMsat: 0, balanceMsat: before.balanceMsat })
    await expectMoneyConserved(stage)
  })

  it('of astronomic amounts are refused at once and break no screen', async () => {
    for (const secret of ['a', 'b', 'c']) await expect(receive(await forged(2 ** 42, secret))).rejects.toMatchObject({ code: 'invalid_token' })
    expect(await overview()).toMatchObject({ pendingMsat: 0 })
    expect((await stage.world.screen.call('wallet.get', {})).incoming).toEqual([])
    await expectMoneyConserved(stage)
  })
})

describe('tokens of our own (cashu.md §7, rows 5 and 19)', () => {
  it('a pasted one comes back and is pending no more', async () => {
    const { token } = await send(50)
    await receive(token)
    expect((await stage.world.screen.call('wallet.get', {})).sent.map(({ state }) => state)).toEqual(['claimed'])
    await expectMoneyConserved(stage)
  })

  it('one that is taken back and pasted at the same time comes back once', async () => {
    const { token, operationId } = await send(50)
    const before = await overview()
    await Promise.allSettled([receive(token), stage.world.screen.call('tokens.takeBack', { operationId }), receive(token), stage.world.app.wake()])
    await later()
    const { balanceMsat } = await overview()
    expect(balanceMsat).toBeGreaterThan(before.balanceMsat + 40_000)
    expect(balanceMsat).toBeLessThan(before.balanceMsat + 50_000)
    await expectMoneyConserved(stage)
  })
})

describe('T26: a mint whose fee rose (cashu.md §7, row 12)', () => {
  it('no step of the ladder is made of notes that cost more than they are worth', async () => {
    const { world, devnet } = stage
    await send((await overview()).balanceMsat / 1000)
    devnet.mint.rotate({ feePpk: 2000 })
    await settled(receive(await devnet.faucet(100)))
    await later()
    const notes = (await world.database.purse.toArray()).filter(({ keysetId }) => keysetId === devnet.mint.keysetId)
    expect(notes.length).toBeGreaterThan(0)
    // what is left over is made of powers of two, once; three of each step would be nine
    expect(notes.filter(({ amount }) => amount <= 4).length).toBeLessThanOrEqual(2)
    expect((await world.ledger()).differenceMsat).toBe(0)
  })

  it('a deposit that cannot be met is split for once, not again and again', async () => {
    const { world, devnet } = stage
    await world.page().routstr.enable()
    await send((await overview()).balanceMsat / 1000)
    devnet.mint.rotate({ feePpk: 5000 })
    await settled(receive(await devnet.faucet(500)))
    await later()
    await world.screen.call('settings.set', { floatSat: 0 })
    await settled(chat(20))
    expect(await world.database.operations.where('kind').equals('split').count()).toBeLessThanOrEqual(1)
    expect((await world.ledger()).differenceMsat).toBe(0)
  })
})
