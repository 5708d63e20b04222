/** What was spent, what it would have cost elsewhere, and budgets that run out: each number comes from receipts and holds. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromSat, msat } from '../../src/domain/msat.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const OTHER = 'https://notes.example'
const stream = async (model = 'owl-mini', origin = SITE) => collect(await stage.world.page(origin).routstr.chat.completions.create({ ...ask(undefined, model), max_tokens: 300, stream: true }))
const alerts = async () => (await stage.world.screen.call('overview.get', { origin: null })).alerts
/** As the timer after each request does. */
const settle = async (): Promise<void> => stage.world.app.wake()

describe('spending', () => {
  it('per day, site, model and provider: the sum of the receipts, to the msat', async () => {
    await stream()
    await stream('sparrow-poet')
    await stream('heron-sage', OTHER)
    const sums = await stage.world.screen.call('spending.get', { days: 7 })
    const receipts = await stage.world.screen.call('activity.list', { before: null, limit: 10 })
    const total = receipts.reduce((sum, { chargedMsat }) => sum + (chargedMsat ?? 0), 0)
    expect(sums).toMatchObject({ chargedMsat: total, requests: 3, open: 0 })
    expect(sums.days).toHaveLength(7)
    expect(sums.days.at(-1)).toMatchObject({ chargedMsat: total, requests: 3 })
    expect(sums.sites.map(({ name }) => name).sort()).toEqual([SITE, OTHER].sort())
    expect(sums.providers.find(({ name }) => name === 'Heron Compute')?.chargedMsat).toBe(stage.devnet.providers.dear.earningsMsat())
    expect(sums.models).toHaveLength(3)
    const { text } = await stage.world.screen.call('spending.export', { days: 7 })
    const lines = text.trim().split('\r\n').map((line) => line.split(','))
    expect(lines).toHaveLength(4)
    expect(lines.slice(1).reduce((sum, line) => sum + Number(line[7]), 0)).toBe(total)
    await expectMoneyConserved(stage)
  })

  it('what the same tokens would have cost at the others is kept on the receipt, by their prices of then', async () => {
    await stream()
    await stream('sparrow-poet')
    const [alone, compared] = await stage.world.screen.call('activity.list', { before: null, limit: 2 })
    expect(alone?.market).toBeUndefined()
    expect(compared?.market).toMatchObject({ offers: 2, median: { providerName: 'Sparrow AI', wouldCostMsat: compared?.expectedMsat }, dearest: { providerName: 'Heron Compute' } })
    // the dear one asks four times as much
    expect(compared?.market?.dearest.wouldCostMsat).toBe((compared?.chargedMsat ?? 0) * 4)
    const { compared: sum } = await stage.world.screen.call('spending.get', { days: 7 })
    expect(sum).toEqual({ requests: 1, chargedMsat: compared?.chargedMsat, atMedianMsat: compared?.chargedMsat, atDearestMsat: (compared?.chargedMsat ?? 0) * 4 })
    // a price that moves later changes nothing of it
    stage.devnet.providers.dear.setPrices('owl-mini', { promptSat: 1, completionSat: 1 })
    await stage.world.screen.call('providers.refresh', {})
    expect((await stage.world.screen.call('spending.get', { days: 7 })).compared).toEqual(sum)
    await expectMoneyConserved(stage)
  })
})

describe('a budget that runs out', () => {
  it('is told at 80 and at 100 per cent, once each until put away, and begins anew with the period', async () => {
    const { screen } = stage.world
    await stream()
    await settle()
    expect(await alerts()).toEqual([])
    const spent = (await screen.call('spending.get', { days: 7 })).chargedMsat
    const limit = (limitMsat: number) => screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: msat(limitMsat), maxPerRequestMsat: msat(limitMsat) } })

    await limit(Math.floor(spent / 0.85))
    await until(async () => (await alerts()).length === 1, 'the warning at 80 per cent')
    expect(await alerts()).toMatchObject([{ origin: SITE, level: 80, spentMsat: spent }])
    await screen.call('alerts.dismiss', { origin: SITE })
    expect(await alerts()).toEqual([])
    await settle()
    expect(await alerts()).toEqual([])

    await limit(spent)
    await until(async () => (await alerts()).length === 1, 'the warning at 100 per cent')
    expect(await alerts()).toMatchObject([{ level: 100 }])
    // a restarted worker knows it as well
    await stage.restart()
    await until(async () => (await alerts()).length === 1, 'the warning after a restart')

    stage.world.clock.skewMs += 24 * 3_600_000
    await settle()
    expect(await alerts()).toEqual([])
    await expectMoneyConserved(stage)
  })

  it('a raised limit is out of danger', async () => {
    await stream()
    const spent = (await stage.world.screen.call('spending.get', { days: 7 })).chargedMsat
    await stage.world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: spent, maxPerRequestMsat: spent } })
    await until(async () => (await alerts()).length === 1, 'the warning')
    await stage.world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: fromSat(1000), maxPerRequestMsat: fromSat(100) } })
    await until(async () => (await alerts()).length === 0, 'no warning')
    await expectMoneyConserved(stage)
  })
})
