/** Rows of the crash checklist (`cashu.md` §7) about strangers who lie or race: what the generator does not draw. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectMoneyConserved, openStage, type Stage } from './stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

const receive = (token: string) => stage.world.screen.call('tokens.receive', { token, trustMint: false })
const open = () => stage.world.database.operations.where('state').equals('requested').count()

/** Ten minutes later an alarm goes off. */
async function later(): Promise<void> {
  stage.world.clock.skewMs += 600_000
  await stage.world.app.wake()
}

describe('cashu.md §7', () => {
  it.each(['stripDleq', 'badDleq', 'swapSignatures', 'missingSignature', 'wrongAmount', 'wrongKeysetId'] as const)(
    '§7 no. 15 a mint whose signatures are bad (%s): nothing is deleted, and it is finished when it speaks the truth',
    async (lie) => {
      const { mint } = stage.devnet
      const token = await stage.devnet.faucet(21)
      mint.lies[lie] = true
      await expect(receive(token)).rejects.toMatchObject({ code: 'mint_unreachable' })
      await later()
      await stage.restart()
      await later()
      expect(await open()).toBe(1)
      const [row] = await stage.world.database.incoming.where('state').equals('redeeming').toArray()
      expect(row?.token).toBe(token)
      mint.lies[lie] = false
      await later()
      expect(await open()).toBe(0)
      await expectMoneyConserved(stage)
    },
  )

  it('§7 no. 19 the holder redeems a token while it is being taken back: one of the two has it, and both hear who', async () => {
    const { world, devnet } = stage
    const { operationId, token } = await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 21, memo: null })
    let redeemed = ''
    world.bend((url, go) => {
      if (!url.endsWith('/v1/swap')) return null
      // between our writing down and our asking
      return devnet.mint.swapAll(token).then((fresh) => {
        redeemed = fresh
        return go()
      })
    })
    await expect(world.screen.call('tokens.takeBack', { operationId })).rejects.toMatchObject({ code: 'token_already_spent' })
    world.bend(null)
    expect(redeemed).toMatch(/^cashu/)
    expect((await world.screen.call('wallet.get', {})).sent).toMatchObject([{ operationId, state: 'claimed' }])

    const second = await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 21, memo: null })
    await world.screen.call('tokens.takeBack', { operationId: second.operationId })
    await expect(devnet.mint.swapAll(second.token)).rejects.toThrow('already spent')
    await expectMoneyConserved(stage)
  })

  it.each(['swap', 'restore'] as const)('§7 no. 22 signatures without proof, two of them exchanged: not believed on %s', async (where) => {
    const { mint } = stage.devnet
    const token = await stage.devnet.faucet(21)
    const lies = { stripDleq: true, swapSignatures: true }
    // before a restore the honest answer of the swap is lost
    stage.world.bend((url, go) => {
      if (!url.endsWith('/v1/swap') || mint.lies.stripDleq) return null
      if (where === 'swap') Object.assign(mint.lies, lies)
      return go().then((answer) => {
        Object.assign(mint.lies, lies)
        return where === 'swap' ? answer : Promise.reject(new TypeError('cut off'))
      })
    })
    await expect(receive(token)).rejects.toMatchObject({ code: 'mint_unreachable' })
    stage.world.bend(null)
    await later()
    await later()
    expect(await open()).toBe(1)
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
    Object.assign(mint.lies, { stripDleq: false, swapSignatures: false })
    await later()
    expect(await open()).toBe(0)
    await expectMoneyConserved(stage)
  })
})
