/** RIP-05 §5: who is wrong about money twice gets none any more; who is new gets no more than a new one gets without a yes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decide, nextQuestion, once } from './raw-page.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, REJECT, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const providerOf = async (content?: string, model?: string) => {
  const { data, response } = await stage.world.page().routstr.chat.completions.create({ ...ask(content, model), stream: true }).withResponse()
  await collect(data)
  return response.headers.get('x-routstr-provider')
}
const cheapView = async () => (await stage.world.screen.call('providers.list', {})).find(({ provider }) => provider.name === 'Sparrow AI')
const mismatches = (count: number) => until(async () => (await cheapView())?.mismatches === count, `${count} mismatches`)
const bringHome = () => stage.world.screen.call('sessions.bringHome', {})

describe('a provider whose bill does not add up', () => {
  it('is used on after the first time, and from the second on gets nothing more; the screen says why', async () => {
    const { cheap } = stage.devnet.providers
    cheap.fault('overcharge', 1, 3)
    expect(await providerOf()).toBe('Sparrow AI')
    await mismatches(1)
    expect(await cheapView()).toMatchObject({ notFunded: null })
    await bringHome()
    cheap.fault('overcharge', 1, 3)
    expect(await providerOf()).toBe('Sparrow AI')
    await mismatches(2)
    expect(await cheapView()).toMatchObject({ notFunded: expect.stringContaining('2 times') })
    await bringHome()
    const placed = async () => (await stage.world.database.sessions.toArray()).filter(({ providerName }) => providerName === 'Sparrow AI').length
    const before = await placed()
    expect(await providerOf()).toBe('Heron Compute')
    stage.devnet.providers.dear.down = true
    await expect(providerOf()).rejects.toMatchObject({ status: expect.toBeOneOf([404, 424, 503]) })
    expect(await placed()).toBe(before)
    expect(cheap.requests.filter(({ path }) => path.includes('/chat/'))).toHaveLength(2)
    stage.devnet.providers.dear.down = false
    await expectMoneyConserved(stage)
  })

  it('that changed its prices just before the request is not wrong: the receipt gets the sheet it was billed by', async () => {
    const { cheap } = stage.devnet.providers
    await providerOf()
    cheap.setPrices('owl-mini', { promptSat: 0.003, completionSat: 0.012 })
    expect(await providerOf('[[usage:1000,1000]] [[words:900]]')).toBe('Sparrow AI')
    const latest = async () => (await stage.world.screen.call('overview.get', { origin: SITE })).receipts[0]
    await until(async () => (await latest())?.mismatches.length === 0, 'the new sheet')
    expect(await latest()).toMatchObject({ chargedMsat: 15_000, expectedMsat: 15_000, price: { promptSat: 0.003 } })
    expect(await cheapView()).toMatchObject({ mismatches: 0 })
    await expectMoneyConserved(stage)
  })

  it('more tokens than can be count as well, once per receipt, and over a restart', async () => {
    expect(await providerOf('[[usage:12,900]] [[say:Short.]]')).toBe('Sparrow AI')
    await mismatches(1)
    await stage.restart()
    stage.world.answerWith(PER_DAY)
    expect(await cheapView()).toMatchObject({ mismatches: 1 })
    await expectMoneyConserved(stage)
  })
})

describe('small first', () => {
  const large = 'Sum up [[usage:20,30]]'

  it('a standing yes to the site is not one to place more than 50 sat at a provider never paid before', async () => {
    const { world } = stage
    await world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: 1_000_000, maxPerRequestMsat: 200_000 } })
    world.answerWith(null)
    const answer = providerOf(large, 'owl-large')
    const question = await nextQuestion(world)
    expect(question).toMatchObject({ reason: 'new_provider', providerName: 'Sparrow AI' })
    expect(question.worstMsat).toBeGreaterThan(50_000)
    await decide(world, question, once(question.worstMsat))
    expect(await answer).toBe('Sparrow AI')
    // the same again needs no question, even where the first session does not reach any more
    expect(await providerOf(large, 'owl-large')).toBe('Sparrow AI')
    expect(world.shown.filter((id) => id !== null)).toHaveLength(1)
    await expectMoneyConserved(stage)
  })

  it('within the bound nobody is asked', async () => {
    const { world } = stage
    await world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: 1_000_000, maxPerRequestMsat: 200_000 } })
    world.answerWith(REJECT)
    expect(await providerOf()).toBe('Sparrow AI')
    expect(world.shown).toEqual([])
    await expectMoneyConserved(stage)
  })

  it('a no is a no, and a page that asked not to be prompted is told', async () => {
    const { world } = stage
    await world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: 1_000_000, maxPerRequestMsat: 200_000 } })
    world.answerWith(REJECT)
    await expect(providerOf(large, 'owl-large')).rejects.toMatchObject({ code: 'user_rejected' })
    const response = await world.page().routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify(ask(large, 'owl-large')), headers: { 'x-routstr-prompt': 'none' } })
    expect([response.status, await response.json()]).toMatchObject([403, { error: { code: 'permission_required' } }])
    expect(await world.database.sessions.count()).toBe(0)
  })
})
