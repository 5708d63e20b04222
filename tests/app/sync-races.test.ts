/** NIP-60: two browsers reach for the same notes. The mint decides, the loser's books stay right (cashu.md §7 no. 19). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gate, isCheap } from './bent-network.ts'
import { balanceOf, openFresh } from './restoring.ts'
import { ask, until } from './stage.ts'
import { bring, elsewhereSat, expectConserved, openTwo, settleSync, type TwoBrowsers, useRelay } from './syncing.ts'
import { PER_DAY, type World } from './world.ts'

let two: TwoBrowsers
beforeEach(async () => {
  two = await openTwo()
})
afterEach(async () => {
  two.a().bend(null)
  await two.stop()
})

const mint = () => two.devnet.mint.url
const ends = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )
/** A request of the first browser, whose money has left and is not yet at the provider. */
async function depositOnItsWay(): Promise<{ arrives(): Promise<void> }> {
  two.a().answerWith(PER_DAY)
  two.devnet.providers.dear.down = true
  const [way, left] = [gate(), gate()]
  two.a().bend((url, go) => {
    if (!isCheap(two.stage, url, '/chat/completions')) return null
    left.open()
    return way.passed.then(go)
  })
  const asked = ends(two.a().page().routstr.chat.completions.create(ask()))
  await left.passed
  return {
    async arrives() {
      way.open()
      await asked
      two.a().bend(null)
    },
  }
}
/** Every back-off is over, every session comes home. */
async function home(world: World): Promise<void> {
  world.clock.skewMs += 600_000
  await world.app.wake()
  await world.screen.call('sessions.bringHome', {})
}

describe('at the same moment', () => {
  it('two others take everything: one has it, nobody loses', async () => {
    const before = await balanceOf(two.a())
    const third = await openFresh()
    await useRelay(third, two.devnet)
    await third.screen.call('mints.add', { url: mint() })
    await third.screen.call('sync.enable', { nsec: two.nsec })
    const hold = two.devnet.mint.hold(/swap/)
    const both = [bring(two.b), bring(third)]
    await until(async () => {
      const begun = await Promise.all([two.b, third].map((world) => world.database.operations.where('state').equals('requested').count()))
      return begun.every((count) => count === 1)
    }, 'both have begun')
    hold.release()
    const brought = (await Promise.all(both)).map(({ broughtMsat }) => broughtMsat)
    expect(brought.toSorted((a, b) => a - b)).toEqual([0, before * 1000])
    await settleSync(two.a(), two.b, third)
    expect(await third.ledger()).toMatchObject({ differenceMsat: 0, lostMsat: 0 })
    const inThird = await balanceOf(third)
    await bring(two.b)
    const fees = ((await two.b.ledger()).mintFeesMsat + (await third.ledger()).mintFeesMsat) / 1000
    expect(await expectConserved(two)).toBe(before - fees)
    expect(inThird === 0 || (await balanceOf(two.a())) === 0).toBe(true)
    await third.kill()
  })

  it('one splits a note that the other one takes: the loser drops it, and its books are right', async () => {
    // no ladder of small notes is ever kept for dollars
    await two.a().screen.call('tokens.receive', { token: await two.devnet.mint.mintToken(700, { unit: 'usd' }), trustMint: false })
    await withoutSmallNotes(two.a(), 'usd')
    await settleSync(two.a(), two.b)
    const way = gate()
    const swapping = gate()
    two.a().bend((url, go) => {
      if (!url.endsWith('/v1/swap')) return null
      swapping.open()
      return way.passed.then(go)
    })
    const sending = ends(two.a().screen.call('tokens.send', { mint: mint(), unit: 'usd', amount: 21, memo: null }))
    await swapping.passed
    await bring(two.b)
    way.open()
    // it has lost the note, and takes what it needs from where it is now
    expect(await sending).toBe('done')
    expect(
      await two
        .a()
        .database.elsewhere.where('id')
        .notEqual('')
        .filter(({ dropped, unit }) => dropped && unit === 'usd')
        .count(),
    ).toBeGreaterThan(0)
    await settleSync(two.a(), two.b)
    await expectConserved(two, 'usd')
  })

  it('a deposit is on its way to a provider: refused there, not lost here', async () => {
    const deposit = await depositOnItsWay()
    const { broughtMsat } = await bring(two.b)
    expect(broughtMsat).toBeGreaterThan(0)
    await deposit.arrives()
    await settleSync(two.b, two.a())
    await home(two.a())
    await settleSync(two.a(), two.b)
    await home(two.a())
    const ledger = await two.a().ledger()
    expect(ledger).toMatchObject({ differenceMsat: 0, lostMsat: 0, sessionsMsat: 0 })
    expect(await two.a().database.sessions.where('state').equals('lost').count()).toBe(0)
    await expectConserved(two)
  })

  it('the other browser tells only after the session was given up: then it is not lost any more', async () => {
    const deposit = await depositOnItsWay()
    // what was taken can not be told
    two.devnet.relay.refusedKinds.add(7376)
    await bring(two.b)
    await deposit.arrives()
    for (let round = 0; round < 25; round++) await home(two.a())
    expect((await two.a().ledger()).lostMsat).toBeGreaterThan(0)
    expect((await two.a().ledger()).differenceMsat).toBe(0)
    two.devnet.relay.keepAgain(7376)
    await settleSync(two.b, two.a())
    expect(await two.a().ledger()).toMatchObject({ differenceMsat: 0, lostMsat: 0 })
    await home(two.a())
    expect(await two.a().database.sessions.where('state').equals('lost').count()).toBe(0)
    await expectConserved(two)
  })
})

describe('one after the other', () => {
  it('away for long, everything is spent meanwhile: the balance follows, nothing is lost', async () => {
    const before = await balanceOf(two.a())
    await two.a().kill()
    await bring(two.b)
    const { token } = await two.b.screen.call('tokens.send', { mint: mint(), unit: 'sat', amount: before - 20, memo: null })
    await two.devnet.mint.swapAll(token)
    two.stage.world = await two.a().restart()
    two.a().clock.skewMs += 30 * 24 * 3_600_000
    await until(async () => {
      await two.a().app.wake()
      return (await balanceOf(two.a())) === 0
    }, 'the balance follows')
    expect(await two.a().ledger()).toMatchObject({ differenceMsat: 0, lostMsat: 0 })
    expect(await elsewhereSat(two.a())).toBe(await balanceOf(two.b))
    await expectConserved(two)
  })

  it('a token that was handed to a friend is not taken away by the other browser', async () => {
    const { token } = await two.a().screen.call('tokens.send', { mint: mint(), unit: 'sat', amount: 21, memo: null })
    await settleSync(two.a())
    await bring(two.b)
    await expect(two.devnet.mint.swapAll(token)).resolves.toContain('cashu')
    await settleSync(two.a(), two.b)
    await expectConserved(two)
  })

  it('a provider that takes a token and denies it is still a loss: nobody else has taken it', async () => {
    two.a().answerWith(PER_DAY)
    two.devnet.providers.dear.down = true
    two.a().bend((url, _go, body) => {
      if (!url.startsWith(`${two.devnet.providers.cheap.url}/v1/balance/`)) return null
      const token = /cashuB[\w-]+/.exec(`${body} ${decodeURIComponent(url)}`)?.[0]
      if (token !== undefined) two.devnet.mint.swapAll(token)
      return Promise.resolve(new Response('{"detail":"Invalid API key"}', { status: 401, headers: { 'content-type': 'application/json' } }))
    })
    await ends(two.a().page().routstr.chat.completions.create(ask()))
    for (let round = 0; round < 25; round++) await home(two.a())
    await settleSync(two.a(), two.b)
    const ledger = await two.a().ledger()
    expect(ledger.differenceMsat).toBe(0)
    expect(ledger.lostMsat).toBeGreaterThan(0)
  })
})

/** Its small notes are handed out one by one: the next payment has to split a large one. */
async function withoutSmallNotes(world: World, unit: string): Promise<void> {
  const small = (await world.database.purse.where('state').equals('ready').toArray()).filter((note) => note.unit === unit && note.amount < 128)
  for (const { amount } of small) await world.screen.call('tokens.send', { mint: mint(), unit, amount, memo: null })
}
