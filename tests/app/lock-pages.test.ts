/** Pages while the wallet is locked: one window that unlocks and then asks, or a 401 (G35, `page-api.md` §7). */
import { afterEach, describe, expect, it } from 'vitest'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE, type World } from './world.ts'

const PASSPHRASE = 'correct horse battery'

let stage: Stage
afterEach(() => stage.stop())

const unlock = (world: World): Promise<null> => world.screen.call('lock.unlock', { passphrase: PASSPHRASE })
const answer = async (world: World): Promise<string> => collect(await world.page().routstr.chat.completions.create({ ...ask(), stream: true }))

describe('pages while it is locked', () => {
  async function lockedStage(budget: boolean): Promise<World> {
    stage = await openStage({ world: { protectedBy: PASSPHRASE } })
    const { world } = stage
    if (budget) {
      world.answerWith(PER_DAY)
      await world.page().routstr.enable()
      world.answerWith(null)
    }
    world.shown.length = 0
    await world.screen.call('lock.lock', {})
    return world
  }
  const asked = (world: World): readonly string[] => world.shown.filter((id) => id !== null)

  it('G35: two requests at once open one window; it unlocks, asks in place, and both are answered', async () => {
    const world = await lockedStage(false)
    const { routstr } = world.page()
    expect(await routstr.availability()).toBe('needs-permission')
    const answers = [1, 2].map(async () => collect(await routstr.chat.completions.create({ ...ask(), stream: true })))
    await until(() => asked(world).length > 0, 'a window')
    const id = asked(world)[0] ?? ''
    expect(await world.screen.call('approvals.get', { id })).toMatchObject({
      locked: true,
      walletMsat: 0,
      approval: { reason: 'locked', origin: SITE, state: 'asking' },
    })
    await unlock(world)
    await until(async () => (await world.screen.call('approvals.get', { id }))?.approval.reason === 'no_grant', 'the question in the same window')
    expect(await world.screen.call('approvals.get', { id })).toMatchObject({ locked: false, approval: { state: 'asking', request: { model: 'owl-mini' } } })
    await world.screen.call('approvals.decide', { id, decision: PER_DAY })
    expect((await Promise.all(answers)).join()).toMatch(/blue.*blue/s)
    expect(new Set(asked(world))).toEqual(new Set([id]))
    expect(world.shown.filter((shown) => shown === null)).toHaveLength(1)
    await expectMoneyConserved(stage)
  })

  it('a site with a limit goes on after the unlock without a question; the window goes by itself', async () => {
    const world = await lockedStage(true)
    const text = answer(world)
    await until(() => asked(world).length > 0, 'a window')
    await unlock(world)
    expect(await text).toContain('blue')
    await until(() => world.shown.at(-1) === null, 'the window closes')
    expect(asked(world)).toHaveLength(1)
    await expectMoneyConserved(stage)
  })

  it('whoever closes the window says no: 401, and the next request asks again', async () => {
    const world = await lockedStage(true)
    const { routstr } = world.page()
    for (let round = 1; round <= 2; round++) {
      const refused = routstr.fetch('/v1/chat/completions', { method: 'POST', body: JSON.stringify(ask()) })
      await until(() => new Set(asked(world)).size === round, 'a window')
      await world.app.approvalWindowClosed(asked(world).at(-1) ?? '')
      const response = await refused
      expect(response.status).toBe(401)
      expect((await response.json()).error.code).toBe('wallet_locked')
    }
    await unlock(world)
    await expectMoneyConserved(stage)
  })

  it('prompt "none" opens nothing: 401 with a limit; without one the site does not even learn that it is locked', async () => {
    const world = await lockedStage(true)
    const code = async (origin: string): Promise<string> => {
      const response = await world.page(origin).routstr.fetch('/v1/chat/completions', { method: 'POST', body: JSON.stringify(ask()), prompt: 'none' })
      return `${response.status} ${(await response.json()).error.code}`
    }
    expect(await code(SITE)).toBe('401 wallet_locked')
    expect(await code('https://other.example')).toBe('403 permission_required')
    await world.screen.call('paused.set', { paused: true })
    expect(await code(SITE)).toBe('403 payments_paused')
    await world.screen.call('paused.set', { paused: false })
    await world.screen.call('sites.setBlocked', { origin: SITE, blocked: true })
    expect(await code(SITE)).toBe('403 origin_blocked')
    expect(world.shown).toEqual([])
    await unlock(world)
    await expectMoneyConserved(stage)
  })

  it('tells pages that may spend, and only them', async () => {
    stage = await openStage({ world: { protectedBy: PASSPHRASE } })
    const { world } = stage
    world.answerWith(PER_DAY)
    const heard: string[] = []
    const [mine, other] = [world.page().routstr, world.page('https://other.example').routstr]
    await mine.enable()
    await other.availability()
    mine.on('disconnect', ({ reason }) => heard.push(`mine ${reason}`))
    other.on('disconnect', ({ reason }) => heard.push(`other ${reason}`))
    await world.screen.call('lock.lock', {})
    await until(() => heard.length > 0, 'the event')
    await other.availability()
    expect(heard).toEqual(['mine locked'])
    await unlock(world)
    await expectMoneyConserved(stage)
  })

  it('the worker dies while the window is open: its page comes back, unlocks in the same window, and is answered', async () => {
    const locked = await lockedStage(true)
    const page = locked.page(SITE, { survives: () => stage.world.app })
    const text = page.routstr.chat.completions.create({ ...ask(), stream: true }).then(collect)
    await until(() => asked(locked).length > 0, 'a window')
    const id = asked(locked)[0] ?? ''
    await stage.restart()
    page.reattach()
    await until(async () => (await stage.world.screen.call('approvals.get', { id }))?.approval.state === 'asking', 'the same question')
    await unlock(stage.world)
    expect(await text).toContain('blue')
    expect(await stage.world.database.approvals.filter(({ reason }) => reason === 'locked').count()).toBe(1)
    await expectMoneyConserved(stage)
  })
})
