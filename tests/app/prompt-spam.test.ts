/** Questions nobody wants (T9): who may open a window, and how long a site is quiet after refusals. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { callFrame, decide, hexId, nextQuestion, openRawPage, requestFrame } from './raw-page.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, REJECT, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.stop())

const overview = () => stage.world.screen.call('overview.get', { origin: SITE })
const codeOf = (answer: Promise<unknown>): Promise<string> => answer.then(() => 'allowed', (error: { code?: string }) => error.code ?? 'unknown')

it('T9: a page where the user did nothing opens no window: its question waits on the icon, and is answered from the popup', async () => {
  const { world } = stage
  const page = openRawPage(world, SITE, { userActive: false })
  page.send(requestFrame(hexId(1), ask()))
  await until(async () => (await overview()).approvals.length === 1, 'the icon counts a question')
  expect(world.shown).toEqual([])
  const [id = ''] = (await overview()).approvals
  await world.screen.call('approvals.decide', { id, decision: PER_DAY })
  await until(() => page.isOver(hexId(1)), 'the answer')
  expect(page.verdict(hexId(1))).toBe('200')
  expect(world.shown).toEqual([])
  await expectMoneyConserved(stage)
})

it('T9: the waiting question opens its window when the user acts; one of an active page goes before it', async () => {
  const { world } = stage
  openRawPage(world, 'https://quiet.example', { userActive: false }).send(callFrame(hexId(1), 'enable', {}))
  await until(async () => (await overview()).approvals.length === 1, 'a quiet question')
  openRawPage(world, SITE).send(callFrame(hexId(2), 'enable', {}))
  const loud = await nextQuestion(world)
  expect(loud.origin).toBe(SITE)
  await decide(world, loud, REJECT)
  await until(() => world.shown.at(-1) === null, 'the window closes')
  openRawPage(world, 'https://quiet.example').send(callFrame(hexId(3), 'enable', {}))
  expect((await nextQuestion(world)).origin).toBe('https://quiet.example')
  expect((await overview()).approvals).toHaveLength(1)
})

it('T9: after two refusals a site is refused without a question, longer each time, over restarts too; others are not', async () => {
  const { clock } = stage.world
  const enable = (origin = SITE) => codeOf(stage.world.page(origin).routstr.enable())
  stage.world.answerWith(REJECT)
  expect([await enable(), await enable(), await enable()]).toEqual(['user_rejected', 'user_rejected', 'origin_cooldown'])
  expect((await stage.world.screen.call('sites.list', {}))[0]).toMatchObject({ origin: SITE, blocked: false, budget: null, lastUsedAt: 0, quietUntil: expect.any(Number) })
  await stage.restart()
  stage.world.answerWith(REJECT)
  expect(await enable()).toBe('origin_cooldown')
  // a request without a grant is a question, too
  expect(await codeOf(stage.world.page().routstr.chat.completions.create(ask()))).toBe('origin_cooldown')
  expect(stage.world.shown).toEqual([])
  expect(await enable('https://other.example')).toBe('user_rejected')
  clock.skewMs += 61_000
  expect([await enable(), await enable()]).toEqual(['user_rejected', 'origin_cooldown'])
  clock.skewMs += 61_000
  expect(await enable()).toBe('origin_cooldown')
  clock.skewMs += 10 * 60_000
  stage.world.answerWith(PER_DAY)
  expect(await enable()).toBe('allowed')
})

it('T9: a question that is left unanswered counts as a no, one the page takes back does not', async () => {
  const { world } = stage
  const openQuestion = async (): Promise<{ readonly page: { close(): void }; readonly answer: Promise<string> }> => {
    const page = world.page()
    // in its own object: who waits for the question does not wait for the answer
    const open = { page, answer: codeOf(page.routstr.enable()) }
    await until(() => (world.shown.at(-1) ?? null) !== null, 'a question')
    return open
  }
  for (const _ of [1, 2, 3]) {
    const { page } = await openQuestion()
    page.close()
    await until(() => world.shown.at(-1) === null, 'taken back')
  }
  for (const _ of [1, 2]) {
    const { answer } = await openQuestion()
    world.clock.skewMs += 5 * 60_000 + 1
    await world.app.wake()
    expect(await answer).toBe('prompt_timeout')
    await until(() => world.shown.at(-1) === null, 'taken down')
  }
  expect(await codeOf(world.page().routstr.enable())).toBe('origin_cooldown')
})

it('T9: the limit that stands is not touched by a quiet time; a limit set by hand, or an unblock, ends it', async () => {
  const { world } = stage
  const most = PER_DAY.kind === 'approve' ? PER_DAY.terms : null
  const { routstr } = world.page()
  world.answerWith(PER_DAY)
  await routstr.enable()
  world.answerWith(REJECT)
  const raise = () => codeOf(routstr.requestBudget({ budgetMsat: 9_000_000 }))
  expect([await raise(), await raise(), await raise()]).toEqual(['user_rejected', 'user_rejected', 'origin_cooldown'])
  expect((await routstr.chat.completions.create(ask())).choices).toHaveLength(1)
  await world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: most?.limitMsat ?? 0, maxPerRequestMsat: most?.maxPerRequestMsat ?? 0 } })
  expect((await world.screen.call('sites.list', {}))[0]?.quietUntil).toBeNull()
  await expectMoneyConserved(stage)
})

it('a browser that is stuck with its windows holds no answer up: a block has stopped the site when it returns, not what is asked later', async () => {
  await stage.stop()
  stage = await openStage({ world: { stuckWindows: true } })
  const { world } = stage
  const { routstr } = world.page()
  const blocked = codeOf(routstr.chat.completions.create(ask()))
  await decide(world, await nextQuestion(world), { kind: 'block' })
  expect(await blocked).toBe('origin_blocked')
  await world.screen.call('sites.setBlocked', { origin: SITE, blocked: false })
  const allowed = codeOf(routstr.chat.completions.create(ask()))
  await decide(world, await nextQuestion(world), PER_DAY)
  expect(await allowed).toBe('allowed')
  await expectMoneyConserved(stage)
})
