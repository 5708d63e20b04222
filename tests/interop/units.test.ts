/** Accounts in other units: thousandths of a sat pay like sats; cents are kept, shown and sent away, and are in no sum of ours. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, type Bench, expectMoneyConserved, feeOf, openActor, openBench } from './bench.ts'
import { MINTS } from './mints.ts'

describe.each(MINTS)('$name', (kind) => {
  describe.skipIf(kind.start === null)('other units', () => {
    let bench: Bench
    let actor: Actor
    beforeAll(async () => {
      bench = await openBench(kind)
    })
    afterAll(() => bench.stop())
    beforeEach(async () => {
      actor = await openActor(bench)
    })
    afterEach(() => actor.world.kill())

    it.each([
      ['msat', 10],
      ['usd', 0],
    ])('%s: received, sent with change, redeemed by a second wallet, taken back', async (unit, worthSat) => {
      const treasury = bench.treasuryOf(unit)
      const token = await treasury.token(10_000)
      const notes = (await treasury.decode(token)).length
      expect(await actor.world.screen.call('tokens.inspect', { token })).toMatchObject({ unit, amount: 10_000, amountMsat: worthSat * 1000 })
      await actor.receive(token)
      const received = 10_000 - feeOf(notes)
      expect(await accountsOf(actor)).toMatchObject([{ unit, ready: received }])
      expect(await actor.balanceSat()).toBe(worthSat === 0 ? 0 : received / 1000)

      const first = await actor.send(777, unit)
      expect(await treasury.claim(first.token)).toBe(777 - feeOf((await treasury.decode(first.token)).length))
      const second = await actor.send(1_234, unit)
      await actor.world.screen.call('tokens.takeBack', { operationId: second.operationId })
      await actor.world.app.wake()
      const { sent } = await actor.world.screen.call('wallet.get', {})
      expect(sent.map(({ state }) => state).sort()).toEqual(['claimed', 'taken back'])
      const [account] = await accountsOf(actor)
      const fees = received - 777 - (account?.ready ?? 0)
      expect(fees).toBeGreaterThan(0)
      expect(fees).toBeLessThanOrEqual(9)
      await expectMoneyConserved(actor, bench, { [unit]: account?.ready ?? 0 })
    })

    it('three accounts at one mint do not mix, also when an answer is lost', async () => {
      const [sat, msat, usd] = [bench.treasury, bench.treasuryOf('msat'), bench.treasuryOf('usd')]
      const tokens = [await sat.token(64), await msat.token(64), await usd.token(64)]
      bench.proxy.loseAnswer(/swap/, 2)
      await Promise.allSettled(tokens.map((token) => actor.receive(token)))
      await expectMoneyConserved(actor, bench, { sat: 63, msat: 63, usd: 63 })
    })
  })
})

const accountsOf = async ({ world }: Actor) =>
  (await world.screen.call('wallet.get', {})).mints.flatMap(({ accounts }) => accounts).filter(({ notes }) => notes > 0)
