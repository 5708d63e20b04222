/** A request played dry says what really happens next, and moves, asks and writes nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DryRun } from '../../src/domain/dry-run.ts'
import { fromSat } from '../../src/domain/msat.ts'
import { ask, openStage, type Stage } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.stop())

const body = { ...ask(), stream: true, max_tokens: 300 }
const dry = (origin: string | null = SITE, what: object = body, path = '/chat/completions'): Promise<DryRun> =>
  stage.world.screen.call('dryrun.preview', { origin, path, body: JSON.stringify(what) })

/** What relays and providers tell meanwhile. */
const MARKET = new Set(['heard', 'people', 'providers', 'catalogues', 'prices', 'relays', 'mappings', 'audits'])

/** Everything else that is stored. */
async function rows(): Promise<string> {
  const { database } = stage.world
  const tables = database.tables.filter(({ name }) => !MARKET.has(name))
  return JSON.stringify(await Promise.all(tables.map(async (table) => [table.name, await table.toArray()])))
}

describe('a dry run', () => {
  it('names the plan, the hold, the session and the question that the real request then has', async () => {
    const { world } = stage
    const before = await rows()
    const calls = world.traffic.length
    const cold = await dry()
    expect(cold).toMatchObject({ model: 'owl-mini', stream: true, question: 'no_grant', refusal: null, remainingMsat: null, first: { sessionFreeMsat: null } })
    expect(cold.models[0]?.candidates.length).toBe(2)
    expect(world.shown).toEqual([])
    expect(world.traffic.length).toBe(calls)
    expect(await rows()).toBe(before)

    world.answerWith(PER_DAY)
    await (await world.page().routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify(body) })).text()
    const [head] = await world.screen.call('timeline.list', {})
    const real = await world.screen.call('timeline.get', { id: head?.id ?? '' })
    expect(real?.steps.find((step) => step.kind === 'held')).toMatchObject({ amountMsat: cold.first?.holdMsat })
    expect(real?.placed[0]?.faceMsat).toBeGreaterThanOrEqual(cold.first?.leastMsat ?? Number.POSITIVE_INFINITY)

    const warm = await dry()
    expect(warm).toMatchObject({ question: null, refusal: null, first: { sessionFreeMsat: expect.any(Number) } })
    expect(warm.remainingMsat).toBe((await world.screen.call('sites.list', {}))[0]?.budget?.remainingMsat)
  })

  it('says which limit would be in the way, and which refusal the page would read', async () => {
    const { world } = stage
    world.answerWith({ kind: 'approve', terms: { period: 'day', limitMsat: fromSat(200), maxPerRequestMsat: fromSat(20) } })
    await world.page().routstr.enable()
    expect((await dry(SITE, { ...body, model: 'owl-large', max_tokens: 16_000 })).question).toBe('request_limit')
    expect((await dry(null)).question).toBe('no_grant')
    expect((await dry(SITE, { ...body, model: 'no-such' })).refusal?.code).toBe('model_not_found')
    await expect(dry(SITE, body, '/somewhere')).rejects.toMatchObject({ code: 'invalid_request_error' })
    await expect(dry(SITE, { messages: [] })).rejects.toMatchObject({ code: 'invalid_request_error' })
    await world.screen.call('paused.set', { paused: true })
    expect((await dry()).refusal?.code).toBe('payments_paused')
    await world.screen.call('paused.set', { paused: false })
    await world.screen.call('sites.setBlocked', { origin: SITE, blocked: true })
    expect((await dry()).refusal?.code).toBe('origin_blocked')
  })
})
