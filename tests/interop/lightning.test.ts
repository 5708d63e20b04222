/** Lightning at two mints of a kind: money in by an invoice that pays itself, out to an invoice of the other one, and moved between them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../app/stage.ts'
import { type Actor, type Bench, expectMoneyConserved, openActor, openBench } from './bench.ts'
import { MINTS } from './mints.ts'

describe.each(MINTS)('$name', (kind) => {
  describe.skipIf(kind.start === null)('Lightning', () => {
    let bench: Bench
    let other: Bench
    let actor: Actor
    beforeAll(async () => {
      bench = await openBench(kind)
      other = await openBench(kind)
    })
    afterAll(async () => {
      await bench.stop()
      await other.stop()
    })
    beforeEach(async () => {
      actor = await openActor(bench)
    })
    afterEach(() => actor.world.kill())

    const rows = () => actor.world.screen.call('lightning.get', {})

    /** Every top-up and every withdrawal has come to an end. */
    const ended = () =>
      until(
        async () => {
          actor.world.clock.skewMs += 60_000
          await actor.world.app.wake()
          const { topUps, withdrawals } = await rows()
          return topUps.every(({ state }) => state === 'done') && withdrawals.every(({ state }) => state === 'paid' || state === 'failed')
        },
        'every top-up and withdrawal has ended',
        30_000,
      )

    it.each([
      ['nothing fails', () => undefined],
      ['the answer with the notes is lost', () => bench.proxy.loseAnswer(/^\/v1\/mint\/bolt11$/)],
      ['the request for the notes is lost', () => bench.proxy.loseRequest(/^\/v1\/mint\/bolt11$/)],
      ['the request for the notes arrives twice', () => bench.proxy.double(/^\/v1\/mint\/bolt11$/)],
    ])('a top-up arrives whole when %s', async (_, fail) => {
      fail()
      expect(await actor.world.screen.call('topups.create', { mint: bench.proxy.url, amountSat: 300 })).toMatchObject({ amountSat: 300 })
      await ended()
      await expectMoneyConserved(actor, bench, 300)
    })

    it('a top-up is finished by the next worker', async () => {
      const held = bench.proxy.hold(/^\/v1\/mint\/bolt11$/)
      await actor.world.screen.call('topups.create', { mint: bench.proxy.url, amountSat: 300 })
      await held.arrived
      await actor.world.kill()
      expect(await held.release()).toBe(200)
      actor.world = await actor.world.restart()
      await ended()
      await expectMoneyConserved(actor, bench, 300)
    })

    it.each([
      ['nothing fails', () => undefined],
      ['the answer of the payment is lost', () => bench.proxy.loseAnswer(/^\/v1\/melt\/bolt11$/)],
      ['the order to pay is lost', () => bench.proxy.loseRequest(/^\/v1\/melt\/bolt11$/)],
    ])('an invoice is paid once and the rest of the reserve comes back when %s', async (_, fail) => {
      await actor.receive(await bench.treasury.token(1000))
      const invoice = await other.treasury.invoice(200)
      const { id } = await actor.world.screen.call('withdrawals.quote', { text: invoice, amountSat: null, mint: bench.proxy.url })
      fail()
      await actor.world.screen.call('withdrawals.pay', { id }).catch(() => undefined)
      await ended()
      const [withdrawal] = (await rows()).withdrawals
      expect(withdrawal).toMatchObject({ state: 'paid', amountSat: 200 })
      // 1 sat for receiving; what paying cost includes the mint's fee for the notes
      await expectMoneyConserved(actor, bench, 1000 - 1 - 200 - (withdrawal?.feeSat ?? Number.NaN))
    })

    it('money moves to the other mint', async () => {
      await actor.world.screen.call('mints.add', { url: other.proxy.url })
      await actor.receive(await bench.treasury.token(1000))
      const move = await actor.world.screen.call('moves.quote', { from: bench.proxy.url, to: other.proxy.url, amountSat: 300 })
      await actor.world.screen.call('moves.start', { withdrawalId: move.withdrawalId })
      await ended()
      const { mints } = await actor.world.screen.call('wallet.get', {})
      expect(mints.find(({ mint }) => mint.url === other.proxy.url)?.readyMsat).toBe(300_000)
      expect((await actor.world.ledger()).differenceMsat).toBe(0)
    })

    it('a token of a mint that is not trusted is swapped to one that is', async () => {
      const token = await other.treasury.token(400)
      await expect(actor.receive(token)).rejects.toMatchObject({ code: 'unknown_mint' })
      const [waiting] = (await actor.world.screen.call('wallet.get', {})).incoming
      await actor.world.screen.call('moves.fromToken', { incomingId: waiting?.id ?? '', to: bench.proxy.url })
      await ended()
      const { mints, incoming } = await actor.world.screen.call('wallet.get', {})
      expect(incoming).toEqual([])
      expect(mints.find(({ mint }) => mint.url === other.proxy.url)?.trusted).toBe(false)
      const here = await actor.balanceSat()
      expect(here).toBeGreaterThan(400 - 20)
      // what is left there is the rest of the reserve, shown apart
      await actor.world.app.wake()
      expect((await actor.world.ledger()).differenceMsat).toBe(0)
      expect((await actor.world.ledger()).lostMsat).toBe(0)
    })
  })
})
