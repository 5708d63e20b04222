/** The fuse: whatever else goes wrong, no more than so much leaves the wallet within a minute. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ask, expectMoneyConserved, openStage, type Stage } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
  await stage.world.screen.call('settings.set', { fuseSatPerMinute: 60, sessionLife: 'request' })
})
afterEach(() => stage.stop())

/** About 4 sat leave with each. */
const chat = () =>
  stage.world
    .page()
    .routstr.chat.completions.create({ ...ask(), max_tokens: 300 })
    .then(
      () => 'answered',
      ({ code }: { code: string }) => code,
    )
const overview = () => stage.world.screen.call('overview.get', { origin: SITE })
const left = async () => (await stage.world.database.sessions.toArray()).reduce<number>((sum, { faceMsat }) => sum + faceMsat, 0)

async function blow(): Promise<string[]> {
  const said: string[] = []
  while (said.length < 40 && said.at(-1) !== 'payments_paused') said.push(await chat())
  return said
}

it('it trips before the bound is passed, pauses and says why; a person goes on', async () => {
  const said = await blow()
  expect(said.at(-1)).toBe('payments_paused')
  expect(said.length).toBeGreaterThan(3)
  expect(await left()).toBeLessThanOrEqual(60_000)
  expect(await overview()).toMatchObject({ paused: true, fuseTrippedAt: expect.any(Number) })
  // what a person hands out does not count, and is not stopped
  await stage.world.screen.call('tokens.send', { mint: stage.devnet.mint.url, unit: 'sat', amount: 300, memo: null })
  await stage.world.screen.call('paused.set', { paused: false })
  expect(await overview()).toMatchObject({ paused: false, fuseTrippedAt: null })
  expect(await chat()).toBe('answered')
  await expectMoneyConserved(stage)
})

it('twenty at once do not pass it either', async () => {
  await stage.world.page().routstr.enable()
  const said = await Promise.all(Array.from({ length: 6 }, () => blow()))
  expect(said.flat()).toContain('payments_paused')
  expect(await left()).toBeLessThanOrEqual(60_000)
  await stage.world.screen.call('paused.set', { paused: false })
  await expectMoneyConserved(stage)
})

it('it counts from what is written: a worker that dies does not begin anew; a minute later it counts anew', async () => {
  for (let round = 0; round < 6; round++) await chat()
  const before = await left()
  await stage.restart()
  stage.world.answerWith(PER_DAY)
  const said = await blow()
  expect(said.at(-1)).toBe('payments_paused')
  expect(await left()).toBeGreaterThan(before)
  expect(await left()).toBeLessThanOrEqual(60_000)
  await stage.restart()
  expect(await overview()).toMatchObject({ paused: true, fuseTrippedAt: expect.any(Number) })
  await stage.world.screen.call('paused.set', { paused: false })
  stage.world.answerWith(PER_DAY)
  stage.world.clock.skewMs += 61_000
  expect(await chat()).toBe('answered')
  await expectMoneyConserved(stage)
})
