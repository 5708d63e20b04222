/** How an answer flows to a page (`extension-platform.md` §5, §6.1): at most what it asked for, in frames of bounded size, small pieces together. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { INITIAL_CREDIT } from '../../src/messaging/page-constants.ts'
import { hexId, openRawPage, requestFrame } from './raw-page.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const ID = hexId(1)
const LONG = { ...ask('[[words:4000]]'), stream: true, max_tokens: 4096 }

it('T35: a page that asks for nothing more gets its first window and a little, and far less than 1 MB is kept for it', async () => {
  stage.devnet.upstream.tokensPerSecond = 100_000
  const page = openRawPage(stage.world, SITE)
  page.send(requestFrame(ID, LONG))
  await until(() => page.text(ID).length >= INITIAL_CREDIT, 'the first window is full')
  await new Promise((resolve) => setTimeout(resolve, 100))
  const got = page.text(ID).length
  // one piece read beyond the window at most
  expect(got).toBeLessThan(2 * INITIAL_CREDIT)
  const { running } = await stage.world.screen.call('overview.get', { origin: SITE })
  expect(running[0]?.received).toBeLessThan(1024 * 1024)
  expect(page.isOver(ID)).toBe(false)
  // what it reads it gets, and no more than that
  const owed = got - INITIAL_CREDIT
  page.send({ t: 'credit', id: ID, units: owed + 10_000 })
  await until(() => page.text(ID).length > got, 'it goes on')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(page.text(ID).length).toBeLessThan(got + 10_000 + INITIAL_CREDIT)
  page.send({ t: 'credit', id: ID, units: 16 * 1024 * 1024 })
  await until(() => page.isOver(ID), 'the end')
  expect(page.text(ID)).toContain('[DONE]')
  expect(Math.max(...page.sizes(ID))).toBeLessThanOrEqual(256 * 1024)
  await expectMoneyConserved(stage)
})

it('tokens that come within 16 ms of each other are one frame', async () => {
  stage.devnet.upstream.tokensPerSecond = 1_000
  const page = openRawPage(stage.world, SITE)
  page.send(requestFrame(ID, { ...LONG, messages: ask('[[words:200]]').messages }))
  await until(() => page.isOver(ID), 'the end')
  const tokens = page.text(ID).match(/"content":"[^"]/g)?.length ?? 0
  expect(tokens).toBeGreaterThanOrEqual(200)
  expect(page.sizes(ID).length).toBeLessThan(tokens / 3)
  await expectMoneyConserved(stage)
})
