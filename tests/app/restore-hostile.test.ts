/** Files, mints and moments that mean no good to somebody who gets his money back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { balanceOf, openFresh, progressOf, restored, wordsOf } from './restoring.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { SITE, type World } from './world.ts'

const passphrase = 'correct horse battery'

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

const receive = (world: World, token: string) => world.screen.call('tokens.receive', { token, trustMint: true })

describe('a backup file', () => {
  it('holds a mint that gave itself a name of 3,000 letters: everything comes back', async () => {
    const { world, devnet } = stage
    world.bend(async (url, go) => {
      const response = await go()
      if (url !== `${devnet.otherMint.url}/v1/info`) return response
      return Response.json({ ...(await response.json()), name: 'x'.repeat(3_000) })
    })
    await world.screen.call('mints.add', { url: devnet.otherMint.url })
    world.bend(null)
    const { text } = await world.screen.call('backup.export', { passphrase })
    const before = await balanceOf(world)
    await world.kill()
    await fresh.screen.call('backup.import', { text, passphrase })
    await restored(fresh, null, [])
    expect(await balanceOf(fresh)).toBe(before)
    expect((await fresh.screen.call('wallet.get', {})).mints.map(({ mint }) => mint.url)).toContain(devnet.otherMint.url)
    await expectMoneyConserved({ ...stage, world: fresh })
  })

  it('of another wallet lets no site spend the money of this one, and makes no mint trusted but where its money lies', async () => {
    const { world, devnet } = stage
    await receive(fresh, await devnet.mint.mintToken(200))
    await fresh.screen.call('mints.add', { url: devnet.otherMint.url })
    await fresh.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: 900_000, maxPerRequestMsat: 200_000 } })
    await fresh.screen.call('sites.setBlocked', { origin: 'https://blocked.example', blocked: true })
    const { text } = await fresh.screen.call('backup.export', { passphrase })
    await world.screen.call('backup.import', { text, passphrase })
    await restored(world, null, [])
    const response = await world.page().routstr.fetch('/v1/chat/completions', { method: 'POST', body: JSON.stringify(ask()), prompt: 'none' })
    expect(response.status).toBe(403)
    expect((await world.database.mints.get(devnet.otherMint.url))?.trusted).toBe(false)
    expect((await world.database.sites.get('https://blocked.example'))?.blocked).toBe(true)
    await expectMoneyConserved(stage)
  })
})

describe('a mint that calls every counter signed', () => {
  it('is given up on, and our counters do not run away from the notes a restore would find', async () => {
    const { devnet } = stage
    await stage.world.kill()
    fresh.bend((url, _, body) => {
      if (!url.endsWith('/v1/restore')) return null
      const { outputs } = JSON.parse(body)
      const signatures = outputs.map(({ id }: { id: string }) => ({ id, amount: 1, C_: `02${'11'.repeat(32)}` }))
      return Promise.resolve(Response.json({ outputs, signatures }))
    })
    const words = await wordsOf(fresh)
    const progress = await restored(fresh, words, [devnet.mint.url])
    expect(progress).toMatchObject({ state: 'failed', mints: [{ state: 'failed', found: [], problem: expect.stringContaining('proves none') }] })
    fresh.bend(null)
    await receive(fresh, await devnet.mint.mintToken(64))
    const total = await balanceOf(fresh)
    const again = await openFresh()
    await restored(again, words, [devnet.mint.url])
    expect(await balanceOf(again)).toBe(total)
    await again.kill()
  })
})

describe('the words of another wallet typed into a new one', () => {
  it('that keeps a token locked to its own key: the key is not thrown away', async () => {
    const { world, devnet } = stage
    const { publicKey } = await fresh.screen.call('tokens.lockKey', {})
    const token = await devnet.mint.mintToken(64, { lockTo: publicKey })
    await fresh.screen.call('tokens.receive', { token, trustMint: false }).catch(() => undefined)
    const [row] = await fresh.database.incoming.toArray()
    expect(row?.state).toBe('waiting')
    const [words, before] = [await wordsOf(world), await balanceOf(world)]
    await world.kill()
    await restored(fresh, words, [devnet.mint.url])
    // the mint of the words is trusted now, so nothing waits there any more
    await fresh.app.wake()
    expect((await fresh.database.incoming.get(row?.id ?? ''))?.state).toBe('redeemed')
    expect(await balanceOf(fresh)).toBeGreaterThan(before + 64 - 40)
    await expectMoneyConserved({ ...stage, world: fresh })
  })

  it('that keeps its list of mints on the relays: the list is there under the new words, too', async () => {
    const { world, devnet } = stage
    await fresh.screen.call('mints.add', { url: devnet.mint.url })
    await fresh.screen.call('settings.set', { relays: [devnet.relay.url] })
    await fresh.screen.call('mintList.set', { on: true })
    const words = await wordsOf(world)
    await world.kill()
    await restored(fresh, words, [devnet.mint.url])
    await until(async () => {
      await fresh.app.wake()
      return (await fresh.screen.call('restore.findMints', { words })).includes(devnet.mint.url)
    }, 'the list is found with the new words')
    expect((await progressOf(fresh)).state).toBe('done')
  })
})

it('a note that was found with the words, and then its token is pasted: it is there once, and the books are right', async () => {
  const { world, devnet } = stage
  const { token } = await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 100, memo: null })
  const words = await wordsOf(world)
  await world.kill()
  await restored(fresh, words, [devnet.mint.url])
  const before = await balanceOf(fresh)
  await receive(fresh, token)
  expect(await balanceOf(fresh)).toBeLessThanOrEqual(before)
  await expectMoneyConserved({ ...stage, world: fresh })
})
