/** The mint changes its keys at the worst moments, twice, and with another fee. The wallet follows; no note is lost on old keys. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, type Bench, expectMoneyConserved, expectSettled, openActor, openBench } from './bench.ts'
import { FEE_PPK, MINTS } from './mints.ts'

const SWAP = /^\/v1\/swap$/

describe.each(MINTS)('$name', (kind) => {
  describe.skipIf(kind.start === null)('keyset rotation', () => {
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

    const conserved = async (receivedSat: number): Promise<void> => {
      await expectSettled(actor)
      const { incoming } = await actor.world.screen.call('wallet.get', {})
      expect(incoming.map(({ state, problem }) => `${state}: ${problem}`)).toEqual([])
      const { mintFeesMsat, sentMsat } = await actor.world.ledger()
      expect(mintFeesMsat).toBeLessThanOrEqual(10_000)
      await expectMoneyConserved(actor, bench, receivedSat - (mintFeesMsat + sentMsat) / 1000)
    }

    it('a token on the old keyset, which the wallet still takes for the active one', async () => {
      const token = await bench.treasury.token(100)
      await bench.mint.rotate()
      await actor.receive(token)
      await conserved(100)
    })

    it('a token on a keyset that the wallet has never seen', async () => {
      await bench.mint.rotate()
      await actor.receive(await bench.treasury.token(100))
      await conserved(100)
    })

    it('between the writing down of a swap and its arrival', async () => {
      const token = await bench.treasury.token(100)
      const held = bench.proxy.hold(SWAP)
      const receiving = actor.receive(token).catch(() => undefined)
      await held.arrived
      await bench.mint.rotate()
      expect(await held.release()).toBe(400)
      await receiving
      await conserved(100)
    })

    it('after a swap whose answer was lost, before recovery', async () => {
      const token = await bench.treasury.token(100)
      bench.proxy.loseAnswer(SWAP)
      bench.proxy.loseRequest(/restore/)
      await actor.receive(token).catch(() => undefined)
      await bench.mint.rotate()
      await bench.mint.rotate()
      await actor.restart()
      await conserved(100)
    })

    it('then sending exactly with old notes, sending with change, and taking back', async () => {
      await actor.receive(await bench.treasury.token(1000))
      const before = await actor.send(64)
      await bench.mint.rotate()
      const exact = await actor.send(32)
      const changed = await actor.send(333)
      expect(await bench.treasury.claim(exact.token)).toBe(31)
      expect(await bench.treasury.claim(changed.token)).toBeGreaterThan(330)
      const { receivedMsat } = await actor.world.screen.call('tokens.takeBack', { operationId: before.operationId })
      expect(receivedMsat).toBe(63_000)
      await conserved(1000)
    })

    it('with five times the fee: new notes cost it, old ones do not', async () => {
      const old = await bench.treasury.token(64)
      await bench.mint.rotate(5 * FEE_PPK)
      expect(await actor.receive(old)).toMatchObject({ receivedMsat: 63_000, feeMsat: 1_000 })
      const fresh = await bench.treasury.token(64, [32, 16, 16])
      expect(await actor.receive(fresh)).toMatchObject({ receivedMsat: 62_000, feeMsat: 2_000 })
      const { token } = await actor.send(100)
      await bench.treasury.claim(token)
      await conserved(128)
      await bench.mint.rotate()
    })

    it('while 10 tokens are being received', async () => {
      const tokens = await bench.treasury.tokens(10, 10)
      const receiving = Promise.allSettled(tokens.map((token) => actor.receive(token)))
      await bench.mint.rotate()
      await receiving
      await conserved(100)
    })
  })
})
