import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage({ world: { patience: { firstByteMs: 4_000, idleMs: 2_000 } } })
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const receipts = async () => (await stage.world.screen.call('overview.get', { origin: SITE })).receipts

describe('the next provider answers when one fails before its first byte', () => {
  const failures: readonly (readonly [string, (stage: Stage) => void])[] = [
    [
      'is down',
      ({ devnet }) => {
        devnet.providers.cheap.down = true
      },
    ],
    ['answers 500', ({ devnet }) => devnet.providers.cheap.fault('upstream-500', 9)],
    ['is rate limited', ({ devnet }) => devnet.providers.cheap.fault('upstream-429', 9)],
    ['has a dead upstream', ({ devnet }) => devnet.providers.cheap.fault('upstream-dead', 9)],
    ['never answers', ({ devnet }) => devnet.providers.cheap.fault('silence', 9, { path: /chat/ })],
    ['redirects (T25)', ({ devnet }) => devnet.providers.cheap.fault('redirect', 9, { path: /chat/ })],
    ['takes the token and denies the account', ({ devnet }) => devnet.providers.cheap.fault('token-consumed', 1)],
    ['wants a huge amount', ({ devnet }) => devnet.providers.cheap.fault('huge-402', 9)],
    ['answers with a web page', ({ devnet }) => devnet.providers.cheap.fault('html', 9, { path: /chat/ })],
  ]

  it.each(failures)(
    'the cheap one %s: the page sees one clean stream of the dear one',
    async (what, fail) => {
      fail(stage)
      const { data: stream, response } = await stage.world
        .page()
        .routstr.chat.completions.create({ ...ask(), stream: true })
        .withResponse()
      expect(await collect(stream)).toContain('blue')
      expect(response.headers.get('x-routstr-provider')).toBe('Heron Compute')
      expect(response.headers.get('x-routstr-fallback')).toMatch(/^Sparrow AI: ./)
      const [receipt] = await receipts()
      expect(receipt?.attempts.map(({ providerName }) => providerName)).toEqual(['Sparrow AI', 'Heron Compute'])
      stage.devnet.providers.cheap.clearFaults()
      stage.devnet.providers.cheap.down = false
      if (what.startsWith('takes the token')) {
        // the thief is waited for, then written off and shown with the token as proof
        await until(
          async () => {
            stage.world.clock.skewMs += 600_000
            await stage.world.app.wake()
            return (await stage.world.ledger()).lostMsat > 0
          },
          'the session is lost',
          20_000,
        )
        const { sessions } = await stage.world.screen.call('wallet.get', {})
        const lost = sessions.map(({ session }) => session).find(({ state }) => state === 'lost')
        expect(lost?.token).toMatch(/^cashuB/)
        await expectMoneyConserved(stage, { lostMsat: lost?.faceMsat ?? 0 })
      } else await expectMoneyConserved(stage)
    },
  )

  it('everybody down: one clear error, nothing lost', async () => {
    stage.devnet.providers.cheap.down = true
    stage.devnet.providers.dear.down = true
    const response = await stage.world.page().routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify(ask()) })
    // the requests took their money along: how far it got, nobody can say at this moment
    expect(response.status).toBe(424)
    expect(response.headers.get('x-should-retry')).toBe('false')
    expect(await response.json()).toMatchObject({ error: { code: 'upstream_failed_after_payment' } })
    stage.devnet.providers.cheap.down = false
    stage.devnet.providers.dear.down = false
    await expectMoneyConserved(stage)
  })

  it("a request's own 400 comes back unchanged after one try", async () => {
    stage.devnet.providers.cheap.fault('upstream-400', 9)
    const response = await stage.world.page().routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify(ask()) })
    expect(response.status).toBe(400)
    expect(response.headers.get('x-routstr-provider')).toBe('Sparrow AI')
    expect(stage.devnet.providers.dear.requests.filter(({ path }) => path.includes('chat'))).toHaveLength(0)
    stage.devnet.providers.cheap.clearFaults()
    await expectMoneyConserved(stage)
  })

  it('asked by the name of the dear one, the cheap one answers under its own', async () => {
    const { data: stream, response } = await stage.world
      .page()
      .routstr.chat.completions.create({ ...ask('Why?', 'acme/owl-mini-2026-05-01'), stream: true })
      .withResponse()
    await collect(stream)
    expect(response.headers.get('x-routstr-provider')).toBe('Sparrow AI')
    await expectMoneyConserved(stage)
  })
})

describe('a stream that breaks never ends cleanly', () => {
  it('cut in the middle: the page gets an error, the hold is settled later', async () => {
    stage.devnet.providers.cheap.settings.staleReservationMs = 300
    stage.devnet.providers.cheap.settings.sweepMs = 50
    stage.devnet.upstream.tokensPerSecond = 40
    stage.devnet.providers.cheap.fault('midstream-cut', 1)
    const stream = await stage.world.page().routstr.chat.completions.create({ ...ask(), stream: true })
    await expect(collect(stream)).rejects.toMatchObject({ code: 'stream_interrupted' })
    const [receipt] = await receipts()
    expect(receipt).toMatchObject({ state: 'interrupted', chargedMsat: null })
    await until(
      () =>
        stage.devnet.providers.cheap.accounts.list().every(({ key }) => stage.devnet.providers.cheap.accounts.reservedOf(key) === 0) ||
        stage.devnet.providers.cheap.sweep() > 0,
      'the stale reservation is released',
    )
    await expectMoneyConserved(stage)
    expect((await receipts())[0]?.chargedMsat).toBe(0)
  })

  it('a text that is whole although the last word about its cost is missing is delivered; the account tells the cost', async () => {
    stage.devnet.providers.cheap.fault('drop-chat-response', 1)
    expect(await collect(await stage.world.page().routstr.chat.completions.create({ ...ask(), stream: true }))).toContain('blue')
    await expectMoneyConserved(stage)
    expect((await receipts())[0]).toMatchObject({ state: 'completed', chargedMsat: stage.devnet.providers.cheap.earningsMsat() })
  })

  it('an answer that was lost whole is asked for once more elsewhere; both costs are in the books', async () => {
    stage.devnet.providers.cheap.fault('drop-chat-response', 1)
    const { response } = await stage.world.page().routstr.chat.completions.create(ask()).withResponse()
    expect(response.headers.get('x-routstr-provider')).toBe('Heron Compute')
    await expectMoneyConserved(stage)
    const { cheap, dear } = stage.devnet.providers
    expect((await receipts())[0]?.chargedMsat).toBe(cheap.earningsMsat() + dear.earningsMsat())
  })

  it("the provider's own error event reaches the page as an error", async () => {
    stage.devnet.providers.cheap.fault('midstream-error', 1)
    const stream = await stage.world.page().routstr.chat.completions.create({ ...ask(), stream: true })
    await expect(collect(stream)).rejects.toThrow()
    expect((await receipts())[0]).toMatchObject({ state: 'failed', chargedMsat: 0 })
    await expectMoneyConserved(stage)
  })

  it('silence in the middle is ended after the patience', async () => {
    stage.devnet.upstream.tokensPerSecond = 0.1
    const stream = await stage.world.page().routstr.chat.completions.create({ ...ask(), stream: true })
    await expect(collect(stream)).rejects.toMatchObject({ code: 'stream_interrupted' })
    await expectMoneyConserved(stage)
  })
})

describe('lies are seen', () => {
  it('an overcharge is taken as charged, shown beside the expectation, and the books stay right', async () => {
    stage.devnet.providers.cheap.fault('overcharge', 1, 3)
    await collect(await stage.world.page().routstr.chat.completions.create({ ...ask(), stream: true }))
    const [receipt] = await receipts()
    expect(receipt?.chargedMsat).toBeGreaterThan((receipt?.expectedMsat ?? 0) * 2)
    await expectMoneyConserved(stage)
  })

  it.each(['refund-503', 'refund-409', 'refund-ongoing', 'refund-garbage', 'refund-stale', 'drop-refund-response', 'refund-502'] as const)(
    '%s: the change comes home in the end',
    async (fault) => {
      await collect(await stage.world.page().routstr.chat.completions.create({ ...ask(), stream: true }))
      stage.devnet.providers.cheap.fault(fault, 1)
      await stage.world.screen.call('sessions.bringHome', {})
      await expectMoneyConserved(stage)
    },
  )

  it('a refund smaller than owed is kept, and the missing part is shown as spent with the reason', async () => {
    await collect(await stage.world.page().routstr.chat.completions.create({ ...ask(), stream: true }))
    stage.devnet.providers.cheap.fault('refund-smaller', 1)
    await stage.world.screen.call('sessions.bringHome', {})
    const ledger = await expectMoneyConserved(stage)
    expect(ledger.spentMsat).toBeGreaterThan(20_000)
  })

  it('change on another mint is kept and waits for the user', async () => {
    await collect(await stage.world.page().routstr.chat.completions.create({ ...ask(), stream: true }))
    stage.devnet.providers.cheap.fault('refund-other-mint', 1)
    await stage.world.screen.call('sessions.bringHome', {})
    const { incoming, mints } = await stage.world.screen.call('wallet.get', {})
    expect(incoming).toMatchObject([{ state: 'waiting', from: 'refund', mint: stage.devnet.otherMint.url }])
    expect(mints).toHaveLength(1)
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
    await stage.world.screen.call('incoming.retry', { id: incoming[0]?.id ?? '', trustMint: true })
    await expectMoneyConserved(stage, { booksOfProviders: false })
  })
})
