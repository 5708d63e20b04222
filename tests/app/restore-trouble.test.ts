/** Restoring when something goes wrong: the worker dies at every step, the mint is away, the mint lies, two browsers share a seed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WatchedIndexedDb } from './dying-stores.ts'
import { balanceOf, expectGoodNotes, openFresh, progressOf, restored, wordsOf } from './restoring.ts'
import { expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import type { World } from './world.ts'


let stage: Stage
let words: string
let before: number
beforeEach(async () => {
  stage = await openStage()
  // notes in several batches: counters that were reserved by a worker that died leave gaps
  for (const next of [130, 260]) {
    await stage.world.database.counters.put({ keysetId: stage.devnet.mint.keysetId, next })
    await stage.world.screen.call('tokens.receive', { token: await stage.devnet.faucet(255), trustMint: true })
  }
  words = await wordsOf(stage.world)
  before = await balanceOf(stage.world)
})
afterEach(() => stage.stop())

const start = (world: World) => world.screen.call('restore.start', { words, mints: [stage.devnet.mint.url] })

describe('the worker dies', () => {
  it.each(['before', 'after'] as const)('%s each request of the restore, in turn: it goes on where it was', async (when) => {
    await stage.world.kill()
    let world = await openFresh()
    await start(world)
    let deaths = 0
    for (; (await progressOf(world)).state === 'running' && deaths < 40; deaths++) {
      // one request gets through per life, the next one is deadly
      world.dieAt(1, when)
      await Promise.race([world.died, until(async () => (await progressOf(world)).state !== 'running', 'the end', 4_000).catch(() => undefined)])
      await world.kill()
      world = await world.restart()
      world.clock.skewMs += 600_000
    }
    expect(deaths).toBeGreaterThan(3)
    await restored(world, null, [])
    expect(await balanceOf(world)).toBe(before)
    await expectMoneyConserved({ ...stage, world })
    await world.kill()
  })

  it('at each writing transaction of the restore: no note is missing or there twice', async () => {
    await stage.world.kill()
    const written = await transactionsOfARestore()
    expect(written).toBeGreaterThan(8)
    for (let nth = 0; nth < written; nth++) {
      const disk = new WatchedIndexedDb()
      let world = await openFresh({ factory: disk })
      const dead = world.died
      disk.dieAt(world, { when: nth % 2 === 0 ? 'after' : 'before', nth })
      await Promise.race([start(world).catch(() => undefined), dead])
      await Promise.race([dead, restored(world, null, []).catch(() => undefined)])
      disk.calm()
      await world.kill()
      world = await world.restart()
      const begun = (await world.screen.call('backup.get', {})).restore !== null
      await restored(world, begun ? null : words, [stage.devnet.mint.url])
      expect(await balanceOf(world), `died at transaction ${nth}`).toBe(before)
      expect((await world.ledger()).differenceMsat).toBe(0)
      await world.kill()
    }
  }, 180_000)

  async function transactionsOfARestore(): Promise<number> {
    const disk = new WatchedIndexedDb()
    const world = await openFresh({ factory: disk })
    const written = disk.record()
    await restored(world, words, [stage.devnet.mint.url])
    const count = written.length
    await world.kill()
    return count
  }
})

describe('the mint', () => {
  it('is away: it is asked again by itself, and the job says who is missing', async () => {
    await stage.world.kill()
    const world = await openFresh()
    const { mint, otherMint } = stage.devnet
    mint.down = true
    await world.screen.call('restore.start', { words, mints: [mint.url, otherMint.url] })
    await until(async () => (await progressOf(world)).mints[1]?.state === 'done', 'the other mint is done')
    expect((await progressOf(world)).mints[0]).toMatchObject({ state: 'waiting', problem: expect.stringContaining('could not be') })
    mint.down = false
    await restored(world, null, [])
    expect(await balanceOf(world)).toBe(before)
    await expectMoneyConserved({ ...stage, world })
    await world.kill()
  })

  it('stays away: the job fails, nothing is lost, and it can be continued', async () => {
    await stage.world.kill()
    const world = await openFresh()
    stage.devnet.mint.down = true
    expect(await restored(world, words, [stage.devnet.mint.url])).toMatchObject({ state: 'failed', mints: [{ state: 'failed' }] })
    stage.devnet.mint.down = false
    await world.screen.call('restore.continue', {})
    expect((await restored(world, null, [])).state).toBe('done')
    expect(await balanceOf(world)).toBe(before)
    await world.kill()
  })

  it('fails in the middle: what was found is there already, the rest follows', async () => {
    await stage.world.kill()
    const world = await openFresh()
    let restores = 0
    world.bend((url) => (url.endsWith('/v1/restore') && ++restores === 2 ? Promise.resolve(new Response('', { status: 503 })) : null))
    await start(world)
    await until(async () => (await progressOf(world)).mints[0]?.problem !== null, 'the second batch has failed')
    const half = await balanceOf(world)
    expect(half).toBeGreaterThan(0)
    expect(half).toBeLessThan(before)
    await restored(world, null, [])
    expect(await balanceOf(world)).toBe(before)
    await expectMoneyConserved({ ...stage, world })
    await world.kill()
  })

  it.each(['stripDleq', 'badDleq', 'swapSignatures', 'wrongAmount', 'wrongKeysetId'] as const)(
    'lies (%s): what it can not prove is reported and never counted',
    async (lie) => {
      await stage.world.kill()
      const world = await openFresh()
      stage.devnet.mint.lies[lie] = true
      const { mints } = await restored(world, words, [stage.devnet.mint.url])
      expect(mints[0]?.unproven).toBeGreaterThan(0)
      const found = mints[0]?.found[0]?.amount ?? 0
      expect(found).toBeLessThan(before)
      expect(await balanceOf(world)).toBe(found)
      stage.devnet.mint.clearFaults()
      // counters went on all the same: no request is refused as "already signed"
      await world.screen.call('tokens.receive', { token: await stage.devnet.faucet(50), trustMint: true })
      await expectMoneyConserved({ ...stage, world })
      await world.kill()
    },
  )

  it('leaves out a signature: nobody can say whose, so it is asked again until it speaks clearly', async () => {
    await stage.world.kill()
    const world = await openFresh()
    stage.devnet.mint.lies.missingSignature = true
    const { mints } = await restored(world, words, [stage.devnet.mint.url])
    expect(mints[0]?.problem).not.toBeNull()
    stage.devnet.mint.clearFaults()
    await world.screen.call('restore.continue', {})
    await restored(world, null, [])
    expect(await balanceOf(world)).toBe(before)
    await world.kill()
  })

  it('has a payment under way: its notes are reported and not counted', async () => {
    await stage.world.kill()
    const world = await openFresh()
    world.bend(async (url, go) => {
      const response = await go()
      if (!url.endsWith('/v1/checkstate')) return response
      const body = await response.json()
      body.states[0].state = 'PENDING'
      return Response.json(body)
    })
    const { mints } = await restored(world, words, [stage.devnet.mint.url])
    expect(mints[0]?.pending[0]?.amount).toBeGreaterThan(0)
    expect((mints[0]?.found[0]?.amount ?? 0) + (mints[0]?.pending[0]?.amount ?? 0)).toBe(before)
    world.bend(null)
    await restored(world, words, [stage.devnet.mint.url])
    expect(await balanceOf(world)).toBe(before)
    await world.kill()
  })
})

it('cancelled: what was found stays, the words of the other wallet are gone', async () => {
  const { mint } = stage.devnet
  const other = await openFresh()
  await other.screen.call('tokens.receive', { token: await mint.mintToken(100), trustMint: true })
  const theirs = await wordsOf(other)
  await other.kill()
  mint.down = true
  await stage.world.screen.call('restore.start', { words: theirs, mints: [mint.url] })
  await expect(start(stage.world)).rejects.toMatchObject({ code: 'invalid_request_error' })
  await stage.world.screen.call('restore.cancel', {})
  expect((await progressOf(stage.world)).state).toBe('cancelled')
  expect(JSON.stringify(await stage.world.database.restores.toArray())).not.toContain(theirs)
  mint.down = false
  await expectMoneyConserved(stage)
})

describe('two browsers with the same words', () => {
  it('collide on counters and both go on: no money is lost', async () => {
    const second = await openFresh()
    await restored(second, words, [stage.devnet.mint.url])
    const { mint } = stage.devnet
    let given = before
    for (let round = 0; round < 5; round++) {
      const tokens = [await mint.mintToken(100), await mint.mintToken(100)]
      given += 200
      const results = await Promise.allSettled(
        [stage.world, second].map((world, index) => world.screen.call('tokens.receive', { token: tokens[index] ?? '', trustMint: true })),
      )
      expect(results.filter(({ status }) => status === 'rejected').length).toBeLessThanOrEqual(1)
    }
    for (const world of [stage.world, second])
      await until(async () => {
        world.clock.skewMs += 600_000
        await world.app.wake()
        return (await world.database.incoming.where('state').anyOf('stored', 'redeeming').count()) === 0
      }, 'both have redeemed everything')
    // the mint decides what there is: everything either of them holds, found by a third with the same words
    const third = await openFresh()
    await restored(third, words, [mint.url])
    const total = await balanceOf(third)
    expect(total).toBeGreaterThan(given - 5 * 2 * 2 - 2)
    await expectGoodNotes(third, stage.devnet)
    await second.kill()
    await third.kill()
  })
})
