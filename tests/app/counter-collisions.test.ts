/**
 * Counters that were used before (cashu.md §7 no. 1, 13): by another browser with the same words, or by this wallet in a former
 * life at a mint that nobody named when the words were typed in. The mint has signed those outputs for other amounts, and for
 * ever: whoever only repeats the request never gets the money.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { balanceOf, expectGoodNotes, openFresh, restored, wordsOf } from './restoring.ts'
import { expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import type { World } from './world.ts'


let stage: Stage
afterEach(() => stage.stop())

const receive = (world: World, token: string) => world.screen.call('tokens.receive', { token, trustMint: true })

async function goesOnUntil(world: World, condition: () => Promise<boolean>): Promise<void> {
  await until(
    async () => {
      world.clock.skewMs += 60_000
      await world.app.wake()
      return condition()
    },
    'everything has come in',
    40_000,
  )
}

const nothingWaits = async ({ database }: World): Promise<boolean> =>
  (await database.incoming.where('state').anyOf('stored', 'redeeming').count()) === 0 &&
  (await database.topUps.where('state').anyOf('paid', 'minting').count()) === 0

describe('a mint that was forgotten when the words were typed in', () => {
  it('a token and an invoice there come in all the same, and the words find every note of them', async () => {
    stage = await openStage()
    const { world, devnet } = stage
    for (let round = 0; round < 12; round++) await receive(world, await devnet.mint.mintToken(1_023))
    const words = await wordsOf(world)
    const used = (await world.database.counters.get(devnet.mint.keysetId))?.next ?? 0
    expect(used).toBeGreaterThan(100)
    const before = await balanceOf(world)
    await world.kill()

    const fresh = await openFresh()
    await restored(fresh, words, [devnet.otherMint.url])
    await receive(fresh, await devnet.mint.mintToken(1_000)).catch(() => undefined)
    await fresh.screen.call('topups.create', { mint: devnet.mint.url, amountSat: 777 })
    await goesOnUntil(fresh, async () => (await nothingWaits(fresh)) && (await fresh.database.topUps.where('state').equals('done').count()) === 1)
    const total = await balanceOf(fresh)
    expect(total).toBeGreaterThan(1_777 - 10)
    // it did not run away either: a restore bridges the counters in between
    expect((await fresh.database.counters.get(devnet.mint.keysetId))?.next).toBeLessThan(used + 250)
    const again = await openFresh()
    await restored(again, words, [devnet.mint.url])
    expect(await balanceOf(again)).toBe(total + before)
    await again.kill()
    await expectMoneyConserved({ ...stage, world: fresh })
    await fresh.kill()
  })
})

describe('two browsers with the same words', () => {
  it('that receive different amounts at the same counters: both tokens arrive', async () => {
    stage = await openStage()
    const { world, devnet } = stage
    const second = await openFresh()
    await restored(second, await wordsOf(world), [devnet.mint.url])
    const before = await balanceOf(world)
    await receive(world, await devnet.mint.mintToken(700))
    await receive(second, await devnet.mint.mintToken(300)).catch(() => undefined)
    await goesOnUntil(second, () => nothingWaits(second))
    expect(await balanceOf(second)).toBeGreaterThan(before + 300 - 10)
    const third = await openFresh()
    await restored(third, await wordsOf(world), [devnet.mint.url])
    expect(await balanceOf(third)).toBeGreaterThan(before + 1_000 - 20)
    await expectGoodNotes(third, devnet)
    await second.kill()
    await third.kill()
  })

  it('and a payment over Lightning whose change collides: nothing is paid or lost at first, then it goes through', async () => {
    stage = await openStage()
    const { world, devnet } = stage
    devnet.mint.quotes.autoPayMs = null
    const second = await openFresh()
    await restored(second, await wordsOf(world), [devnet.mint.url])
    second.clock.skewMs = 0
    await receive(world, await devnet.mint.mintToken(700))
    const before = await balanceOf(second)
    const states: string[] = []
    for (let round = 0; round < 2; round++) {
      const { invoice } = await world.screen.call('topups.create', { mint: devnet.mint.url, amountSat: 100 })
      const { id } = await second.screen.call('withdrawals.quote', { text: invoice, amountSat: null, mint: devnet.mint.url })
      states.push((await second.screen.call('withdrawals.pay', { id })).state)
      if (round === 0) expect(await balanceOf(second)).toBe(before)
    }
    expect(states).toEqual(['failed', 'paid'])
    expect((await second.ledger()).differenceMsat).toBe(0)
    await second.kill()
  })
})
