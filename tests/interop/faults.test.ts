/** The network in front of the mint loses, holds and doubles; the worker dies at any request. Afterwards each note is good. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../app/stage.ts'
import { type Actor, type Bench, expectMoneyConserved, expectSettled, feeOf, openActor, openBench } from './bench.ts'
import { MINTS } from './mints.ts'

const SWAP = /^\/v1\/swap$/

describe.each(MINTS)('$name', (kind) => {
  describe.skipIf(kind.start === null)('a bad network', () => {
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
      ['the request is lost', () => bench.proxy.loseRequest(SWAP)],
      ['the answer is lost', () => bench.proxy.loseAnswer(SWAP)],
      ['the answer is lost three times', () => bench.proxy.loseAnswer(SWAP, 3)],
      ['the request arrives twice at the same moment', () => bench.proxy.double(SWAP)],
      ['the answer is lost and so is what the restore says', () => [bench.proxy.loseAnswer(SWAP), bench.proxy.loseAnswer(/restore/)]],
    ])('receiving: nothing is lost when %s', async (_, fail) => {
      const token = await bench.treasury.token(100)
      fail()
      await actor.receive(token).catch(() => undefined)
      await expectMoneyConserved(actor, bench, 99)
    })

    it.each([
      ['the request is lost', () => bench.proxy.loseRequest(SWAP)],
      ['the answer is lost', () => bench.proxy.loseAnswer(SWAP)],
      ['the request arrives twice at the same moment', () => bench.proxy.double(SWAP)],
      ['the states can not be asked', () => bench.proxy.loseRequest(/checkstate/)],
    ])('taking back: nothing is lost when %s', async (_, fail) => {
      await actor.receive(await bench.treasury.token(1000))
      const { operationId } = await actor.send(100)
      fail()
      const takeBack = () => actor.world.screen.call('tokens.takeBack', { operationId }).catch(() => undefined)
      await takeBack()
      await until(async () => {
        await expectSettled(actor)
        const [sent] = (await actor.world.screen.call('wallet.get', {})).sent
        if (sent?.state === 'pending') await takeBack()
        return sent?.state === 'taken back'
      }, 'taken back')
      const { mintFeesMsat } = await actor.world.ledger()
      await expectMoneyConserved(actor, bench, 1000 - mintFeesMsat / 1000)
    })

    it('20 tokens at once, four answers and three requests lost', async () => {
      const tokens = await bench.treasury.tokens(20, 10)
      bench.proxy.loseAnswer(SWAP, 4)
      bench.proxy.loseRequest(SWAP, 3)
      await Promise.allSettled(tokens.map((token) => actor.receive(token)))
      await expectSettled(actor)
      const fees = (await actor.world.ledger()).mintFeesMsat / 1000
      // tokens that wait are redeemed together, which costs less than one by one
      expect(fees).toBeLessThanOrEqual(20)
      await expectMoneyConserved(actor, bench, 200 - fees)
    })

    it('the mint is gone for a while', async () => {
      const token = await bench.treasury.token(100)
      bench.proxy.down = true
      await expect(actor.receive(token)).rejects.toMatchObject({ code: 'mint_unreachable' })
      bench.proxy.down = false
      await expectMoneyConserved(actor, bench, 99)
    })

    it('a swap still on its way when the worker died commits before recovery asks', async () => {
      const token = await bench.treasury.token(100)
      const held = bench.proxy.hold(SWAP)
      void actor.receive(token).catch(() => undefined)
      await held.arrived
      await actor.world.kill()
      expect(await held.release()).toBe(200)
      actor.world = await actor.world.restart()
      await expectMoneyConserved(actor, bench, 99)
    })

    it('a swap still on its way commits only after recovery has failed to reach the mint', async () => {
      const token = await bench.treasury.token(100)
      const held = bench.proxy.hold(SWAP)
      void actor.receive(token).catch(() => undefined)
      await held.arrived
      bench.proxy.loseRequest(SWAP)
      await actor.restart()
      await until(() => bench.proxy.calls.filter((call) => call === 'POST /v1/swap').length >= 2, 'the replay was sent, and lost')
      expect(await held.release()).toBe(200)
      await expectMoneyConserved(actor, bench, 99)
    })

    it('a swap still on its way arrives after recovery has repeated it: the mint refuses it, nothing changes', async () => {
      const token = await bench.treasury.token(100)
      const held = bench.proxy.hold(SWAP)
      void actor.receive(token).catch(() => undefined)
      await held.arrived
      await actor.restart()
      await expectSettled(actor)
      expect(await held.release()).toBe(400)
      await expectMoneyConserved(actor, bench, 99)
    })

    describe('the worker dies', () => {
      const deaths = [0, 1, 2, 3].flatMap((request) => (['before', 'after'] as const).map((when) => ({ request, when })))

      it.each(deaths)('$when request $request of a receive, a send with change and a take-back', async ({ request, when }) => {
        await actor.receive(await bench.treasury.token(200))
        const token = await bench.treasury.token(100)
        actor.world.dieAt(request, when)
        const story = (async () => {
          await actor.receive(token)
          const { operationId } = await actor.send(123)
          await actor.world.screen.call('tokens.takeBack', { operationId })
        })().catch(() => undefined)
        await Promise.race([story, actor.world.died])
        await actor.restart()
        // it may have died before the token was written down: its owner still has it
        await actor.receive(token).catch(() => undefined)
        await expectSettled(actor)
        const { sent } = await actor.world.screen.call('wallet.get', {})
        for (const { operationId, state } of sent) if (state === 'pending') await actor.world.screen.call('tokens.takeBack', { operationId })
        const { mintFeesMsat, receivedMsat } = await actor.world.ledger()
        expect(receivedMsat).toBe(300_000)
        expect(mintFeesMsat).toBeLessThanOrEqual(1000 * (feeOf(3) + feeOf(3) + feeOf(20) + feeOf(20)))
        await expectMoneyConserved(actor, bench, 300 - mintFeesMsat / 1000)
      })
    })
  })
})
