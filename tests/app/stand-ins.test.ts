/** The stand-ins for `LanguageModel` and `window.ai`: on for a site by the user's word only, with a model that is chosen or cheap. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

const OTHER = 'https://other.example'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const switchTo = (origin: string, standIn: { readonly model: string | null } | null) => stage.world.screen.call('sites.setRule', { origin, standIn })
const defaultModel = async (origin: string): Promise<unknown> => {
  const response = await stage.world.page(origin).routstr.fetch('/models/default')
  return response.ok ? (await response.json()).id : response.status
}

it('they are registered for exactly the sites that have them switched on, and again on every start', async () => {
  const { world } = stage
  expect(world.standIns).toEqual([[]])
  await switchTo(SITE, { model: null })
  await switchTo(OTHER, { model: null })
  expect(world.standIns.at(-1)?.toSorted()).toEqual([SITE, OTHER].toSorted())
  await switchTo(SITE, null)
  expect(world.standIns.at(-1)).toEqual([OTHER])
  await world.kill()
  stage.world = await world.restart()
  await until(() => stage.world.standIns.length > 0, 'the registration of the new worker')
  expect(stage.world.standIns).toEqual([[OTHER]])
  await stage.world.screen.call('sites.setBlocked', { origin: OTHER, blocked: true })
  expect(stage.world.standIns.at(-1)).toEqual([])
})

it('only such a site has a model of its own: the one chosen, or the cheapest that writes text', async () => {
  expect(await defaultModel(SITE)).toBe(404)
  await switchTo(SITE, { model: null })
  // cheaper ones only turn text into numbers
  expect(await defaultModel(SITE)).toBe('owl-mini')
  await switchTo(SITE, { model: 'owl-large' })
  expect(await defaultModel(SITE)).toBe('owl-large')
  await switchTo(SITE, { model: 'sold-no-more' })
  expect(await defaultModel(SITE)).toBe('owl-mini')
  expect(await defaultModel(OTHER)).toBe(404)
})
