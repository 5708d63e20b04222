/** Requests paid with notes of a real mint: the session is funded by it, the provider redeems there, the change comes back from there. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ask, collect, until } from '../app/stage.ts'
import { PER_DAY, SITE } from '../app/world.ts'
import { cheapModels } from '../devnet/catalogues.ts'
import { createProvider, type DevnetProvider } from '../devnet/provider/provider.ts'
import { createUpstream, type DevnetUpstream } from '../devnet/upstream/upstream.ts'
import { type Actor, type Bench, expectSettled, openActor, openBench } from './bench.ts'
import { MINTS } from './mints.ts'

describe.each(MINTS)('$name', (kind) => {
  describe.skipIf(kind.start === null)('sessions', () => {
    let bench: Bench
    let upstream: DevnetUpstream
    let provider: DevnetProvider
    let actor: Actor
    beforeAll(async () => {
      bench = await openBench(kind)
      upstream = await createUpstream({ tokensPerSecond: 2000 })
    })
    afterAll(async () => {
      await bench.stop()
      await upstream.stop()
    })
    beforeEach(async () => {
      const floatToken = await bench.treasury.token(500)
      provider = await createProvider({ name: 'Finch AI', models: cheapModels(), mintUrl: bench.proxy.url, upstreams: [upstream], floatToken })
      actor = await openActor(bench)
      actor.world.answerWith(PER_DAY)
      await actor.receive(await bench.treasury.token(400))
      await actor.world.screen.call('providers.add', { url: provider.url })
    })
    afterEach(async () => {
      await actor.world.kill()
      await provider.stop()
    })

    const stream = async () => collect(await actor.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 300, stream: true }))
    const whole = () => actor.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 300 })

    /** Everything is home, and what we call spent is what the provider calls earned. */
    async function home(): Promise<void> {
      await until(async () => {
        actor.world.clock.skewMs += 600_000
        await actor.world.app.wake()
        const { open } = await actor.world.screen.call('sessions.bringHome', {})
        return open === 0
      }, 'every session is settled')
      await expectSettled(actor)
      const ledger = await actor.world.ledger()
      expect([ledger.differenceMsat, ledger.lostMsat, ledger.sessionsMsat]).toEqual([0, 0, 0])
      const { earnedMsat, forfeitedMsat } = provider.books()
      expect(ledger.spentMsat).toBe(earnedMsat + forfeitedMsat)
      expect(earnedMsat).toBeGreaterThan(0)
    }

    it('the first request takes the money along, the next one finds it there, and the rest comes home', async () => {
      expect(await stream()).toContain('built-in model')
      await until(async () => (await actor.world.database.sessions.toArray())[0]?.state === 'open', 'the account was read')
      expect((await whole()).choices).toHaveLength(1)
      expect(provider.requests.filter(({ path }) => path.includes('/chat/')).map(({ authorization }) => authorization)).toEqual(['cashu', 'sk'])
      await home()
    })

    it('a worker that dies in the middle', async () => {
      actor.world.dieAt(0, 'after')
      void stream().catch(() => undefined)
      await actor.world.died
      await actor.restart()
      actor.world.answerWith(PER_DAY)
      await stream()
      await home()
    })

    it('the answer to the refund is lost', async () => {
      await stream()
      provider.fault('drop-refund-response', 1)
      await home()
    })

    it('a token in the header of one request: its change comes home', async () => {
      await actor.world.screen.call('sites.setRule', { origin: SITE, xCashu: true })
      await whole()
      expect(provider.requests.filter(({ path }) => path.includes('/chat/')).map(({ authorization }) => authorization)).toEqual(['x-cashu'])
      expect(provider.accounts.list()).toEqual([])
      await home()
    })
  })
})
