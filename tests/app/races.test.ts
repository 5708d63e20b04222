/** Two things at once: between the reading of a row and its writing somebody else was there (T12, T13; cashu.md §7, rows 9, 10, 18). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { afterNextQuery, aroundLoneCall, claiming, gate, isCheap, json, reworded } from './bent-network.ts'
import { ask, expectMoneyConserved, openStage, type Stage } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

const chat = (max_tokens = 300) => stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens })
const codeOf = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'answered',
    (error: { code: string }) => error.code,
  )
const receive = (token: string) => stage.world.screen.call('tokens.receive', { token, trustMint: false })
const overview = () => stage.world.screen.call('overview.get', { origin: SITE })
const spentBySite = async (): Promise<number> => (await overview()).site?.spentMsat ?? 0
const requests = (provider: 'cheap' | 'dear', path: string): number =>
  stage.devnet.providers[provider].requests.filter((request) => request.path.includes(path)).length

/** Ten minutes later an alarm goes off. */
async function later(): Promise<void> {
  stage.world.clock.skewMs += 600_000
  await stage.world.app.wake()
}

describe('requests beside each other at one account', () => {
  it('T21: two claims that arrive together are not believed beyond what the account held', async () => {
    await chat()
    const both = gate()
    let answers = 0
    stage.world.bend((url, go) => {
      if (!isCheap(stage, url, '/chat/completions')) return null
      return reworded(go(), claiming(900_000_000)).then(async (answer) => {
        if (++answers === 2) both.open()
        await both.passed
        return answer
      })
    })
    await Promise.all([chat(), chat()])
    stage.world.bend(null)
    const ledger = await expectMoneyConserved(stage, { booksOfProviders: false })
    expect(await spentBySite()).toBeLessThanOrEqual(ledger.spentMsat)
  })

  it('an account read before another request ended does not make the one it was read for free', async () => {
    const { world, devnet } = stage
    await chat(2000)
    devnet.providers.cheap.fault('drop-chat-response', 1)
    devnet.providers.dear.down = true
    await codeOf(chat())
    const read = gate()
    const late = gate()
    let first = true
    stage.world.bend((url, go) => {
      if (!isCheap(stage, url, '/balance/info') || !first) return null
      first = false
      return reworded(go(), (text) => text).then(async (answer) => {
        read.open()
        await late.passed
        return answer
      })
    })
    const woken = world.app.wake()
    await read.passed
    await chat()
    late.open()
    await woken
    await expectMoneyConserved(stage)
    expect(await spentBySite()).toBe(devnet.providers.cheap.earningsMsat() + devnet.providers.dear.earningsMsat())
  })

  it('an account is not emptied under a request that begins just then; the request is booked once', async () => {
    await chat()
    const leased = gate()
    const refunding = gate()
    const charged = gate()
    const refunded = gate()
    stage.world.bend((url, go) => {
      if (isCheap(stage, url, '/chat/completions')) {
        leased.open()
        return refunding.passed.then(go).then(async (answer) => {
          charged.open()
          await refunded.passed
          return answer
        })
      }
      if (!isCheap(stage, url, '/balance/refund')) return null
      refunding.open()
      return charged.passed.then(go)
    })
    let second: Promise<string> = Promise.resolve('not begun')
    // bringHome has read that nothing runs there
    afterNextQuery(stage.world.database.attempts, () => {
      second = codeOf(chat())
      return leased.passed
    })
    await stage.world.screen.call('sessions.bringHome', {})
    refunding.open()
    refunded.open()
    expect(await second).toBe('answered')
    stage.world.bend(null)
    await expectMoneyConserved(stage)
  })
})

describe('the user stops what is on its way', () => {
  it('a pause set while a request is being checked holds', async () => {
    const { world } = stage
    const { routstr } = world.page()
    await routstr.enable()
    const checking = gate()
    const paused = gate()
    aroundLoneCall(world.database.holds, 'get', (get) => {
      checking.open()
      return paused.passed.then(get)
    })
    const answer = codeOf(routstr.chat.completions.create(ask()))
    await checking.passed
    await world.screen.call('paused.set', { paused: true })
    paused.open()
    expect(await answer).toBe('payments_paused')
    expect(requests('cheap', '/chat/')).toBe(0)
    await expectMoneyConserved(stage)
  })

  it('a request stopped while one provider is being funded funds no other', async () => {
    const { world } = stage
    const funding = gate()
    const stopped = gate()
    stage.world.bend((url) => {
      if (!isCheap(stage, url, '/chat/completions')) return null
      funding.open()
      return stopped.passed.then(() => json({ detail: 'sorry' }, 500))
    })
    const answer = codeOf(chat())
    await funding.passed
    await world.screen.call('paused.set', { paused: true })
    stopped.open()
    expect(await answer).not.toBe('answered')
    expect(requests('dear', '/chat/')).toBe(0)
    stage.world.bend(null)
    await expectMoneyConserved(stage)
  })
})

describe('deposits and swaps beside each other', () => {
  it('the float bounds the deposits of three sites that begin together', async () => {
    const { world } = stage
    await world.screen.call('settings.set', { floatSat: 100 })
    const pages = [1, 2, 3].map((index) => world.page(`https://site${index}.example`).routstr)
    for (const { enable } of pages) await enable()
    await Promise.all(pages.map((routstr) => routstr.chat.completions.create({ ...ask(), max_tokens: 2000 })))
    const sessions = await world.database.sessions.toArray()
    expect(sessions).toHaveLength(3)
    // what each needs for itself, about 17 sat, comes on top
    expect(sessions.reduce((sum, { faceMsat }) => sum + faceMsat, 0)).toBeLessThanOrEqual(160_000)
    await expectMoneyConserved(stage)
  })

  it('a swap finished by recovery is not opened again by the one who was told to wait', async () => {
    const { world, devnet } = stage
    const token = await devnet.faucet(100)
    devnet.mint.status(/swap/, 429, 1)
    const reached = gate()
    const finished = gate()
    aroundLoneCall(world.database.operations, 'put', (put) => {
      reached.open()
      return finished.passed.then(put)
    })
    const received = receive(token).catch(() => undefined)
    await Promise.race([reached.passed, received])
    await later()
    finished.open()
    await received
    expect(await world.database.operations.where('state').equals('requested').count()).toBe(0)
    // everything is given away and claimed; recovery must not bring the same notes back
    const { balanceMsat } = await overview()
    const given = await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: balanceMsat / 1000, memo: null })
    await devnet.mint.swapAll(given.token)
    await later()
    expect((await overview()).balanceMsat).toBe(0)
    await expectMoneyConserved(stage)
  })

  it('row 21: a token that recovery redeemed meanwhile is not written back as refused', async () => {
    const { world, devnet } = stage
    const token = await devnet.faucet(100)
    devnet.mint.rotate()
    const asked = gate()
    const redeemed = gate()
    let checks = 0
    // the first question about states belongs to the refusal, the second one to the next round of the same call
    stage.world.bend((url, go) => {
      if (url !== `${devnet.mint.url}/v1/checkstate` || ++checks !== 2) return null
      asked.open()
      return redeemed.passed.then(go)
    })
    const received = receive(token).catch(() => undefined)
    await asked.passed
    await world.app.wake()
    redeemed.open()
    await received
    expect((await world.database.incoming.toArray()).map(({ state }) => state)).toEqual(['redeemed', 'redeemed'])
    await expectMoneyConserved(stage)
  })

  it('a wake right after a token was stored does not take it away from whoever waits for it', async () => {
    aroundLoneCall(stage.world.database.incoming, 'get', async (real) => {
      await stage.world.app.wake()
      return real()
    })
    await expect(receive(await stage.devnet.mint.mintToken(100))).resolves.toMatchObject({ receivedMsat: expect.any(Number) })
    await expectMoneyConserved(stage)
  })

  it('row 9: two workers on one database lose and double nothing', async () => {
    const { devnet } = stage
    const first = stage.world
    const second = await first.restart()
    second.answerWith(PER_DAY)
    for (const origin of [SITE, 'https://b.example']) await first.page(origin).routstr.enable()
    const [shared = '', ...own] = await Promise.all([1, 2, 3].map(() => devnet.faucet(40)))
    await Promise.allSettled(
      [first, second].flatMap((world, index) => [
        world.page().routstr.chat.completions.create(ask(`one ${index}`)),
        world.page('https://b.example').routstr.chat.completions.create(ask(`two ${index}`)),
        ...[shared, own[index] ?? ''].map((token) => world.screen.call('tokens.receive', { token, trustMint: false })),
        world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 77, memo: null }),
        world.app.wake(),
      ]),
    )
    await Promise.allSettled([first, second].flatMap((world) => [world.screen.call('sessions.bringHome', {}), world.app.wake()]))
    await second.kill()
    await expectMoneyConserved(stage)
    const incoming = await first.database.incoming.toArray()
    expect(incoming.filter(({ from, state }) => from === 'user' && state === 'redeemed')).toHaveLength(3)
  })

  it('a setting changed in one worker holds in the other one from its next alarm on, and no change undoes another', async () => {
    const first = stage.world
    const second = await first.restart()
    try {
      await second.screen.call('settings.set', { relays: ['wss://nostr.example.com'] })
      // by a worker that has not heard of it
      await Promise.all([first.screen.call('settings.set', { floatSat: 77 }), first.screen.call('settings.set', { maxTokensCap: null })])
      await second.app.wake()
      for (const { screen } of [first, second])
        expect(await screen.call('settings.get', {})).toMatchObject({ relays: ['wss://nostr.example.com'], floatSat: 77, maxTokensCap: null })
    } finally {
      await second.kill()
    }
  })
})
