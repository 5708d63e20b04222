/**
 * The worker dies at every request of a busy story, before it leaves and after its answer arrived unseen, and is started
 * again over the same database. No msat is missing afterwards, and every note is good.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { ask, collect, credited, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE, type World } from './world.ts'

let stage: Stage
afterEach(() => stage.stop())

/** A page pays a stream and a JSON answer, the change comes home, a token is sent and taken back. */
async function story(world: World, mint: string): Promise<void> {
  world.answerWith(PER_DAY)
  const { routstr } = world.page()
  await collect(await routstr.chat.completions.create({ ...ask(), stream: true }))
  await credited(world)
  await routstr.chat.completions.create(ask('And the grass?'))
  await world.screen.call('sessions.bringHome', {})
  const { operationId } = await world.screen.call('tokens.send', { mint, unit: 'sat', amount: 123, memo: null })
  await world.screen.call('tokens.takeBack', { operationId })
}

const REQUESTS_IN_STORY = 9

describe('T14: a worker that dies at any request loses nothing', () => {
  const deaths = Array.from({ length: REQUESTS_IN_STORY }, (_, request) => (['before', 'after'] as const).map((when) => ({ request, when }))).flat()

  it('the story has as many requests as it is killed at', async () => {
    stage = await openStage()
    stage.world.traffic.length = 0
    await story(stage.world, stage.devnet.mint.url)
    expect(stage.world.traffic.length).toBeLessThanOrEqual(REQUESTS_IN_STORY)
    await expectMoneyConserved(stage)
  })

  it.each(deaths)(
    'dies $when request $request',
    async ({ request, when }) => {
      stage = await openStage()
      stage.world.dieAt(request, when)
      const end = story(stage.world, stage.devnet.mint.url).then(
        () => 'finished',
        () => 'failed',
      )
      await Promise.race([end, stage.world.died])
      await stage.restart()
      await expectMoneyConserved(stage)
      const again = await stage.world.database.operations.count()
      await stage.world.app.wake()
      expect(await stage.world.database.operations.count()).toBe(again)
    },
  )
})

describe('the open story is finished', () => {
  it('G12: the worker dies while the question is open; the answer still reaches the page, with one question', async () => {
    stage = await openStage()
    const { page, reattach } = reattachable(stage)
    const answer = page.chat.completions.create({ ...ask(), stream: true }).then(collect)
    await until(() => stage.world.shown.length > 0, 'a question')
    const asked = stage.world.shown[0] ?? ''
    await stage.restart()
    reattach()
    await until(async () => (await stage.world.screen.call('approvals.get', { id: asked }))?.approval.state === 'asking', 'the same question')
    await stage.world.screen.call('approvals.decide', { id: asked, decision: PER_DAY })
    expect(await answer).toContain('blue')
    expect(await stage.world.database.approvals.count()).toBe(1)
    await expectMoneyConserved(stage)
  })

  it('the browser is closed while two sites ask: in the next session nothing is asked and no window opens, and the site may ask anew', async () => {
    stage = await openStage()
    const sites = [SITE, 'https://two.example']
    for (const site of sites) void stage.world.page(site).routstr.chat.completions.create(ask()).catch(() => undefined)
    const asking = async (): Promise<readonly string[]> => (await stage.world.screen.call('overview.get', { origin: null })).approvals
    await until(async () => (await asking()).length === 2, 'two questions')
    const world = await stage.restart('browser')
    expect(await asking()).toEqual([])
    expect(world.shown.filter((id) => id !== null)).toEqual([])
    world.answerWith(PER_DAY)
    expect((await world.page(SITE).routstr.chat.completions.create(ask())).choices[0]?.message.content).toContain('blue')
    await expectMoneyConserved(stage)
  })

  it('the worker dies while an answer streams: the page gets an error, the cost is learned later', async () => {
    stage = await openStage({ devnet: { tokensPerSecond: 60 } })
    stage.world.answerWith(PER_DAY)
    const stream = await stage.world.page().routstr.chat.completions.create({ ...ask('[[words:900]]'), stream: true, max_tokens: 1_000 })
    let text = ''
    const reading = (async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    })()
    const refused = expect(reading).rejects.toMatchObject({ code: 'worker_lost' })
    await until(() => text.length > 20, 'some text')
    await stage.restart()
    await refused
    await expectMoneyConserved(stage)
    const [receipt] = (await stage.world.screen.call('overview.get', { origin: SITE })).receipts
    expect(receipt).toMatchObject({ state: 'interrupted', chargedMsat: 0 })
  })

  it('G51: a request that had begun to pay is not sent twice after a restart', async () => {
    stage = await openStage()
    stage.world.answerWith(PER_DAY)
    const { page, reattach } = reattachable(stage)
    stage.devnet.providers.cheap.fault('slow-first-byte', 1, 2_000)
    const answer = page.chat.completions.create({ ...ask(), stream: true }).then(
      () => 'answered',
      (error: { code: string }) => error.code,
    )
    await until(() => stage.devnet.providers.cheap.requests.some(({ path }) => path.includes('/chat/')), 'the request arrived')
    await stage.restart()
    reattach()
    expect(await answer).toBe('worker_lost')
    expect(stage.devnet.providers.cheap.requests.filter(({ path }) => path.includes('/chat/'))).toHaveLength(1)
    await expectMoneyConserved(stage)
  })
})

/** A page whose relay survives the worker: its next frames reach the new one. */
function reattachable(on: Stage): { page: ReturnType<World['page']>['routstr']; reattach: () => void } {
  const page = on.world.page(SITE, { survives: () => on.world.app })
  return { page: page.routstr, reattach: () => page.reattach() }
}
