/** The encrypted backup file: made while everything is going on, opened somewhere else; old copies of spent notes never count. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { balanceOf, expectGoodNotes, openFresh, restored, wordsOf } from './restoring.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE, type World } from './world.ts'

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

const exportFrom = async (world: World): Promise<string> => (await world.screen.call('backup.export', { passphrase })).text
const importInto = (world: World, text: string, secret = passphrase) => world.screen.call('backup.import', { text, passphrase: secret })
const send = (world: World, amount: number) => world.screen.call('tokens.send', { mint: stage.devnet.mint.url, unit: 'sat', amount, memo: 'for a friend' })
const receive = (world: World, token: string) => world.screen.call('tokens.receive', { token, trustMint: true })

describe('into an empty wallet', () => {
  it('seed, notes, mints, settings and limits are as they were', async () => {
    const { world } = stage
    world.answerWith(PER_DAY)
    await world.page().routstr.chat.completions.create(ask())
    await world.screen.call('sessions.bringHome', {})
    await world.screen.call('settings.set', { floatSat: 123 })
    const [before, words, [site]] = [await balanceOf(world), await wordsOf(world), await world.screen.call('sites.list', {})]
    const { text, fileName } = await world.screen.call('backup.export', { passphrase })
    expect(fileName).toMatch(/^routstr-backup-\d{4}-\d\d-\d\d\.json$/)
    for (const secret of [words, words.split(' ')[0] ?? '', ...(await world.database.purse.toArray()).map((note) => note.secret)])
      expect(text).not.toContain(secret)
    await world.kill()

    expect(await importInto(fresh, text)).toMatchObject({ sameSeed: true, mints: 1 })
    await restored(fresh, null, [])
    expect(await balanceOf(fresh)).toBe(before)
    expect(await wordsOf(fresh)).toBe(words)
    expect(await fresh.screen.call('settings.get', {})).toMatchObject({ floatSat: 123, developer: true })
    expect((await fresh.screen.call('sites.list', {}))[0]).toMatchObject({
      origin: SITE,
      budget: { spentMsat: site?.budget?.spentMsat, grant: site?.budget?.grant },
    })
    await expectMoneyConserved({ ...stage, world: fresh }, { booksOfProviders: false })
  })

  it('notes that were spent after it was made do not come back; notes made after it do', async () => {
    const { world, devnet } = stage
    const text = await exportFrom(world)
    const { token } = await send(world, 300)
    await devnet.mint.swapAll(token)
    await receive(world, await devnet.faucet(64))
    const before = await balanceOf(world)
    await world.kill()
    await importInto(fresh, text)
    await restored(fresh, null, [])
    expect(await balanceOf(fresh)).toBe(before)
    await expectMoneyConserved({ ...stage, world: fresh })
  })

  it('with a token on its way to a friend, a session at a provider, a swap nobody finished and a token at a mint that is away', async () => {
    const { world, devnet } = stage
    world.answerWith(PER_DAY)
    const { operationId } = await send(world, 50)
    await world.page().routstr.chat.completions.create(ask())
    const kept = await devnet.otherMint.mintToken(40)
    devnet.otherMint.down = true
    await receive(world, kept).catch(() => undefined)
    devnet.otherMint.down = false
    // the answer of this swap never arrives
    devnet.mint.fault(/\/v1\/(swap|restore)/, 'after', 1_000)
    await receive(world, await devnet.faucet(80)).catch(() => undefined)
    const text = await exportFrom(world)
    expect(await world.database.incoming.where('state').equals('redeeming').count()).toBe(1)
    const { walletMsat, sentMsat, sessionsMsat } = await world.ledger()
    await world.kill()
    devnet.mint.clearFaults()

    const { addedMsat } = await importInto(fresh, text)
    expect(addedMsat).toBeGreaterThan(50_000)
    await restored(fresh, null, [])
    expect((await fresh.ledger()).sentMsat).toBe(sentMsat)
    await fresh.screen.call('tokens.takeBack', { operationId })
    for (const { id } of (await fresh.screen.call('wallet.get', {})).incoming)
      await fresh.screen.call('incoming.retry', { id, trustMint: true }).catch(() => undefined)
    const ledger = await expectMoneyConserved({ ...stage, world: fresh }, { booksOfProviders: false })
    expect(ledger.walletMsat).toBeGreaterThan(walletMsat + sentMsat + sessionsMsat - 10_000)
    expect(ledger.walletMsat).toBeLessThanOrEqual(walletMsat + sentMsat + sessionsMsat + 40_000)
  })
})

describe('into a wallet in use', () => {
  it('its own file: nothing changes', async () => {
    const { world } = stage
    const before = await balanceOf(world)
    const text = await exportFrom(world)
    const { operationId } = await send(world, 20)
    await world.screen.call('tokens.takeBack', { operationId })
    const now = await balanceOf(world)
    expect(await importInto(world, text)).toMatchObject({ sameSeed: true, addedMsat: 0 })
    await restored(world, null, [])
    expect(await balanceOf(world)).toBe(now)
    expect(now).toBeLessThanOrEqual(before)
    await expectMoneyConserved(stage)
  })

  it('the file of another wallet: its money is swapped to this seed, its settings stay its own', async () => {
    const { world, devnet } = stage
    await receive(fresh, await devnet.mint.mintToken(200))
    await fresh.screen.call('settings.set', { floatSat: 77 })
    const { token } = await send(fresh, 30)
    const theirs = await balanceOf(fresh)
    const text = await exportFrom(fresh)
    const before = await balanceOf(world)
    const words = await wordsOf(world)
    expect(await importInto(world, text)).toMatchObject({ sameSeed: false })
    await restored(world, null, [])
    expect(await balanceOf(world)).toBeGreaterThan(before + theirs - 15)
    expect(await wordsOf(world)).toBe(words)
    expect((await world.screen.call('settings.get', {})).floatSat).not.toBe(77)
    // the friend takes the token that was on its way all the same
    await devnet.mint.swapAll(token)
    await world.app.wake()
    expect((await world.ledger()).differenceMsat).toBe(0)
    await expectGoodNotes(world, devnet)
  })
})

describe('a file that does not open', () => {
  it('says which: wrong passphrase, not a backup, a newer version; the wallet stays as it is', async () => {
    const text = await exportFrom(stage.world)
    await expect(importInto(fresh, text, 'wrong horse battery')).rejects.toMatchObject({ code: 'wrong_passphrase' })
    await expect(importInto(fresh, '{"hello": "world"}')).rejects.toMatchObject({ code: 'invalid_backup' })
    await expect(importInto(fresh, text.replace('"version":1', '"version":2'))).rejects.toMatchObject({
      code: 'invalid_backup',
      message: expect.stringContaining('newer version'),
    })
    expect(await balanceOf(fresh)).toBe(0)
    expect((await fresh.screen.call('backup.get', {})).restore).toBeNull()
  })
})

describe('an invoice in the file', () => {
  it('that is paid afterwards is minted in the other browser; one that was minted meanwhile is not there twice', async () => {
    const { world, devnet } = stage
    devnet.mint.quotes.autoPayMs = null
    const create = (amountSat: number) => world.screen.call('topups.create', { mint: devnet.mint.url, amountSat })
    const [open, done] = [await create(500), await create(200)]
    const text = await exportFrom(world)
    const before = await balanceOf(world)
    const payInvoice = async (invoice: string) => {
      const answer = await fetch(`${devnet.url}/lightning/pay`, { method: 'POST', body: JSON.stringify({ invoice }) })
      expect(answer.status).toBe(200)
    }
    await payInvoice(done.invoice)
    await until(async () => {
      world.clock.skewMs += 60_000
      await world.app.wake()
      return (await balanceOf(world)) === before + 200
    }, 'the second invoice is minted')
    await world.kill()

    await importInto(fresh, text)
    await restored(fresh, null, [])
    expect(await balanceOf(fresh)).toBe(before + 200)
    await payInvoice(open.invoice)
    await until(async () => {
      fresh.clock.skewMs += 60_000
      await fresh.app.wake()
      return (await balanceOf(fresh)) === before + 700
    }, 'the first invoice is minted here')
    expect((await fresh.screen.call('lightning.get', {})).topUps.map(({ amountSat, state }) => [amountSat, state])).toEqual([[500, 'done']])
    await expectMoneyConserved({ ...stage, world: fresh })
  })
})
