/** A mint whose answers do not fit together: nothing is deleted that may still be worth something, and no counters are burned on it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { json, refundingInstead } from './bent-network.ts'
import { createTopUp, openLightningStage, outsideInvoice, payInvoice, untilTopUp, wakeLater } from './lightning-stage.ts'
import { balanceOf, openFresh, restored, wordsOf } from './restoring.ts'
import { ask, expectMoneyConserved, type Stage } from './stage.ts'
import { PER_DAY } from './world.ts'


let stage: Stage
beforeEach(async () => {
  stage = await openLightningStage()
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

/** What a restore bridges (`cashu.md` §7 no. 13). */
const GAP = 300
const counter = async (): Promise<number> => (await stage.world.database.counters.get(stage.devnet.mint.keysetId))?.next ?? 0

/** The mint lists its keyset as active, and refuses to sign with it. */
const refusesItsKeyset = (path: string) =>
  stage.world.bend((url) => (url.endsWith(path) ? Promise.resolve(json({ code: 12002, detail: 'Keyset is inactive' }, 400)) : null))

describe('an active keyset that signs nothing', () => {
  it('for a top-up: no new outputs at every try, and a restore finds what comes at last', async () => {
    const { world, devnet } = stage
    const topUp = await createTopUp(stage, 100)
    refusesItsKeyset('/v1/mint/bolt11')
    payInvoice(stage, topUp)
    await untilTopUp(stage, topUp.id, 'minting')
    const begun = await counter()
    for (let round = 0; round < 20; round++) await wakeLater(stage, 600_000)
    expect(await counter()).toBe(begun)
    expect((await world.database.topUps.get(topUp.id))?.replaced).toEqual([])
    world.bend(null)
    await wakeLater(stage, 600_000)
    await untilTopUp(stage, topUp.id, 'done')
    const fresh = await openFresh()
    await restored(fresh, await wordsOf(world), [devnet.mint.url])
    expect(await balanceOf(fresh)).toBe(await balanceOf(world))
    await fresh.kill()
    await expectMoneyConserved(stage)
  })

  it('for a token: the same', async () => {
    const { world, devnet } = stage
    const token = await devnet.faucet(900)
    refusesItsKeyset('/v1/swap')
    const begun = await counter()
    await expect(world.screen.call('tokens.receive', { token, trustMint: false })).rejects.toMatchObject({ code: 'mint_unreachable' })
    for (let round = 0; round < 40; round++) await wakeLater(stage, 30_000)
    expect((await counter()) - begun).toBeLessThan(GAP / 3)
    world.bend(null)
    for (let round = 0; round < 3; round++) await wakeLater(stage, 600_000)
    expect((await world.database.incoming.toArray()).find((row) => row.token === token)?.state).toBe('redeemed')
    await expectMoneyConserved(stage)
  })
})

describe('a token of which the holder melts a part', () => {
  const post = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(stage.devnet.mint.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    return answer.json()
  }

  it('is not taken back while that is pending; when it has failed, all of it comes back', async () => {
    const { world, devnet } = stage
    const before = await balanceOf(world)
    const { operationId, token } = await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 96, memo: null })
    const part = devnet.mint.decode(token).find(({ amount }) => amount.toNumber() === 64)
    if (part === undefined) throw new Error('no such note in the token')
    devnet.mint.quotes.holdMelts = true
    const { quote } = v.parse(v.object({ quote: v.string() }), await post('/v1/melt/quote/bolt11', { request: outsideInvoice(stage, 10), unit: 'sat' }))
    await post('/v1/melt/bolt11', { quote, inputs: [{ id: part.id, secret: part.secret, C: part.C, amount: 64 }] })
    expect(devnet.mint.stateOf(part.secret)).toBe('PENDING')
    await expect(world.screen.call('tokens.takeBack', { operationId })).rejects.toMatchObject({ code: 'mint_rejected' })
    devnet.mint.settleMelt(quote, 'failed')
    await world.screen.call('tokens.takeBack', { operationId })
    expect(await balanceOf(world)).toBe(before - 1)
    expect(devnet.mint.stateOf(part.secret)).toBe('SPENT')
    await expectMoneyConserved(stage)
  })
})

describe('change of a session under a monstrous fee', () => {
  it('is kept and shown, not written off as that fee', async () => {
    const { world, devnet } = stage
    world.answerWith(PER_DAY)
    devnet.providers.dear.down = true
    await world.page().routstr.chat.completions.create(ask())
    let change = 0
    let dear: Promise<string> | undefined
    world.bend((url, go) =>
      url.endsWith('/refund')
        ? refundingInstead(go(), (token) => {
            change ||= devnet.mint.decode(token).reduce((sum, { amount }) => sum + amount.toNumber(), 0)
            if (dear === undefined) devnet.mint.rotate({ feePpk: 1_000_000_000 })
            dear ??= devnet.mint.mintToken(change)
            return dear
          })
        : null,
    )
    for (let round = 0; round < 3; round++) {
      await wakeLater(stage, 600_000)
      await world.screen.call('sessions.bringHome', {})
    }
    expect(change).toBeGreaterThan(10)
    const shown = (await world.screen.call('wallet.get', {})).incoming
    expect(shown).toMatchObject([{ amountMsat: change * 1000, problem: expect.stringContaining('fee') }])
    expect((await world.ledger()).differenceMsat).toBe(0)
  })
})
