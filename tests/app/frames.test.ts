/** Frames (T7): whose grant a document uses, by what the browser says of it. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { decide, hexId, nextQuestion, openRawPage, requestFrame } from './raw-page.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.stop())

const WIDGET = 'https://widget.example'
const PAIR = `${WIDGET} in ${SITE}`
const ID = hexId(1)

const verdictOf = async (topOrigin: string | null | undefined, origin = WIDGET, prompt = 'none'): Promise<string | null> => {
  const page = openRawPage(stage.world, origin, topOrigin === undefined ? {} : { topOrigin })
  const id = hexId(Math.floor(Math.random() * 1e9))
  page.send(requestFrame(id, ask(), { prompt }))
  await until(() => page.isOver(id), 'an answer')
  return page.verdict(id)
}

it('T7: a frame of another site is a site of its own: its question shows both, its grant is for both together and for nothing else', async () => {
  const { world } = stage
  const frame = openRawPage(world, WIDGET, { topOrigin: SITE })
  frame.send(requestFrame(ID, ask()))
  const question = await nextQuestion(world)
  expect(question.origin).toBe(PAIR)
  await decide(world, question, PER_DAY)
  await until(() => frame.isOver(ID), 'the answer')
  expect(frame.verdict(ID)).toBe('200')
  // the same frame again: granted. Alone, in another page, or the page itself: not
  expect(await verdictOf(SITE)).toBe('200')
  expect(await verdictOf(undefined)).toBe('permission_required')
  expect(await verdictOf('https://news.example')).toBe('permission_required')
  expect(await verdictOf(undefined, SITE)).toBe('permission_required')
  expect((await world.screen.call('sites.list', {})).map(({ origin }) => origin)).toEqual([PAIR])
  await world.screen.call('sites.revoke', { origin: PAIR })
  expect(await verdictOf(SITE)).toBe('permission_required')
  await expectMoneyConserved(stage)
})

it('T7: a frame of the same origin is the page', async () => {
  stage.world.answerWith(PER_DAY)
  await stage.world.page(SITE).routstr.enable()
  expect(await verdictOf(SITE, SITE)).toBe('200')
  await expectMoneyConserved(stage)
})

it.each([
  ['plain http', 'http://news.example'],
  ['a page without an origin', 'null'],
  ['an extension', 'chrome-extension://abcdef'],
  ['a page the browser does not tell', null],
])('T7: a frame in %s is refused', async (_, topOrigin) => {
  expect(await verdictOf(topOrigin, WIDGET, 'auto')).toBe('frame_not_allowed')
  expect(stage.world.shown).toEqual([])
})

it('T7: a block of the frame in one page leaves the site itself alone', async () => {
  await stage.world.screen.call('sites.setBlocked', { origin: PAIR, blocked: true })
  expect(await verdictOf(SITE, WIDGET, 'auto')).toBe('origin_blocked')
  expect(await verdictOf(undefined)).toBe('permission_required')
})

it('T7: the grant of a pair outlives the worker', async () => {
  stage.world.answerWith(PER_DAY)
  await stage.world.page(WIDGET, { topOrigin: SITE }).routstr.enable()
  const world = await stage.restart()
  expect(await world.page(WIDGET, { topOrigin: SITE }).routstr.getGrant()).toMatchObject({ limitMsat: 1_000_000 })
  expect(await world.page(WIDGET).routstr.getGrant()).toBeNull()
})
