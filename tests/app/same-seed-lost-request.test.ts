/** Two browsers with the same words ask a mint with the same outputs: what it signed for one must not end the swap of the other (NUT-13, `cashu.md` §7 no. 13). */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { balanceOf, expectGoodNotes, openFresh, restored, wordsOf } from './restoring.ts'
import { openStage, type Stage } from './stage.ts'
import type { World } from './world.ts'


let stage: Stage
let other: World
beforeEach(async () => {
  stage = await openStage()
  other = await openFresh()
})
afterEach(async () => {
  await other.kill()
  await stage.stop()
})

const receive = (world: World, token: string) => world.screen.call('tokens.receive', { token, trustMint: true })

it('a request that is lost while the other one has used the same outputs: the token is kept, and redeemed with others', async () => {
  const { devnet, world } = stage
  await restored(other, await wordsOf(world), [devnet.mint.url])
  const counter = async (of: World) => (await of.database.counters.get(devnet.mint.keysetId))?.next
  expect(await counter(other)).toBe(await counter(world))
  const before = await balanceOf(world)
  const token = await devnet.faucet(3)
  await receive(other, await devnet.faucet(3))
  devnet.mint.fault(/^\/v1\/swap$/, 'before')
  await expect(receive(world, token)).rejects.toMatchObject({ code: 'mint_unreachable' })
  for (let round = 0; round < 3; round++) {
    world.clock.skewMs += 600_000
    await world.app.wake()
  }
  const row = (await world.database.incoming.toArray()).find((one) => one.token === token)
  expect(row?.state).toBe('redeemed')
  expect(devnet.mint.decode(token).map(({ secret }) => devnet.mint.stateOf(secret))).not.toContain('UNSPENT')
  expect(await balanceOf(world)).toBe(before + 2)
  expect((await world.ledger()).differenceMsat).toBe(0)
  await expectGoodNotes(world, devnet)
})
