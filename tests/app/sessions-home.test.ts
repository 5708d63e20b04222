/** Money at providers comes home when the browser starts, and the change of many sessions is one swap at the mint. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fromSat } from '../../src/domain/msat.ts'
import { isSwap } from '../../src/wallet/journal.ts'
import { ask, collect, credited, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage({ devnet: { provider: { staleReservationMs: 300, sweepMs: 50 } } })
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const SITES = [SITE, 'https://two.example', 'https://three.example']
// large enough that the mint's fee does not eat the change
const chat = (origin = SITE) => stage.world.page(origin).routstr.chat.completions.create({ ...ask(), max_tokens: 2000 })
const sessions = () => stage.world.database.sessions.toArray()
/** How many tokens went into each swap that redeemed some. */
const swaps = async () => (await stage.world.database.operations.where('kind').equals('receive').toArray()).filter(isSwap).map(({ incomingIds }) => incomingIds.length)
/** A worker looks around a second after each request; until it has, it may swap some of the change by itself. */
const quiet = async () => {
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await stage.world.app.wake()
}
const allClosed = () => until(async () => (await sessions()).every(({ state }) => state === 'closed'), 'everything is home')

it('when the browser starts again, what the last browser session left at providers comes home by itself, and nothing is opened', async () => {
  await Promise.all(SITES.map(chat))
  await credited(stage.world)
  await stage.restart()
  // a worker that merely woke up leaves them where they are
  expect((await sessions()).map(({ state }) => state)).toEqual(['open', 'open', 'open'])
  await stage.restart('browser')
  await allClosed()
  expect(await sessions()).toHaveLength(3)
  await expectMoneyConserved(stage)
})

it('what ran when the browser was closed comes home as well, as soon as the node lets it go', async () => {
  const stream = await stage.world.page().routstr.chat.completions.create({ ...ask('[[words:400]] Tell me all.'), stream: true })
  void collect(stream).catch(() => undefined)
  await until(async () => (await sessions()).some(({ state }) => state === 'open'), 'it runs')
  await stage.restart('browser')
  await until(async () => {
    stage.world.clock.skewMs += 10_000
    await stage.world.app.wake()
    return (await sessions()).every(({ state }) => state === 'closed')
  }, 'everything is home')
  await expectMoneyConserved(stage)
})

it('the change of three sessions at one mint is one swap', async () => {
  await Promise.all(SITES.map(chat))
  await quiet()
  const before = await swaps()
  await stage.world.screen.call('sessions.bringHome', {})
  expect((await sessions()).map(({ state }) => state)).toEqual(['closed', 'closed', 'closed'])
  // and not one for each
  expect((await swaps()).sort()).toEqual([...before, 3].sort())
  await expectMoneyConserved(stage)
})

it('and so it is when they have been idle, and nobody asks', async () => {
  await Promise.all(SITES.map(chat))
  await quiet()
  const before = await swaps()
  stage.world.clock.skewMs += 6 * 60_000
  await stage.world.app.wake()
  await allClosed()
  // and not one for each
  expect((await swaps()).sort()).toEqual([...before, 3].sort())
  await expectMoneyConserved(stage)
})

it('a refund that is short counts before the mint has swapped it: after the second nothing more is placed', async () => {
  const { cheap } = stage.devnet.providers
  for (let round = 0; round < 2; round++) {
    await chat()
    cheap.fault('refund-smaller', 1)
    // the mint is away for us: the change waits
    stage.world.bend((url) => (url.endsWith('/v1/swap') ? Promise.reject(new Error('away')) : null))
    await stage.world.screen.call('sessions.bringHome', {})
  }
  expect((await sessions()).filter(({ state }) => state === 'refunded').length).toBeGreaterThan(0)
  const listed = await stage.world.screen.call('providers.list', {})
  expect(listed.find(({ provider }) => provider.url === cheap.url)).toMatchObject({ mismatches: 2, notFunded: expect.stringContaining('2 times') })
  await stage.world.screen.call('providers.forgive', { id: listed.find(({ provider }) => provider.url === cheap.url)?.provider.id ?? '' })
  stage.world.bend(null)
  await expectMoneyConserved(stage, { booksOfProviders: false })
})

it('an overcharge is on record although the worker died right beside its receipt', async () => {
  const { cheap } = stage.devnet.providers
  cheap.fault('overcharge', 1, 9)
  // the price list that is read to be sure never comes, and then the worker is gone
  let reading = false
  stage.world.bend((url) => {
    if (!url.startsWith(cheap.url) || !url.endsWith('/models')) return null
    reading = true
    return new Promise(() => undefined)
  })
  await chat()
  await until(() => reading, 'it wants to be sure')
  expect((await stage.world.database.receipts.toArray())[0]).toMatchObject({ untold: 1, mismatches: [expect.stringContaining('Charged')] })
  const recorded = async () => (await stage.world.database.standings.toArray()).flatMap(({ mismatches }) => mismatches)
  expect(await recorded()).toEqual([])
  stage.world.bend(null)
  await stage.restart()
  await until(async () => (await recorded()).length === 1, 'it is on record')
  expect(await recorded()).toMatchObject([{ kind: 'charge' }])
  await until(async () => (await stage.world.database.receipts.where('untold').equals(1).count()) === 0, 'and not told again')
  expect((await stage.world.ledger()).spentMsat).toBeLessThan(fromSat(100))
  await expectMoneyConserved(stage)
})
