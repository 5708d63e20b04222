/** Whom a session serves: one site, one request, or all sites; what that costs, and what a provider sees of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SessionLife } from '../../src/domain/session.ts'
import { claiming, isCheap, reworded } from './bent-network.ts'
import { ask, collect, credited, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

const OTHER = 'https://other.example'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

const set = (sessionLife: SessionLife) => stage.world.screen.call('settings.set', { sessionLife })
const stream = async (origin = SITE) => collect(await stage.world.page(origin).routstr.chat.completions.create({ ...ask(), stream: true }))
const chat = (origin = SITE) => stage.world.page(origin).routstr.chat.completions.create({ ...ask(), max_tokens: 300 })
const accounts = () => stage.devnet.providers.cheap.accounts.list().length
const sessions = () => stage.world.database.sessions.toArray()

describe('one for each request', () => {
  it('the provider sees as many keys as requests, and each comes home at once', async () => {
    await set('request')
    await stream()
    await chat()
    await Promise.all([stream(), stream(OTHER)])
    expect(accounts()).toBe(4)
    await until(async () => {
      stage.world.clock.skewMs += 5_000
      await stage.world.app.wake()
      return (await sessions()).every(({ state }) => state === 'closed')
    }, 'all settled, without anybody asking')
    await expectMoneyConserved(stage)
  })

  it('what it cost is in the settings: rounding, fees and what lay there, to the msat', async () => {
    await set('request')
    for (let round = 0; round < 3; round++) await chat()
    const ledger = await expectMoneyConserved(stage)
    const costs = await stage.world.screen.call('sessions.costs', {})
    const ofRequest = costs.find(({ life }) => life === 'request')
    const { earnedMsat, forfeitedMsat } = stage.devnet.providers.cheap.books()
    expect(ofRequest).toMatchObject({ sessions: 3, requests: 3, chargedMsat: earnedMsat, roundedMsat: forfeitedMsat })
    const faucetFeeMsat = ledger.mintFeesMsat - (ofRequest?.feesMsat ?? 0)
    expect(ofRequest?.feesMsat).toBeGreaterThan(0)
    expect(faucetFeeMsat).toBeGreaterThanOrEqual(0)
    expect(ofRequest?.parkedMsat).toBeGreaterThan(0)
    expect(costs.filter(({ sessions }) => sessions > 0)).toHaveLength(1)
  })

  it('a site can have it for itself while the others share', async () => {
    await stream()
    await stage.world.screen.call('sites.setSessionLife', { origin: OTHER, life: 'request' })
    await stream(OTHER)
    await stream(OTHER)
    await stream()
    expect(accounts()).toBe(3)
    const site = (await stage.world.screen.call('sites.list', {})).find(({ origin }) => origin === OTHER)
    expect(site?.sessionLife).toBe('request')
    await expectMoneyConserved(stage)
  })
})

describe('one for all sites', () => {
  it('two sites are one account there; each request is charged to its own site', async () => {
    await set('provider')
    await stream()
    await credited(stage.world)
    await stream(OTHER)
    await chat(OTHER)
    expect(accounts()).toBe(1)
    await expectMoneyConserved(stage)
    const spent = await stage.world.screen.call('sites.list', {})
    const receipts = await stage.world.screen.call('activity.list', { before: null, limit: 10 })
    for (const { origin, spentMsat } of spent) {
      const charged = receipts.filter((receipt) => receipt.origin === origin).reduce<number>((sum, { chargedMsat }) => sum + (chargedMsat ?? 0), 0)
      expect(spentMsat).toBe(charged)
    }
    expect(spent.reduce<number>((sum, { spentMsat }) => sum + spentMsat, 0)).toBe(stage.devnet.providers.cheap.earningsMsat())
  })

  it('what the provider keeps beyond its charges is borne by the sites that used it, as much as each did', async () => {
    await set('provider')
    stage.devnet.providers.cheap.fault('overcharge', 99, 5)
    // it takes a lot and says it was little
    stage.world.bend((url, go) => (isCheap(stage, url, '/chat/completions') ? reworded(go(), claiming(100)) : null))
    await chat()
    await credited(stage.world)
    await chat(OTHER)
    await stage.world.screen.call('sessions.bringHome', {})
    const [session] = await sessions()
    expect(session?.unexplainedMsat).toBeGreaterThan(1000)
    const spent = (await stage.world.screen.call('sites.list', {})).map(({ spentMsat }) => spentMsat - 100)
    expect(spent).toHaveLength(2)
    expect(Math.abs((spent[0] ?? 0) - (spent[1] ?? 0))).toBeLessThanOrEqual(1)
    expect((spent[0] ?? 0) + (spent[1] ?? 0)).toBe(session?.unexplainedMsat)
    expect(session?.token).toMatch(/^cashuB/)
    // less than a sat is left there and not worth asking for
    await expectMoneyConserved(stage, { booksOfProviders: false })
  })
})
