/** The automatic refill: when it asks, when it must not, and what a day may cost whatever happens. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Refill } from '../../src/domain/lightning.ts'
import { type NwcStage, openNwcStage } from './nwc-stage.ts'
import { expectMoneyConserved, until } from './stage.ts'

let stage: NwcStage

/** The stage holds 2 000 sat less the fees of receiving them. */
const refill = (change: Partial<Refill> = {}): Refill => ({ mint: stage.mint, thresholdSat: 2_500, amountSat: 1_000, dailyCapSat: 2_000, ...change })
const set = (wish: Refill | null) => stage.world.screen.call('nwc.refill', { refill: wish })
const wallet = () => stage.world.screen.call('nwc.get', {})
const states = async () => (await stage.payments()).map(({ state }) => state)
const heldSat = async () => ((await stage.world.screen.call('overview.get', { origin: null })).balanceMsat ?? 0) / 1000
const spend = (amount: number) => stage.world.screen.call('tokens.send', { mint: stage.mint, unit: 'sat', amount, memo: null })

describe('the refill', () => {
  beforeEach(async () => {
    stage = await openNwcStage()
  })
  afterEach(() => stage.stop())

  it('asks as soon as less is left, once, and is content', async () => {
    await set(refill())
    await until(async () => (await heldSat()) > 2_900, 'the refill has arrived')
    await stage.alarm()
    expect(stage.asked()).toBe(1)
    expect(await wallet()).toMatchObject({ refilledTodaySat: 1_000, problem: null, refill: refill() })
    const topUps = (await stage.world.screen.call('lightning.get', {})).topUps
    expect(topUps).toMatchObject([{ payer: 'connected wallet', state: 'done', amountSat: 1_000 }])
    await expectMoneyConserved(stage)
  })

  it('spending below the threshold is enough: nobody presses anything', async () => {
    await set(refill({ thresholdSat: 1_500 }))
    await stage.alarm()
    expect(stage.asked()).toBe(0)
    await spend(800)
    await until(() => stage.asked() === 1, 'the wallet was asked by itself')
    await until(async () => (await heldSat()) > 2_000, 'the refill has arrived')
  })

  it('never more than the cap in one day, over restarts; the next day goes on', async () => {
    await set(refill({ thresholdSat: 100_000 }))
    await until(async () => (await states()).filter((state) => state === 'paid').length === 2, 'two refills')
    await until(async () => (await heldSat()) > 3_900, 'both have arrived')
    for (let look = 0; look < 3; look++) {
      await stage.restart()
      await stage.alarm()
    }
    expect(stage.asked()).toBe(2)
    expect((await wallet())?.problem).toMatch(/limit of this day/)
    await stage.alarm(24 * 3_600_000)
    await until(() => stage.asked() === 4, 'the next day')
    await until(async () => (await states()).every((state) => state === 'paid'), 'paid')
    expect(await wallet()).toMatchObject({ refilledTodaySat: 2_000 })
    await stage.alarm()
    expect(stage.asked()).toBe(4)
  })

  it('silence counts as spent: one in doubt stops the next', async () => {
    stage.devnet.walletService.behave('silent', 9)
    await set(refill())
    await until(() => stage.asked() === 1, 'asked')
    for (let look = 0; look < 3; look++) {
      await stage.restart()
      await stage.alarm()
    }
    expect(stage.asked()).toBe(1)
    expect(await wallet()).toMatchObject({ refilledTodaySat: 1_000 })
  })

  it('paused: nothing; unpaused: it goes on', async () => {
    await stage.world.screen.call('paused.set', { paused: true })
    await set(refill())
    await stage.alarm()
    expect(await stage.payments()).toEqual([])
    await stage.world.screen.call('paused.set', { paused: false })
    await until(() => stage.asked() === 1, 'asked')
  })

  it('failures back off 5 and 30 minutes, say so, and do not pile up invoices', async () => {
    stage.devnet.walletService.behave('INSUFFICIENT_BALANCE', 2)
    await set(refill())
    await until(async () => (await states())[0] === 'refused', 'refused')
    expect((await wallet())?.problem).toMatch(/not enough money for this\. It is tried again after/)
    await stage.alarm(4 * 60_000)
    expect(stage.asked()).toBe(1)
    await stage.alarm(61_000)
    await until(async () => (await states())[1] === 'refused', 'refused again')
    await stage.alarm(29 * 60_000)
    expect(stage.asked()).toBe(2)
    await stage.alarm(61_000)
    await until(async () => (await states())[2] === 'paid', 'paid')
    await until(async () => (await heldSat()) > 2_900, 'arrived')
    expect((await stage.world.screen.call('lightning.get', {})).topUps).toHaveLength(1)
    expect((await wallet())?.problem).toBeNull()
    await expectMoneyConserved(stage)
  })

  it('a mint that makes no invoice is a failure of its own, and nothing is asked', async () => {
    stage.world.bend((url) => (url.includes('/mint/quote') ? Promise.reject(new TypeError('offline')) : null))
    await set(refill())
    await until(async () => (await states())[0] === 'dropped', 'given up')
    expect(stage.asked()).toBe(0)
    stage.world.bend(null)
    await stage.alarm(5 * 60_000 + 1_000)
    await until(async () => (await states())[1] === 'paid', 'paid')
  })

  it('the worker dies while the invoice is made: the plan is dropped, the day is not eaten up', async () => {
    stage.world.bend((url, go) => {
      if (!url.includes('/mint/quote')) return null
      void stage.world.kill()
      return go()
    })
    await set(refill())
    await stage.world.died
    stage.world.bend(null)
    await stage.restart()
    expect(await states()).toEqual(['planned'])
    await stage.alarm(3 * 60_000)
    expect(await states()).toEqual(['dropped'])
    await stage.alarm(3 * 60_000)
    await until(async () => (await states())[1] === 'paid', 'paid')
    expect(stage.asked()).toBe(1)
    expect(await wallet()).toMatchObject({ refilledTodaySat: 1_000 })
  })

  it('refuses what can not work', async () => {
    await expect(set(refill({ mint: 'https://mint.example.com' }))).rejects.toEqual(expect.objectContaining({ code: 'unknown_mint' }))
    await expect(set(refill({ amountSat: 3_000 }))).rejects.toEqual(expect.objectContaining({ code: 'invalid_request_error' }))
    await stage.world.screen.call('nwc.disconnect', {})
    await expect(set(refill())).rejects.toEqual(expect.objectContaining({ code: 'connected_wallet_failed' }))
  })
})
