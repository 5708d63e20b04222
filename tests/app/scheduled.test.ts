/** Requests that wait for their price (RIP-10): kept with a yes, run within the grant when an offer is cheap enough, refused at the deadline. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromSat } from '../../src/domain/msat.ts'
import { nextQuestion } from './raw-page.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, REJECT, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const HOUR = 3_600_000
/** 200 tokens of owl-mini cost about 1.7 sat at the cheap provider. */
const body = (content = 'Why is the sky blue?', model = 'owl-mini') => ({ ...ask(content, model), max_tokens: 200 })
const RIGHT = 3_000
const routstr = () => stage.world.page().routstr
const inAnHour = () => Date.now() + stage.world.clock.skewMs + HOUR
const leave = (contents: readonly string[], maxCostMsat = RIGHT, more: object = {}) => routstr().batch({ requests: contents.map((content) => ({ body: body(content) })), maxCostMsat, before: inAnHour(), ...more })
const counts = async (id: string) => (await routstr().batch({ id })).counts
const setPrices = async (factor: number): Promise<void> => {
  for (const provider of [stage.devnet.providers.cheap, stage.devnet.providers.dear]) provider.setPrices('owl-mini', { promptSat: 0.002 * factor, completionSat: 0.008 * factor })
  await stage.world.screen.call('providers.refresh', {})
}
const later = async (ms: number): Promise<void> => {
  stage.world.clock.skewMs += ms
  await stage.world.app.wake()
}
const chats = () => [stage.devnet.providers.cheap, stage.devnet.providers.dear].flatMap(({ requests }) => requests).filter(({ path }) => path.includes('/chat/')).length

describe('a batch', () => {
  it('asks once, says that prompts are kept, runs, and is one receipt; the page picks the answers up', async () => {
    stage.world.answerWith(null)
    const told: number[] = []
    const page = stage.world.page()
    page.routstr.on('batch', ({ counts: { done } }) => told.push(done))
    const contents = ['Why is the sky blue?', 'And grass?', 'And blood?']
    const left = page.routstr.batch({ requests: contents.map((content) => ({ body: body(content) })), maxCostMsat: RIGHT, before: inAnHour(), reason: 'overnight' })
    const question = await nextQuestion(stage.world)
    expect(question).toMatchObject({ reason: 'site_asks', request: null, pageReason: 'overnight', batch: { requests: 3, perRequestMsat: RIGHT, totalMsat: 3 * RIGHT } })
    expect(await stage.world.database.scheduled.count()).toBe(0)
    await stage.world.screen.call('approvals.decide', { id: question.id, decision: structuredClone(PER_DAY) })
    const { id, requests } = await left
    expect(requests.map(({ model, maxCostMsat }) => [model, maxCostMsat])).toEqual(Array(3).fill(['owl-mini', RIGHT]))
    await until(async () => (await counts(id)).done === 3, 'all answered')
    const batch = await routstr().batch({ id })
    expect(told.at(-1)).toBe(3)
    for (const { answer } of batch.requests) expect(JSON.parse(answer?.body ?? '{}')).toMatchObject({ object: 'chat.completion' })
    const receipts = await stage.world.screen.call('activity.list', { before: null, limit: 10 })
    expect(batch.costMsat).toBe(receipts.reduce((sum, { chargedMsat }) => sum + (chargedMsat ?? 0), 0))
    expect(batch.requests.map(({ requestId }) => requestId).sort()).toEqual(receipts.map((receipt) => receipt.id).sort())
    // the prompts are gone with the answer, and all of it when the page says so
    expect((await stage.world.database.scheduled.toArray()).every((item) => item.body === null)).toBe(true)
    await routstr().batch({ id, forget: true })
    expect(await stage.world.database.scheduled.count()).toBe(0)
    await expect(routstr().batch({ id })).rejects.toMatchObject({ code: 'not_found' })
    // the second time nobody is asked
    stage.world.answerWith(null)
    const again = await leave(['Once more?'])
    await until(async () => (await counts(again.id)).done === 1, 'answered without a question')
    await expectMoneyConserved(stage)
  })

  it('without a yes nothing is kept; a grant alone is no yes to that', async () => {
    await routstr().enable()
    stage.world.answerWith(REJECT)
    await expect(leave(['Keep me?'])).rejects.toMatchObject({ code: 'user_rejected' })
    await expect(leave(['Keep me?'], RIGHT, { prompt: 'none' })).rejects.toMatchObject({ code: 'permission_required' })
    expect(await stage.world.database.scheduled.count()).toBe(0)
    await expectMoneyConserved(stage)
  })

  it('is another site’s business only', async () => {
    const { id } = await leave(['Mine?'])
    for (const request of [{ id }, { id, cancel: true }, { id, forget: true }])
      await expect(stage.world.page('https://stranger.example').routstr.batch(request)).rejects.toMatchObject({ code: 'not_found' })
    await until(async () => (await counts(id)).done === 1, 'answered')
    await expectMoneyConserved(stage)
  })

  it.each([
    ['a stream', { requests: [{ body: { ...body(), stream: true } }] }, 'invalid_request_error'],
    ['no price', { maxCostMsat: undefined }, 'invalid_request_error'],
    ['a deadline that is over', { before: 1 }, 'invalid_request_error'],
    ['another endpoint', { requests: [{ body: body(), path: '/images/generations' }] }, 'invalid_request_error'],
    ['no request', { requests: [] }, 'invalid_request_error'],
    ['a million characters', { requests: [{ body: body('x'.repeat(1_000_001)) }] }, 'request_too_large'],
  ])('refuses %s before it asks or keeps anything', async (_, changes, code) => {
    await expect(leave(['?'], RIGHT, changes)).rejects.toMatchObject({ code })
    expect(stage.world.shown).toEqual([])
    expect(await stage.world.database.scheduled.count()).toBe(0)
  })
})

describe('a limit buy', () => {
  it('waits while everybody is dearer, over a restart, and runs when a price falls', async () => {
    await setPrices(10)
    const { id } = await leave(['Cheaper?'])
    await later(60_000)
    expect(await counts(id)).toMatchObject({ waiting: 1, done: 0 })
    await stage.restart()
    await later(60_000)
    expect([(await counts(id)).waiting, chats()]).toEqual([1, 0])
    await setPrices(1)
    await until(async () => (await counts(id)).done === 1, 'answered at the right price')
    const batch = await routstr().batch({ id })
    expect(batch.costMsat).toBeLessThanOrEqual(RIGHT)
    await expectMoneyConserved(stage)
  })

  it('is refused at its deadline, with nothing spent', async () => {
    await setPrices(10)
    const { id } = await leave(['Ever?'])
    await later(HOUR + 1)
    const { requests, costMsat } = await routstr().batch({ id })
    expect(requests[0]).toMatchObject({ state: 'refused', answer: null, problem: { code: 'max_cost_exceeded' } })
    expect([costMsat, chats()]).toEqual([0, 0])
    // nobody came for a week
    await later(8 * 24 * HOUR)
    expect(await stage.world.database.batches.count()).toBe(0)
    await expectMoneyConserved(stage)
  })

  it('a single request: the header with the deadline, answered by 202 and its batch', async () => {
    const response = await routstr().fetch('/chat/completions', {
      method: 'POST',
      body: JSON.stringify(body()),
      headers: { 'x-routstr-before': new Date(inAnHour()).toISOString(), 'x-routstr-max-cost-msats': String(RIGHT) },
    })
    expect(response.status).toBe(202)
    const { id } = await response.json()
    await until(async () => (await counts(String(id))).done === 1, 'answered')
    await expectMoneyConserved(stage)
  })
})

describe('within the grant and the user’s reach', () => {
  it('does not run while paused, without a grant, or beyond the limit; goes on when it may', async () => {
    await setPrices(10)
    const { id } = await leave(['May I?'])
    await stage.world.screen.call('sites.revoke', { origin: SITE })
    await setPrices(1)
    await later(60_000)
    expect([(await counts(id)).waiting, chats()]).toEqual([1, 0])
    await stage.world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: fromSat(1), maxPerRequestMsat: fromSat(1) } })
    await later(60_000)
    expect([(await counts(id)).waiting, chats()]).toEqual([1, 0])
    await stage.world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: fromSat(100), maxPerRequestMsat: fromSat(100) } })
    await stage.world.screen.call('paused.set', { paused: true })
    await later(60_000)
    expect([(await counts(id)).waiting, chats()]).toEqual([1, 0])
    await stage.world.screen.call('paused.set', { paused: false })
    await later(60_000)
    await until(async () => (await counts(id)).done === 1, 'answered when it may')
    await expectMoneyConserved(stage)
  })

  it('the user sees what waits and takes it back', async () => {
    await setPrices(10)
    const { id } = await leave(['One?', 'Two?'])
    expect(await stage.world.screen.call('batches.list', {})).toMatchObject([{ id, origin: SITE, requests: 2, counts: { waiting: 2 }, models: ['owl-mini'], mostMsat: 2 * RIGHT }])
    await stage.world.screen.call('batches.cancel', { id })
    expect(await counts(id)).toMatchObject({ waiting: 0, cancelled: 2 })
    await setPrices(1)
    await later(60_000)
    expect(chats()).toBe(0)
    await stage.world.screen.call('batches.forget', { id })
    expect(await stage.world.screen.call('batches.list', {})).toEqual([])
    await expectMoneyConserved(stage)
  })

  it('a provider that fails costs nothing: it waits on and is tried again', async () => {
    for (const provider of [stage.devnet.providers.cheap, stage.devnet.providers.dear]) provider.fault('upstream-500', 9)
    const { id } = await leave(['Again?'], 12_000)
    await until(async () => (await routstr().batch({ id })).requests[0]?.problem?.code === 'provider_unreachable', 'it waits on')
    for (const provider of [stage.devnet.providers.cheap, stage.devnet.providers.dear]) provider.clearFaults()
    await later(30 * 60_000)
    await until(async () => (await counts(id)).done === 1, 'answered later')
    await expectMoneyConserved(stage)
  })

  it('the worker dies while one runs: it is not sent twice, and the money is accounted for', async () => {
    const { id } = await leave(['First?'])
    await until(async () => (await counts(id)).done === 1, 'a session is open')
    stage.world.dieAt(0, 'after')
    // the page may go with the worker
    leave(['Second?']).catch(() => undefined)
    await stage.world.died
    stage.world = await stage.world.restart()
    const second = (await stage.world.screen.call('batches.list', {})).find((batch) => batch.id !== id)
    if (second === undefined) throw new Error('the batch was not written before it ran')
    const { requests } = await routstr().batch({ id: second.id })
    expect(requests[0]).toMatchObject({ state: 'failed', answer: null, problem: { code: 'worker_lost' } })
    await later(60_000)
    expect(chats()).toBe(2)
    await expectMoneyConserved(stage)
  })
})
