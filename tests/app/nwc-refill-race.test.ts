/** A refill that arrives while the next look is under way: what that look has read before must not make it ask for a second one. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { gate } from './bent-network.ts'
import { type NwcStage, openNwcStage } from './nwc-stage.ts'
import { expectMoneyConserved, until } from './stage.ts'

let stage: NwcStage
beforeEach(async () => {
  stage = await openNwcStage()
})
afterEach(() => stage.stop())

it('a look that begins before the refill arrives and ends after it asks for nothing', async () => {
  const { world, devnet } = stage
  const { database } = world
  const minting = devnet.mint.hold(/^\/v1\/mint\/bolt11$/)
  await world.screen.call('nwc.refill', { refill: { mint: stage.mint, thresholdSat: 2_500, amountSat: 1_000, dailyCapSat: 5_000 } })
  await until(async () => (await stage.payments())[0]?.state === 'paid', 'the wallet has paid')
  await minting.waiting

  const look = lookHeldUp(database.values)
  // any change of the money makes the extension look
  await world.screen.call('tokens.send', { mint: stage.mint, unit: 'sat', amount: 1, memo: null })
  await look.begun
  minting.release()
  await until(async () => (await database.topUps.toArray()).some(({ state }) => state === 'done'), 'the refill has arrived')
  look.goOn()
  await stage.alarm()
  await stage.alarm()
  expect(stage.asked()).toBe(1)
  await expectMoneyConserved(stage)
})

/** A look reads the connection, and then the payments to decide; there it waits, once. */
function lookHeldUp(values: { get(key: string): PromiseLike<unknown> }): { readonly begun: Promise<void>; goOn(): void } {
  const begun = gate()
  const way = gate()
  const get = values.get.bind(values)
  const keys: string[] = []
  Object.assign(values, {
    get(key: string) {
      if (key.startsWith('nwc')) keys.push(key)
      if (keys.slice(-2).join() !== 'nwc,nwc payments') return get(key)
      Object.assign(values, { get })
      begun.open()
      return way.passed.then(() => get(key))
    },
  })
  return { begun: begun.passed, goOn: () => way.open() }
}
