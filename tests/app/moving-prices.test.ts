/** The market moves under running requests: prices, models and upstreams change, answers go on coming, no msat is missing. */
import { afterEach, expect, test } from 'vitest'
import { ask, collect, expectMoneyConserved, openStage, type Stage } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
afterEach(() => stage.stop())

test('prices double and halve, the model goes and comes, an upstream dies: every request is answered or refused, and paid once', async () => {
  stage = await openStage()
  const { world, devnet } = stage
  const { cheap } = devnet.providers
  world.answerWith(PER_DAY)
  const page = world.page()
  const one = async (turn: number): Promise<number> => (await collect(await page.routstr.chat.completions.create({ ...ask(`Question ${turn}?`), stream: true }))).length
  await one(0)
  for (const provider of [cheap, devnet.providers.dear]) provider.upstreams.set([devnet.upstream, devnet.spareUpstream])
  cheap.pricing.start({ intervalMs: 25, script: [1, 2, 0.5, 1.5], load: 1.5, demand: 1.3 })
  for (let turn = 0; turn < 5; turn++) {
    const running = [one(10 * turn), one(10 * turn + 1)]
    if (turn === 1) devnet.upstream.fail('dead', 3)
    if (turn === 2) cheap.keepModels(['owl-large'])
    if (turn === 3) cheap.addModel({ upstreamId: 'acme/owl-mini', name: 'Owl Mini', contextLength: 8192, maxCompletionTokens: 4096, price: { promptSat: 0.002, completionSat: 0.008 } })
    for (const length of await Promise.all(running)) expect(length).toBeGreaterThan(0)
    await world.screen.call('providers.refresh', {})
  }
  expect(cheap.pricing.history().length).toBeGreaterThan(3)
  cheap.pricing.stop()
  const view = await world.screen.call('providers.get', { id: `url:${cheap.url}` })
  expect(view?.prices.find(({ modelId }) => modelId === 'owl-mini')?.points.length).toBeGreaterThan(1)
  await expectMoneyConserved(stage)
})
