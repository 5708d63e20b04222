import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, collect, credited, expectMoneyConserved, openStage, type Stage } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.stop())

describe('the main job', () => {
  it('a page asks, the user approves, a provider is paid and streams, the change comes home', async () => {
    const { world, devnet } = stage
    world.answerWith(PER_DAY)
    const { routstr } = world.page()
    const { data: stream, response } = await routstr.chat.completions.create({ ...ask(), stream: true }).withResponse()
    expect(await collect(stream)).toContain('blue')
    expect(response.headers.get('x-routstr-provider')).toBe('Sparrow AI')
    expect(world.shown.filter((id) => id !== null)).toHaveLength(1)

    const [receipt] = (await world.screen.call('overview.get', { origin: SITE })).receipts
    expect(receipt).toMatchObject({ state: 'completed', origin: SITE, providerName: 'Sparrow AI', modelAsked: 'owl-mini', attempts: [{ outcome: 'answered' }] })
    expect(receipt?.chargedMsat).toBe(devnet.providers.cheap.earningsMsat())
    expect(receipt?.chargedMsat).toBe(receipt?.expectedMsat)

    await expectMoneyConserved(stage)
  })

  it('answers the second request without a question and with exactly one network round trip', async () => {
    const { world } = stage
    world.answerWith(PER_DAY)
    const { routstr } = world.page()
    await collect(await routstr.chat.completions.create({ ...ask(), stream: true }))
    world.traffic.length = 0
    await collect(await routstr.chat.completions.create({ ...ask('And why is grass green?'), stream: true }))
    expect(world.traffic.filter((line) => !line.startsWith('GET'))).toEqual([expect.stringContaining('/v1/chat/completions')])
    expect(world.shown.filter((id) => id !== null)).toHaveLength(1)
    await expectMoneyConserved(stage)
  })

  it('answers in JSON with the cost in a header', async () => {
    const { world } = stage
    world.answerWith(PER_DAY)
    const { data, response } = await world.page().routstr.chat.completions.create(ask()).withResponse()
    expect(data.choices[0]?.message.content).toContain('blue')
    const [receipt] = (await world.screen.call('overview.get', { origin: SITE })).receipts
    expect(Number(response.headers.get('x-routstr-cost-msats'))).toBe(receipt?.chargedMsat)
    await expectMoneyConserved(stage)
  })

  it('pays embeddings, which have no messages, too', async () => {
    const { world } = stage
    world.answerWith(PER_DAY)
    const answer = await world.page().routstr.embeddings.create({ model: 'owl-embed', input: 'a sentence' })
    expect(answer.data[0]?.embedding.length).toBeGreaterThan(1)
    await expectMoneyConserved(stage)
  })

  it('lists models and tells its state without asking, paying or waiting', async () => {
    const { world } = stage
    const { routstr } = world.page()
    expect(await routstr.availability()).toBe('needs-permission')
    const { data: models } = await routstr.models.list()
    expect(models.map(({ id }) => id)).toEqual(expect.arrayContaining(['owl-mini', 'sparrow-poet', 'heron-sage']))
    expect(models.filter(({ id }) => id.includes('owl-mini'))).toHaveLength(1)
    expect(world.shown).toEqual([])
    await expectMoneyConserved(stage)
  })

  it('enable() asks once for a budget, which then serves requests without a question', async () => {
    const { world } = stage
    world.answerWith(PER_DAY)
    const { routstr } = world.page()
    const grant = await routstr.enable({ reason: 'to chat' })
    expect(grant).toMatchObject({ limitMsat: 1_000_000, remainingMsat: 1_000_000, period: 'day' })
    expect(await routstr.availability()).toBe('ready')
    await collect(await routstr.chat.completions.create({ ...ask(), stream: true }))
    expect(world.shown.filter((id) => id !== null)).toHaveLength(1)
    expect((await routstr.getGrant())?.remainingMsat).toBeLessThan(1_000_000)
    await expectMoneyConserved(stage)
  })

  it('is usable at once after a restart: offers, grants and notes come from the database', async () => {
    stage.world.answerWith(PER_DAY)
    await collect(await stage.world.page().routstr.chat.completions.create({ ...ask(), stream: true }))
    await credited(stage.world)
    const world = await stage.restart()
    stage.devnet.relay.down = true
    const stream = await world.page().routstr.chat.completions.create({ ...ask(), stream: true })
    const paidWith = world.traffic.filter((line) => !line.startsWith('GET'))
    expect(await collect(stream)).toContain('blue')
    expect(paidWith.at(-1)).toContain('/v1/chat/completions')
    await expectMoneyConserved(stage)
  })
})
