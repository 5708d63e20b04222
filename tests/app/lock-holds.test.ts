/** The lock at bad moments: it closes when it should, stays closed, and nothing that lets money out is decided behind it. */
import { afterEach, expect, it } from 'vitest'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE, type World } from './world.ts'

const PASSPHRASE = 'correct horse battery'
const MINUTE = 60_000

let stage: Stage
afterEach(() => stage.stop())

const unlock = (world: World): Promise<null> => world.screen.call('lock.unlock', { passphrase: PASSPHRASE })
const isLocked = async (world: World): Promise<boolean> => (await world.screen.call('lock.get', {})).locked
const askQuietly = (world: World, origin: string): Promise<Response> =>
  world.page(origin).routstr.fetch('/v1/chat/completions', { method: 'POST', body: JSON.stringify(ask()), prompt: 'none' })

it('a page that may spend nothing does not keep the wallet open by asking again and again', async () => {
  stage = await openStage({ world: { protectedBy: PASSPHRASE } })
  const { world } = stage
  for (let round = 0; round < 3; round++) {
    world.clock.skewMs += 8 * MINUTE
    expect((await askQuietly(world, 'https://stranger.example')).status).toBe(403)
    await world.app.wake()
  }
  expect(await isLocked(world)).toBe(true)
  await unlock(world)
  await expectMoneyConserved(stage)
})

it('its time comes while other work goes on: it closes, although the alarm does not come again', async () => {
  stage = await openStage({ world: { protectedBy: PASSPHRASE } })
  const { world, devnet } = stage
  await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 5, memo: null })
  await world.app.wake()
  const gate = Promise.withResolvers<void>()
  let held = false
  world.bend(async (url, go) => {
    if (url.endsWith('/v1/checkstate')) {
      held = true
      await gate.promise
    }
    return go()
  })
  const work = world.app.wake()
  await until(() => held, 'recovery waits for the mint')
  world.clock.skewMs += 20 * MINUTE
  const alarm = world.app.wake()
  gate.resolve()
  await Promise.all([work, alarm])
  expect(await isLocked(world)).toBe(true)
  world.bend(null)
  await unlock(world)
  await expectMoneyConserved(stage)
})

it('"lock now" holds although the worker dies before everything has ended', async () => {
  stage = await openStage({ world: { protectedBy: PASSPHRASE } })
  const { world, devnet } = stage
  let held = false
  world.bend((url) => {
    if (!url.endsWith('/v1/swap')) return null
    held = true
    return new Promise(() => undefined)
  })
  const receiving = world.screen.call('tokens.receive', { token: await devnet.mint.mintToken(64), trustMint: true })
  receiving.catch(() => undefined)
  await until(() => held, 'the swap is under way')
  const locking = world.screen.call('lock.lock', {})
  locking.catch(() => undefined)
  await until(() => isLocked(world), 'nobody gets in any more')
  expect(world.database.seal.key).not.toBeNull()
  world.bend(null)
  await stage.restart()
  expect(await isLocked(stage.world)).toBe(true)
  await unlock(stage.world)
  await expectMoneyConserved(stage)
})

it('wallets can not change places for want of room: the one in use goes on', async () => {
  stage = await openStage({ world: { protectedBy: PASSPHRASE } })
  const { world, devnet } = stage
  await world.screen.call('lock.lock', {})
  await world.screen.call('lock.startOver', { confirm: true })
  await world.screen.call('tokens.receive', { token: await devnet.mint.mintToken(64), trustMint: true })
  const [aside] = (await world.screen.call('lock.get', {})).setAside
  const full = (): never => {
    throw new DOMException('no room', 'QuotaExceededError')
  }
  world.database.aside.hook('creating', full)
  await expect(world.screen.call('lock.reopen', { id: aside?.id ?? '' })).rejects.toBeDefined()
  world.database.aside.hook('creating').unsubscribe(full)
  expect(await world.screen.call('lock.get', {})).toMatchObject({ protected: false, locked: false })
  await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 5, memo: null })
  await expectMoneyConserved(stage)
})

it('behind a locked screen nobody gives a site a limit, says yes for later, or switches the lock off', async () => {
  stage = await openStage({ world: { protectedBy: PASSPHRASE } })
  const { world } = stage
  await world.screen.call('lock.lock', {})
  const locked = { code: 'wallet_locked' }
  const terms = { period: 'day', limitMsat: 900_000, maxPerRequestMsat: 200_000 } as const
  await expect(world.screen.call('sites.setGrant', { origin: SITE, terms })).rejects.toMatchObject(locked)
  await expect(world.screen.call('lock.autoLock', { minutes: null })).rejects.toMatchObject(locked)
  const asked = world.page().routstr.enable()
  await until(() => world.shown.some((id) => id !== null), 'a question')
  const id = world.shown.find((shown) => shown !== null) ?? ''
  await expect(world.screen.call('approvals.decide', { id, decision: structuredClone(PER_DAY) })).rejects.toMatchObject(locked)
  await unlock(world)
  expect((await askQuietly(world, SITE)).status).toBe(403)
  expect((await world.screen.call('lock.get', {})).autoLockMinutes).toBe(15)
  await world.screen.call('approvals.decide', { id: world.shown.findLast((shown) => shown !== null) ?? '', decision: structuredClone(PER_DAY) })
  await asked
  await expectMoneyConserved(stage)
})
