/** NIP-60: the worker dies at each step of telling and of taking over, and is started again: nothing is lost, doubled or untold. */
import { afterEach, describe, expect, it } from 'vitest'
import { type Death, WatchedIndexedDb } from './dying-stores.ts'
import { balanceOf } from './restoring.ts'
import { until } from './stage.ts'
import { elsewhereSat, expectConserved, openTwo, settleSync, syncOf, type TwoBrowsers } from './syncing.ts'

let two: TwoBrowsers
afterEach(() => two.stop())

const bring = () => two.b.screen.call('sync.bringHere', { mint: null }).catch(() => null)

/** Up again, and whatever was left goes on by itself; then the user takes the rest. */
async function wakeUp(): Promise<void> {
  two.b = await two.b.restart()
  await goOn()
  await settleSync(two.b, two.a())
}

async function goOn(): Promise<void> {
  await until(async () => {
    two.b.clock.skewMs += 600_000
    await two.b.app.wake()
    return (await two.b.database.incoming.where('state').anyOf('stored', 'redeeming').count()) === 0
  }, 'what was begun has ended')
}

async function expectEverythingHere(before: number): Promise<void> {
  await bring()
  await settleSync(two.b, two.a())
  expect(await two.b.database.bundles.where('state').anyOf('claiming', 'offered').count()).toBe(0)
  expect(await balanceOf(two.a())).toBe(0)
  expect(await elsewhereSat(two.a())).toBe(await balanceOf(two.b))
  expect(await syncOf(two.b)).toMatchObject({ unsent: 0, problem: null })
  expect(await expectConserved(two)).toBe(before - (await two.b.ledger()).mintFeesMsat / 1000)
}

describe('taking over', () => {
  const stores = [
    // the claim begins, its swap is written down and finished
    ['bundles incoming', 0],
    ['counters', 0],
    ['purse incoming operations', 0],
    ['purse incoming operations elsewhere', 0],
    // the claim is over, its events are written down, told, and all of it is noted
    ['bundles', 0],
    ['bundles', 1],
    ['bundles', 2],
    ['bundles', 3],
    ['values', 0],
    ['values', 1],
    ['values', 2],
  ] as const
  const deaths = stores.flatMap(([over, nth]) => (['before', 'after'] as const).map((when): Death => ({ over, nth, when })))

  it.each(deaths)(
    'dies $when it writes $over ($nth)',
    async (death) => {
      const disk = new WatchedIndexedDb()
      two = await openTwo({ b: { factory: disk } })
      const before = await balanceOf(two.a())
      disk.dieAt(two.b, death)
      expect(await Promise.race([bring().then(() => 'survived'), two.b.died.then(() => 'died')])).toBe('died')
      disk.calm()
      await wakeUp()
      await expectEverythingHere(before)
    },
  )

  it.each(['before', 'after'] as const)(
    'dies %s its swap is answered',
    async (when) => {
      two = await openTwo()
      const before = await balanceOf(two.a())
      two.b.traffic.length = 0
      two.b.dieAt(0, when)
      await Promise.race([bring().then(() => two.b.kill()), two.b.died])
      expect(two.b.traffic).toEqual([`POST ${two.devnet.mint.url}/v1/swap`])
      await wakeUp()
      await expectEverythingHere(before)
    },
  )

  it('the mint does not answer the swap: it goes on by itself, and is told then', async () => {
    two = await openTwo()
    const before = await balanceOf(two.a())
    two.devnet.mint.fault(/swap/, 'after')
    await bring()
    await goOn()
    await settleSync(two.b, two.a())
    await expectEverythingHere(before)
  })
})

describe('telling', () => {
  it.each([
    { over: 'bundles', nth: 0, when: 'before' },
    { over: 'bundles', nth: 0, when: 'after' },
    { over: 'bundles', nth: 1, when: 'before' },
    { over: 'bundles', nth: 1, when: 'after' },
    { over: 'values', nth: 1, when: 'before' },
  ] satisfies Death[])(
    'dies $when it writes $over ($nth) after money came in',
    async (death) => {
      const disk = new WatchedIndexedDb()
      two = await openTwo({ b: { factory: disk } })
      const { b, devnet } = two
      await b.screen.call('tokens.receive', { token: await devnet.faucet(77), trustMint: false })
      disk.dieAt(b, death)
      expect(await Promise.race([b.screen.call('sync.now', {}).then(() => 'survived'), b.died.then(() => 'died')])).toBe('died')
      disk.calm()
      await wakeUp()
      await settleSync(two.a())
      expect(await elsewhereSat(two.a())).toBe(await balanceOf(two.b))
      const shown = (await two.b.database.bundles.where('state').equals('shown').toArray()).flatMap(({ noteIds }) => noteIds)
      expect(new Set(shown).size).toBe(shown.length)
      expect(shown.toSorted()).toEqual((await two.b.database.purse.where('state').equals('ready').primaryKeys()).toSorted())
      await expectConserved(two)
    },
  )
})
