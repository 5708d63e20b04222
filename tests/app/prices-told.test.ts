/** Moved prices are told to pages with a grant, by the names `models.list()` uses; others hear nothing. */
import { afterEach, expect, test } from 'vitest'
import { ask, collect, openStage, type Stage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
afterEach(() => stage.stop())

test('a page with a grant hears which models have moved, one without hears nothing; the provider’s page shows the change', async () => {
  stage = await openStage()
  const { world, devnet } = stage
  world.answerWith(PER_DAY)
  const page = world.page()
  await collect(await page.routstr.chat.completions.create({ ...ask(), stream: true }))
  const heard: unknown[] = []
  const others: unknown[] = []
  page.routstr.on('pricesChanged', (detail) => heard.push(detail))
  world.page('https://other.example').routstr.on('pricesChanged', (detail) => others.push(detail))
  devnet.providers.dear.setPrices('owl-mini', { promptSat: 0.009, completionSat: 0.036 })
  await world.screen.call('providers.refresh', {})
  await until(() => heard.length > 0, 'the page hears')
  expect(heard).toEqual([{ models: ['owl-mini'] }])
  expect(others).toEqual([])

  const id = `url:${devnet.providers.dear.url}`
  const view = await world.screen.call('providers.get', { id })
  const points = view?.prices.find(({ modelId }) => modelId === 'owl-mini-2026-05-01')?.points ?? []
  expect(points.map(({ promptSat }) => promptSat)).toEqual([0.008, 0.009])
  const used = await world.screen.call('providers.get', { id: `url:${devnet.providers.cheap.url}` })
  expect(used?.receipts).toHaveLength(1)
  expect(used?.sessions.map(({ session }) => session.providerId)).toEqual([`url:${devnet.providers.cheap.url}`])
  expect(await world.screen.call('providers.get', { id: 'url:https://nobody.example' })).toBeNull()

  const models = await world.screen.call('models.list', {})
  const owl = models.find((model) => model.id === 'owl-mini')
  expect(owl?.offers.map(({ calledId, because }) => [calledId, because])).toEqual(
    expect.arrayContaining([
      ['owl-mini', 'listed'],
      ['owl-mini-2026-05-01', 'date'],
    ]),
  )
})
