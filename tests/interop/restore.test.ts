/** The twelve words at a straight mint: every note back, also of a keyset that signs no more, into an empty wallet and into one in use. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { restored, wordsOf } from '../app/restoring.ts'
import { type Actor, type Bench, expectMoneyConserved, feeOf, openActor, openBench } from './bench.ts'
import { MINTS } from './mints.ts'

describe.each(MINTS)('$name', (kind) => {
  describe.skipIf(kind.start === null)('restoring', () => {
    let bench: Bench
    let lost: Actor
    let found: Actor
    beforeAll(async () => {
      bench = await openBench(kind)
    })
    afterAll(() => bench.stop())
    beforeEach(async () => {
      lost = await openActor(bench)
      found = await openActor(bench, false)
    })
    afterEach(() => Promise.all([lost, found].map(({ world }) => world.kill())))

    /** Received before and after a rotation, and partly spent. @returns words and balance */
    async function livedIn(): Promise<{ readonly words: string; readonly balance: number }> {
      await lost.receive(await bench.treasury.token(500))
      await bench.mint.rotate()
      await lost.world.screen.call('mints.check', { url: bench.proxy.url })
      await lost.receive(await bench.treasury.token(300))
      await bench.treasury.claim((await lost.send(77)).token)
      await lost.world.app.wake()
      const known = { words: await wordsOf(lost.world), balance: await lost.balanceSat() }
      await lost.world.kill()
      return known
    }

    it('into an empty wallet brings every note back, of both keysets, and it pays at once', async () => {
      const { words, balance } = await livedIn()
      expect(await restored(found.world, words, [bench.proxy.url])).toMatchObject({ state: 'done', foreign: false })
      expect(await found.balanceSat()).toBe(balance)
      const { token } = await found.send(123)
      expect(await bench.treasury.claim(token)).toBeGreaterThan(0)
      await expectMoneyConserved(found, bench, await found.balanceSat())
    })

    it('of a wallet whose last answer was lost finds those notes as well', async () => {
      bench.proxy.loseAnswer(/^\/v1\/swap$/)
      await lost.receive(await bench.treasury.token(200)).catch(() => undefined)
      const words = await wordsOf(lost.world)
      await lost.world.kill()
      await restored(found.world, words, [bench.proxy.url])
      await expectMoneyConserved(found, bench, 200 - feeOf(2))
    })

    it('the words of another wallet into one in use: the notes come in as tokens, for the fee of a swap', async () => {
      await found.world.screen.call('mints.add', { url: bench.proxy.url })
      await found.receive(await bench.treasury.token(100))
      const { words, balance } = await livedIn()
      expect(await restored(found.world, words, [bench.proxy.url])).toMatchObject({ state: 'done', foreign: true })
      const after = await found.balanceSat()
      expect(after).toBeLessThan(99 + balance)
      expect(after).toBeGreaterThan(99 + balance - 10)
      await expectMoneyConserved(found, bench, after)
    })
  })
})
