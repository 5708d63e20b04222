/** Money back from the twelve words: into an empty wallet, and into one in use (cashu.md §7 no. 13, 16, 17; §8 no. 7). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { balanceOf, expectGoodNotes, openFresh, restored, unitBalance, wordsOf } from './restoring.ts'
import type { World } from './world.ts'


let stage: Stage
let fresh: World
beforeEach(async () => {
  stage = await openStage()
  fresh = await openFresh()
})
afterEach(async () => {
  await fresh.kill()
  await stage.stop()
})

const send = (world: World, amount: number, unit = 'sat') => world.screen.call('tokens.send', { mint: stage.devnet.mint.url, unit, amount, memo: null })
const receive = (world: World, token: string) => world.screen.call('tokens.receive', { token, trustMint: true })

describe('into an empty wallet', () => {
  it('every note comes back, and the words become its own', async () => {
    const before = await balanceOf(stage.world)
    const words = await wordsOf(stage.world)
    await stage.world.kill()
    const progress = await restored(fresh, words, [stage.devnet.mint.url])
    expect(progress).toMatchObject({ state: 'done', foreign: false, mints: [{ state: 'done', unproven: 0, problem: null }] })
    expect(progress.mints[0]?.found).toEqual([{ unit: 'sat', amount: before }])
    expect(await balanceOf(fresh)).toBe(before)
    expect(await wordsOf(fresh)).toBe(words)
    await expectMoneyConserved({ ...stage, world: fresh })
  })

  it('goes on with fresh counters: what it makes next was never signed before', async () => {
    const words = await wordsOf(stage.world)
    await stage.world.kill()
    await restored(fresh, words, [stage.devnet.mint.url])
    stage.devnet.mint.calls.length = 0
    await send(fresh, 333)
    await receive(fresh, await stage.devnet.faucet(77))
    expect(stage.devnet.mint.calls.filter(({ path }) => path === '/v1/restore')).toEqual([])
    await expectMoneyConserved({ ...stage, world: fresh })
  })

  it('notes on keysets that were retired long ago, and a first keyset whose only counter is 0', async () => {
    const { mint } = stage.devnet
    for (let round = 0; round < 3; round++) {
      mint.rotate({ versionByte: round % 2 })
      await receive(stage.world, await mint.mintToken(100 + round))
    }
    // exactly one note: one counter, number 0
    mint.rotate({ feePpk: 0 })
    await receive(stage.world, await mint.mintToken(1))
    const before = await balanceOf(stage.world)
    const words = await wordsOf(stage.world)
    await stage.world.kill()
    const progress = await restored(fresh, words, [mint.url])
    expect(progress.mints[0]?.keysetsDone).toBe(progress.mints[0]?.keysets)
    expect(await balanceOf(fresh)).toBe(before)
    expect((await fresh.database.counters.get(mint.keysetId))?.next).toBe(1)
    await send(fresh, before - 30)
    await expectMoneyConserved({ ...stage, world: fresh })
  })

  it('every unit', async () => {
    const { mint } = stage.devnet
    await receive(stage.world, await mint.mintToken(5_000, { unit: 'msat' }))
    await receive(stage.world, await mint.mintToken(250, { unit: 'usd' }))
    const units = await Promise.all(['sat', 'msat', 'usd'].map((unit) => unitBalance(stage.world, mint.url, unit)))
    expect(Math.min(...units)).toBeGreaterThan(0)
    const words = await wordsOf(stage.world)
    await stage.world.kill()
    await restored(fresh, words, [mint.url])
    expect(await Promise.all(['sat', 'msat', 'usd'].map((unit) => unitBalance(fresh, mint.url, unit)))).toEqual(units)
    expect((await fresh.ledger()).differenceMsat).toBe(0)
    await expectGoodNotes(fresh, stage.devnet)
  })

  it('several mints, and one where there never was anything', async () => {
    const { mint, otherMint } = stage.devnet
    await receive(stage.world, await otherMint.mintToken(64))
    const before = await balanceOf(stage.world)
    const words = await wordsOf(stage.world)
    await stage.world.kill()
    const progress = await restored(fresh, words, [mint.url, otherMint.url])
    expect(progress.mints.map(({ state, found }) => [state, found.length])).toEqual([
      ['done', 1],
      ['done', 1],
    ])
    expect(await balanceOf(fresh)).toBe(before)
    await expectMoneyConserved({ ...stage, world: fresh })
  })
})

describe('into a wallet in use', () => {
  it('the same words: nothing is there twice, no counter is lowered, and it can pay at once', async () => {
    const { world, devnet } = stage
    const before = await balanceOf(world)
    const counters = await world.database.counters.toArray()
    const progress = await restored(world, await wordsOf(world), [devnet.mint.url])
    expect(progress.mints[0]?.found).toEqual([])
    expect(await balanceOf(world)).toBe(before)
    for (const { keysetId, next } of counters) expect((await world.database.counters.get(keysetId))?.next).toBeGreaterThanOrEqual(next)
    await send(world, 200)
    await expectMoneyConserved(stage)
  })

  it('while it pays and receives: nothing is counted twice, nothing spent comes back', async () => {
    const { world, devnet } = stage
    await world.screen.call('restore.start', { words: await wordsOf(world), mints: [devnet.mint.url] })
    for (let round = 0; round < 6; round++) {
      const { operationId, token } = await send(world, 60 + round)
      if (round % 2 === 0) await world.screen.call('tokens.takeBack', { operationId })
      else await devnet.mint.swapAll(token)
      await receive(world, await devnet.faucet(30))
    }
    await restored(world, null, [])
    await expectMoneyConserved(stage)
  })

  it('a note that is spent between the question and the answer of the mint stays spent', async () => {
    const { world, devnet } = stage
    // as after the loss of some rows: the wallet knows only some of its notes
    const [first] = await world.database.purse.toArray()
    if (first !== undefined) await world.database.purse.delete(first.id)
    // the mint has answered "unspent", and its answer is on the way
    const answered = Promise.withResolvers<void>()
    const arrives = Promise.withResolvers<void>()
    let asked = false
    world.bend((url, go) => {
      if (!url.endsWith('/v1/checkstate') || asked) return null
      asked = true
      return go().then(async (response) => {
        answered.resolve()
        await arrives.promise
        return response
      })
    })
    await world.screen.call('restore.start', { words: await wordsOf(world), mints: [devnet.mint.url] })
    await answered.promise
    const { token } = await send(world, 100)
    await devnet.mint.swapAll(token)
    await until(async () => {
      await world.app.wake()
      return (await world.database.purse.where('state').equals('sent').count()) === 0
    }, 'the spent notes have left the wallet')
    arrives.resolve()
    const progress = await restored(world, null, [])
    expect(progress.mints[0]?.found).toEqual([{ unit: 'sat', amount: first?.amount }])
    await expectGoodNotes(world, devnet)
  })

  it('other words: their notes are swapped to this seed, for the fee of the mint', async () => {
    const { world, devnet } = stage
    await fresh.screen.call('settings.set', { developer: true })
    await receive(fresh, await devnet.mint.mintToken(300))
    await receive(fresh, await devnet.mint.mintToken(90, { unit: 'usd' }))
    const [theirs, before, own] = [await balanceOf(fresh), await balanceOf(world), await wordsOf(world)]
    const words = await wordsOf(fresh)
    await fresh.kill()
    const progress = await restored(world, words, [devnet.mint.url])
    expect(progress).toMatchObject({ foreign: true })
    expect(progress.mints[0]?.found).toContainEqual({ unit: 'sat', amount: theirs })
    expect(await balanceOf(world)).toBeGreaterThan(before + theirs - 20)
    expect(await unitBalance(world, devnet.mint.url, 'usd')).toBeGreaterThan(80)
    expect(await wordsOf(world)).toBe(own)
    expect((await world.ledger()).differenceMsat).toBe(0)
    // no trace of the other wallet's words
    expect(JSON.stringify([await world.database.restores.toArray(), await world.database.values.toArray()])).not.toContain(words)
    // the words of this wallet bring back all of it
    const again = await openFresh()
    const total = await balanceOf(world)
    await restored(again, own, [devnet.mint.url])
    expect(await balanceOf(again)).toBe(total)
    await again.kill()
    await expectGoodNotes(world, devnet)
  })
})

describe('a token that waits at a mint the restore comes to trust', () => {
  const other = () => stage.devnet.otherMint

  it('is redeemed by itself', async () => {
    const { world } = stage
    await receive(fresh, await other().mintToken(25))
    const words = await wordsOf(fresh)
    await fresh.kill()
    const token = await waitingToken()
    await world.screen.call('restore.start', { words, mints: [other().url] })
    await until(async () => (await world.database.incoming.where('state').equals('waiting').count()) === 0, 'it is let go')
    await world.app.wake()
    expect(other().decode(token).every(({ secret }) => other().isSpent(secret))).toBe(true)
    await expectMoneyConserved(stage)
  })

  it('is received when it is pasted again', async () => {
    const { world } = stage
    const token = await waitingToken()
    await world.database.mints.update(other().url, { trusted: true })
    await world.screen.call('tokens.receive', { token, trustMint: false })
    expect((await world.database.incoming.toArray()).map(({ state }) => state)).not.toContain('waiting')
    await expectMoneyConserved(stage)
  })

  async function waitingToken(): Promise<string> {
    const token = await other().mintToken(48)
    await stage.world.screen.call('mints.add', { url: other().url })
    await stage.world.screen.call('mints.distrust', { url: other().url })
    await expect(stage.world.screen.call('tokens.receive', { token, trustMint: false })).rejects.toMatchObject({ code: 'unknown_mint' })
    return token
  }
})

describe('words', () => {
  it.each([
    ['eleven words', 'abandon '.repeat(11), /11 words/],
    ['an unknown word', `${'abandon '.repeat(10)}abbandon about`, /Word 11 /],
    ['a wrong checksum', 'abandon '.repeat(12), /no wallet/],
  ])('%s: says what is wrong, and never repeats the word', async (_, words, message) => {
    const error = await fresh.screen.call('restore.start', { words, mints: [stage.devnet.mint.url] }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'wrong_words', message: expect.stringMatching(message) })
    expect(String(error)).not.toContain('abbandon')
  })

  it('are asked for by the quiz: right ones are remembered, wrong ones are not', async () => {
    const { world } = stage
    const words = (await wordsOf(world)).split(' ')
    expect(await world.screen.call('backup.get', {})).toMatchObject({ seedConfirmedAt: null, remind: true })
    const { positions } = await world.screen.call('seed.quiz', {})
    expect(new Set(positions).size).toBe(3)
    const answers = positions.map((position) => ({ position, word: words[position - 1] ?? '' }))
    await expect(world.screen.call('seed.confirm', { answers: answers.map((answer) => ({ ...answer, word: 'wrong' })) })).rejects.toMatchObject({
      code: 'wrong_words',
    })
    await world.screen.call('seed.confirm', { answers: answers.map(({ position, word }) => ({ position, word: ` ${word.toUpperCase()}` })) })
    expect((await world.screen.call('backup.get', {})).remind).toBe(false)
    await stage.restart()
    expect((await stage.world.screen.call('backup.get', {})).seedConfirmedAt).not.toBeNull()
  })
})
