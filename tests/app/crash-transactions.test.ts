/**
 * The worker dies at the transactions of a busy story in which money moves, the disk is full, the clock was wrong: nothing
 * is lost, nothing stays half-done (T14; cashu.md §7, rows 1, 5, 6, 14). `crash.test.ts` does the same at its requests.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WatchedIndexedDb } from './dying-stores.ts'
import { ask, collect, credited, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let disk: WatchedIndexedDb
let stage: Stage
beforeEach(async () => {
  disk = new WatchedIndexedDb()
  stage = await openStage({ world: { factory: disk } })
  stage.world.answerWith(PER_DAY)
})
afterEach(async () => {
  disk.calm()
  await stage.stop()
})

const chat = () => stage.world.page().routstr.chat.completions.create(ask('And the grass?'))
const send = (amount: number) => stage.world.screen.call('tokens.send', { mint: stage.devnet.mint.url, unit: 'sat', amount, memo: null })
const bringHome = () => stage.world.screen.call('sessions.bringHome', {})
const ends = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'finished',
    () => 'failed',
  )
const death = (): Promise<string> => stage.world.died.then(() => 'died')

/** A site pays a stream and a JSON answer, a token is received, the change comes home, a token is sent and taken back. */
async function story(): Promise<void> {
  const { world, devnet } = stage
  const token = await devnet.faucet(33)
  await collect(await world.page().routstr.chat.completions.create({ ...ask(), stream: true }))
  await credited(world)
  await chat()
  await world.screen.call('tokens.receive', { token, trustMint: false })
  await bringHome()
  const { operationId } = await send(123)
  await world.screen.call('tokens.takeBack', { operationId })
}

/** The writing transactions of the story that move money, by their stores; `nth` as the same stores come again. */
const MOMENTS: readonly (readonly [what: string, over: string, nth: number])[] = [
  ['a deposit leaves the wallet, in the hand of a request', 'purse operations sessions attempts', 0],
  ['the deposit is credited', 'purse operations sessions attempts', 1],
  ['the second request takes its hold, and its place at the account', 'grants holds sites sessions attempts receipts', 2],
  ['the cost of the request is known', 'sessions attempts', 1],
  ['a token is kept as it came', 'incoming', 0],
  ['counters are taken for its swap', 'counters', 0],
  ['its swap is written down', 'purse incoming operations', 0],
  ['its swap is finished', 'purse incoming operations elsewhere', 0],
  ['the account is about to be emptied', 'sessions attempts', 3],
  ['the refund is kept as it came', 'sessions attempts holds incoming', 0],
  ['the session is closed', 'sessions attempts holds standings', 0],
  ['a token leaves the wallet', 'purse operations', 0],
  ['taking it back is written down', 'purse incoming operations', 2],
  ['taking it back is finished', 'purse incoming operations elsewhere', 2],
]
const isMoney = (stores: string): boolean => /\b(purse|operations|sessions|incoming|topUps|withdrawals)\b/.test(stores)
/** Death when it is not written yet: the first one and the last one. */
const BEFORE = MOMENTS.filter((_, index) => index === 0 || index === MOMENTS.length - 1)

describe('T14: a worker that dies at a transaction loses nothing', () => {
  it('every moment it is killed at exists; of the others that may move money only six repeat one of them', async () => {
    const written = disk.record()
    await story()
    const told = [...written]
    const count = (over: string): number => told.filter((stores) => stores === over).length
    for (const [, over, nth] of MOMENTS) expect(count(over), over).toBeGreaterThan(nth)
    const named = MOMENTS.filter(([, over]) => isMoney(over)).length
    // at least, because an alarm may come by: the two holds of the first request, which has no place to take along, a look for a place that found none, the cost of the second request, and the swap of the refund (two)
    expect(told.filter(isMoney).length, String(told.filter(isMoney))).toBeGreaterThanOrEqual(named + 6)
    expect(told.filter((stores) => isMoney(stores) && !MOMENTS.some(([, over]) => over === stores))).toEqual([])
    await expectMoneyConserved(stage)
  })

  it.each([...MOMENTS.map((moment) => ['after', ...moment] as const), ...BEFORE.map((moment) => ['before', ...moment] as const)])(
    '%s this is written: %s',
    async (when, _, over, nth) => {
      disk.dieAt(stage.world, { when, over, nth })
      expect(await Promise.race([death(), ends(story())])).toBe('died')
      await stage.restart()
      await expectMoneyConserved(stage)
    },
  )

  it('row 11: it dies when a swap was made, the keyset rotates, and it dies again in its recovery', async () => {
    const { world, devnet } = stage
    world.dieAt(6, 'after')
    expect(await Promise.race([death(), ends(story())])).toBe('died')
    devnet.mint.rotate()
    const recovering = await world.restart()
    stage.world = recovering
    disk.dieAt(recovering, { when: 'after', nth: 1 })
    expect(await Promise.race([death(), ends(recovering.app.wake().then(bringHome))])).toBe('died')
    disk.calm()
    await stage.restart()
    await expectMoneyConserved(stage)
  })
})

describe('the disk is full', () => {
  it('at the end of an answer: nothing runs for ever', async () => {
    disk.fullAt(1, 'receipts')
    await ends(chat())
    disk.calm()
    expect((await stage.world.screen.call('overview.get', { origin: SITE })).running).toEqual([])
    await expectMoneyConserved(stage)
  })

  it('from whatever transaction on: the request has ended, and sets nothing aside when there is room again', async () => {
    const { world } = stage
    await world.page().routstr.enable()
    for (let nth = 0; nth < 12; nth++) {
      disk.fullAt(nth)
      await ends(chat())
      disk.calm()
      world.clock.skewMs += 600_000
      await world.app.wake()
      expect((await world.screen.call('overview.get', { origin: SITE })).running, `full from ${nth}`).toEqual([])
      expect(await world.database.holds.where('state').equals('held').count(), `full from ${nth}`).toBe(0)
    }
    await expectMoneyConserved(stage)
  })

  it('for every transaction from the n-th on, again and again: once there is room all is finished', async () => {
    const { world, devnet } = stage
    await world.page().routstr.enable()
    for (const nth of [0, 1, 4, 8]) {
      const token = await devnet.faucet(20)
      disk.fullAt(nth)
      await Promise.all([chat(), world.screen.call('tokens.receive', { token, trustMint: false }), bringHome(), send(7)].map(ends))
      disk.calm()
    }
    await stage.restart()
    await expectMoneyConserved(stage)
  })
})

describe('clocks', () => {
  it('one that was a year ahead once does not keep the money away', async () => {
    const { world, devnet } = stage
    world.clock.skewMs += 365 * 86_400_000
    await chat()
    devnet.providers.cheap.down = true
    await bringHome()
    devnet.providers.cheap.down = false
    world.clock.skewMs = 0
    await stage.restart()
    await until(
      async () => {
        stage.world.clock.skewMs += 600_000
        await stage.world.app.wake()
        return (await stage.world.ledger()).sessionsMsat === 0
      },
      'settled by alarms alone',
    )
    await expectMoneyConserved(stage)
  })
})
