/** What a page and a person are told about models before they pay: the list, the recommended ones, the cheaper ones. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, collect, expectMoneyConserved, openStage, type Stage } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

/** As a page reads it: foreign data. */
const entry = async (id: string): Promise<unknown> => (await stage.world.page().routstr.models.list()).data.find((model) => model.id === id)

describe('models.list()', () => {
  it('is OpenAI’s list, with prices, abilities, sellers and advice under one key', async () => {
    expect(await entry('owl-large')).toEqual({
      id: 'owl-large',
      object: 'model',
      created: 0,
      owned_by: 'Sparrow AI',
      routstr: {
        name: 'Owl Large',
        description: 'A patient model with a long memory',
        context_length: 128_000,
        max_completion_tokens: 16_384,
        input_modalities: ['text', 'image'],
        output_modalities: ['text'],
        supported_parameters: [],
        providers: 2,
        prompt_msat: 5,
        completion_msat: 20,
        prompt_msat_range: [5, 20],
        completion_msat_range: [20, 80],
        tasks: ['chat', 'code', 'vision', 'long_context'],
        recommended_for: expect.arrayContaining(['vision', 'long_context']),
      },
    })
    expect(await entry('owl-embed')).toMatchObject({ routstr: { tasks: ['embedding'], recommended_for: ['embedding'] } })
    expect(await stage.world.page().routstr.models.retrieve('owl-large')).toEqual(await entry('owl-large'))
  })
})

describe('recommended models', () => {
  it('each kind of request has its own, with readable reasons, on the page and on the screen', async () => {
    const { routstr } = stage.world.page()
    const [chat] = await routstr.recommend()
    expect(chat).toMatchObject({ model: 'owl-mini', task: 'chat', provider: 'Sparrow AI', providers: 2 })
    expect(chat?.reasons[0]).toMatch(/^about .* sat for a usual question, the cheapest of 4$/)
    expect((await routstr.recommend({ task: 'vision' })).map(({ model }) => model)).toEqual(['owl-large'])
    expect((await routstr.recommend({ task: 'embedding' })).map(({ model }) => model)).toEqual(['owl-embed'])
    expect((await stage.world.screen.call('models.recommended', { task: 'long_context' })).map(({ model }) => model)).toEqual(['owl-large'])
    expect((await stage.world.screen.call('models.list', {})).find(({ id }) => id === 'owl-mini')?.recommendedFor).toContain('chat')
    expect(stage.world.shown).toEqual([])
  })

  it('what this browser has seen counts, but a site without a grant learns nothing of it', async () => {
    stage.devnet.providers.cheap.fault('upstream-500', 99)
    for (let turn = 0; turn < 3; turn++) await collect(await stage.world.page().routstr.chat.completions.create({ ...ask(`${turn}?`), stream: true }))
    stage.devnet.providers.cheap.clearFaults()
    // lists are kept for a moment
    stage.world.clock.skewMs += 10_000
    const own = await stage.world.page().routstr.recommend()
    const strangers = await stage.world.page('https://stranger.example').routstr.recommend()
    expect(own.flatMap(({ reasons }) => reasons).join()).toMatch(/% of its answers here came whole/)
    expect(strangers.flatMap(({ reasons }) => reasons).join()).not.toMatch(/here/)
    expect(strangers[0]?.model).toBe('owl-mini')
    await expectMoneyConserved(stage)
  })
})

describe('estimate()', () => {
  it('names models that are as good and cheaper, and what was measured', async () => {
    const { routstr } = stage.world.page()
    await routstr.enable()
    const first = await routstr.estimate(ask(undefined, 'heron-sage'))
    expect(first.alternatives.map(({ model }) => model)).toEqual(['owl-large'])
    const [other] = first.alternatives
    expect(other?.expectedMsat).toBe((await routstr.estimate(ask(undefined, 'owl-large'))).expectedMsat)
    expect(other?.cheaperBy).toBeCloseTo(1 - (other?.expectedMsat ?? 0) / first.expectedMsat)
    expect(other?.says).toBe(`as good as heron-sage by all that is known, ${Math.floor((other?.cheaperBy ?? 0) * 100)} % cheaper`)
    expect((await routstr.estimate(ask(undefined, 'owl-mini'))).alternatives).toEqual([])
    expect(first).toMatchObject({ firstTokenMs: null, durationMs: null })

    await collect(await routstr.chat.completions.create({ ...ask(), stream: true }))
    const measured = await routstr.estimate(ask())
    expect(measured.firstTokenMs).toBeGreaterThan(0)
    expect(measured.durationMs).toBeGreaterThan(measured.firstTokenMs ?? 0)
    expect(await stage.world.page('https://stranger.example').routstr.estimate(ask())).toMatchObject({ firstTokenMs: null, durationMs: null })
    await expectMoneyConserved(stage)
  })
})
