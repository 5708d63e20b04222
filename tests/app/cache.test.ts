/** Answers given again: opt-in, for the identical request of the same site, free of charge, and it says so. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, collect, credited, expectMoneyConserved, openStage, type Stage } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const USE = { headers: { 'x-routstr-cache': 'use' } }
const chat = (fields: object = {}, options: object = {}, origin = SITE) => stage.world.page(origin).routstr.chat.completions.create({ ...ask(), temperature: 0, max_tokens: 300, ...fields }, options).withResponse()
const paid = () => stage.devnet.providers.cheap.requests.filter(({ path }) => /chat|embeddings/.test(path)).length
const cacheOf = async (origin = SITE) => (await stage.world.screen.call('sites.list', {})).find((site) => site.origin === origin)?.cache

describe('the cache', () => {
  it('gives the identical request the identical answer, free, with a receipt that says so', async () => {
    const first = await chat({}, USE)
    expect(first.response.headers.get('x-routstr-cache')).toBe('miss')
    // the cost counts once the account has been read
    await credited(stage.world)
    const before = (await stage.world.ledger()).spentMsat
    const second = await chat({}, USE)
    expect(second.response.headers.get('x-routstr-cache')).toMatch(/^hit; 20/)
    expect(second.response.headers.get('x-routstr-cost-msats')).toBe('0')
    expect(second.data).toEqual(first.data)
    expect(paid()).toBe(1)
    expect((await stage.world.ledger()).spentMsat).toBe(before)
    const [receipt] = await stage.world.screen.call('activity.list', { before: null, limit: 1 })
    expect(receipt).toMatchObject({ id: second.response.headers.get('x-request-id'), state: 'completed', chargedMsat: 0, providerName: null, reason: expect.stringContaining('free of charge') })
    await expectMoneyConserved(stage)
  })

  it('is off unless asked for; another request, temperature, stream or site is another matter', async () => {
    await chat()
    expect((await chat()).response.headers.get('x-routstr-cache')).toBeNull()
    await chat({}, USE)
    for (const fields of [{ messages: [{ role: 'user', content: 'Something else?' }] }, { temperature: 1 }, { max_tokens: 299 }]) expect((await chat(fields, USE)).response.headers.get('x-routstr-cache') ?? '').not.toMatch(/hit/)
    const { data, response } = await stage.world.page().routstr.chat.completions.create({ ...ask(), temperature: 0, max_tokens: 300, stream: true }, USE).withResponse()
    await collect(data)
    expect(response.headers.get('x-routstr-cache')).toBeNull()
    expect((await chat({}, USE, 'https://other.example')).response.headers.get('x-routstr-cache')).toBe('miss')
    expect((await chat({}, USE)).response.headers.get('x-routstr-cache')).toMatch(/hit/)
    await expectMoneyConserved(stage)
  })

  it('the user switches it on for a site, sees what is kept, and clears it; old answers go', async () => {
    const { screen } = stage.world
    const embed = async () => (await stage.world.page().routstr.embeddings.create({ model: 'owl-embed', input: 'a sentence' }).withResponse()).response.headers.get('x-routstr-cache')
    await screen.call('sites.setRule', { origin: SITE, caches: true })
    expect([await embed(), await embed()]).toEqual(['miss', expect.stringMatching(/^hit/)])
    expect(await cacheOf()).toMatchObject({ on: true, answers: 1, kept: expect.any(Number) })
    // a page may do without
    expect((await stage.world.page().routstr.embeddings.create({ model: 'owl-embed', input: 'a sentence' }, { headers: { 'x-routstr-cache': 'no' } }).withResponse()).response.headers.get('x-routstr-cache')).toBeNull()
    await screen.call('sites.clearCache', { origin: SITE })
    expect(await cacheOf()).toMatchObject({ answers: 0, kept: 0 })
    expect(await embed()).toBe('miss')
    stage.world.clock.skewMs += 31 * 24 * 3_600_000
    await stage.world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: 500_000, maxPerRequestMsat: 100_000 } })
    expect(await embed()).toBe('miss')
    await expectMoneyConserved(stage)
  })

  it('a blocked site and a pause get nothing from it either', async () => {
    await chat({}, USE)
    await stage.world.screen.call('paused.set', { paused: true })
    await expect(chat({}, USE)).rejects.toMatchObject({ code: 'payments_paused' })
    await stage.world.screen.call('paused.set', { paused: false })
    await stage.world.screen.call('sites.setBlocked', { origin: SITE, blocked: true })
    await expect(chat({}, USE)).rejects.toMatchObject({ code: 'origin_blocked' })
    await expectMoneyConserved(stage)
  })
})
