/**
 * The worker dies at every request of each life's story, before it leaves and after its answer arrived unseen, and just after each
 * write that announces one. No msat is missing afterwards, and a request is never paid twice.
 */
import { afterEach, describe, expect, it } from 'vitest'
import type { SessionLife } from '../../src/domain/session.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, type World } from './world.ts'

let stage: Stage
afterEach(() => stage.stop())

const ASK = { ...ask(), max_tokens: 300 }

async function start(life: SessionLife, openAhead = false): Promise<void> {
  stage = await openStage({ world: { openAhead } })
  stage.world.answerWith(PER_DAY)
  await stage.world.screen.call('settings.set', { sessionLife: life })
  await stage.world.page().routstr.enable()
}

/** Two requests; those of the life `request` go home by themselves. */
async function story(world: World): Promise<void> {
  await collect(await world.page().routstr.chat.completions.create({ ...ASK, stream: true }))
  await world.page('https://other.example').routstr.chat.completions.create(ASK)
  await world.screen.call('sessions.bringHome', {})
}

const CASES = (['request', 'provider'] as const).flatMap((life) =>
  [0, 1, 2, 4, 6].flatMap((request) => (['before', 'after'] as const).map((when) => ({ life, request, when }))),
)

describe('T14: each life survives a dead worker', () => {
  it.each(CASES)('$life: dies $when request $request', async ({ life, request, when }) => {
    await start(life)
    stage.world.dieAt(request, when)
    await Promise.race([story(stage.world).catch(() => undefined), stage.world.died])
    await stage.restart()
    await expectMoneyConserved(stage)
    expect(await stage.world.database.attempts.where('state').notEqual('settled').count()).toBe(0)
  })

  it('dies after session, attempt and notes are written and before anything is sent: the notes come back, the request cost nothing', async () => {
    await start('site')
    stage.world.dieAt(0, 'before')
    await Promise.race([story(stage.world).catch(() => undefined), stage.world.died])
    await stage.restart()
    const [session] = await stage.world.database.sessions.toArray()
    expect(session).toMatchObject({ state: 'prepared', token: expect.stringMatching(/^cashuB/) })
    expect(await stage.world.database.attempts.toArray()).toMatchObject([{ state: 'ended', sessionId: session?.id }])
    await until(async () => {
      await stage.world.app.wake()
      return (await stage.world.database.sessions.toArray())[0]?.state === 'cancelled'
    }, 'taken back')
    const ledger = await expectMoneyConserved(stage)
    expect(ledger.spentMsat).toBe(0)
  })

  it.each([0, 1].flatMap((request) => (['before', 'after'] as const).map((when) => ({ request, when }))))('opening ahead: dies $when request $request', async ({ request, when }) => {
    await start('site', true)
    await collect(await stage.world.page().routstr.chat.completions.create({ ...ASK, stream: true }))
    await until(async () => (await stage.world.database.sessions.toArray())[0]?.state === 'open', 'the first is there')
    stage.world.dieAt(request, when)
    await Promise.race([stage.world.app.wake(), stage.world.died, new Promise((resolve) => setTimeout(resolve, 2_000))])
    await stage.restart()
    await expectMoneyConserved(stage)
  })
})
