/** Money at providers in a backup file: every kind of row is found again by another browser, and comes home there. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openFresh, restored } from './restoring.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE, type World } from './world.ts'

const passphrase = 'correct horse battery'

let stage: Stage
let fresh: World
beforeEach(async () => {
  stage = await openStage({ devnet: { autoPayMs: null } })
  fresh = await openFresh()
  stage.world.answerWith(PER_DAY)
})
afterEach(async () => {
  await fresh.kill()
  await stage.stop()
})

const chat = () => stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 2000 })
const ended = (work: Promise<unknown>) => work.catch(() => undefined)
const later = async (ms: number) => {
  stage.world.clock.skewMs += ms
  await stage.world.app.wake()
}
/** The browser is gone; the other one takes over its file. */
async function moved(): Promise<Stage> {
  const { text } = await stage.world.screen.call('backup.export', { passphrase })
  await stage.world.kill()
  await fresh.screen.call('backup.import', { text, passphrase })
  await restored(fresh, null, [])
  expect((await fresh.ledger()).differenceMsat).toBe(0)
  return { ...stage, world: fresh }
}
const rows = (world: World) => world.database.sessions.toArray()
async function expectAllHome(there: Stage): Promise<void> {
  for (const { id } of (await there.world.screen.call('wallet.get', {})).incoming) await there.world.screen.call('incoming.retry', { id, trustMint: true })
  await expectMoneyConserved(there, { booksOfProviders: false })
}

it('one that a request has used, with what it has cost', async () => {
  await chat()
  const there = await moved()
  expect(await rows(fresh)).toHaveLength(1)
  expect(await fresh.database.attempts.toArray()).toMatchObject([{ state: 'settled', chargedMsat: stage.devnet.providers.cheap.earningsMsat() }])
  await expectAllHome(there)
})

it('a debt with its kind and since when; it is asked for there', async () => {
  await chat()
  stage.devnet.providers.cheap.fault('refund-503', 999)
  await stage.world.screen.call('sessions.bringHome', {})
  for (let round = 0; round < 3; round++) await later(130_000)
  const [before] = await rows(stage.world)
  fresh.clock.skewMs = stage.world.clock.skewMs
  const there = await moved()
  expect(await rows(fresh)).toMatchObject([{ state: 'settling', debt: before?.debt }])
  expect((await fresh.screen.call('wallet.get', {})).sessions).toMatchObject([{ owing: true }])
  stage.devnet.providers.cheap.clearFaults()
  await expectAllHome(there)
})

it('one that was written off, with its token as proof', async () => {
  await chat()
  stage.devnet.providers.cheap.fault('refund-410', 1)
  await stage.world.screen.call('sessions.bringHome', {})
  const there = await moved()
  expect(await rows(fresh)).toMatchObject([{ state: 'lost', token: expect.stringMatching(/^cashuB/), debt: { kind: 'denied' } }])
  // this time it is there
  await expectAllHome(there)
})

it('a token that paid one request itself, and whose change is not home', async () => {
  await stage.world.screen.call('sites.setRule', { origin: SITE, xCashu: true })
  stage.devnet.providers.cheap.fault('drop-chat-response', 1)
  stage.devnet.providers.cheap.fault('refund-425', 99)
  await ended(chat())
  // the other provider has answered, and its change is home
  await until(async () => (await rows(stage.world)).map(({ state }) => state).sort().join() === 'closed,prepared', 'one is left')
  const there = await moved()
  expect((await rows(fresh)).filter(({ isXCashu }) => isXCashu)).toHaveLength(1)
  stage.devnet.providers.cheap.clearFaults()
  await expectAllHome(there)
})

it('one that was paid by invoice: open, or paid and not credited yet', async () => {
  const { world, devnet } = stage
  await world.screen.call('mints.add', { url: devnet.otherMint.url })
  await world.screen.call('tokens.receive', { token: await devnet.faucet(500, devnet.otherMint), trustMint: false })
  await world.screen.call('mints.distrust', { url: devnet.mint.url })
  devnet.providers.cheap.fault('invoice-uncredited', 999)
  await chat()
  await until(async () => (await rows(world)).map(({ state }) => state).sort().join() === 'open,prepared', 'one at each')
  const there = await moved()
  expect((await rows(fresh)).map(({ invoice }) => invoice?.text.slice(0, 4))).toEqual(['lnbc', 'lnbc'])
  devnet.providers.cheap.clearFaults()
  await until(async () => {
    fresh.clock.skewMs += 60_000
    await fresh.app.wake()
    return (await fresh.screen.call('sessions.bringHome', {})).open === 0
  }, 'home')
  await expectAllHome(there)
})
