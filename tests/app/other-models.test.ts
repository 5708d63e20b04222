/** Another model than the one asked for answers only where page or user agreed to it, within every limit, and it says so. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromSat } from '../../src/domain/msat.ts'
import { decide, nextQuestion, once } from './raw-page.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

/** Fields and options as a page may write them; OpenAI's types do not know `models`. */
const chat = (fields: object, headers: Record<string, string> = {}, options: object = {}) =>
  stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 200, ...fields }, { headers, ...options }).withResponse()
const latest = async () => (await stage.world.screen.call('activity.list', { before: null, limit: 1 }))[0]
const bodies = () => [...stage.devnet.providers.cheap.requests, ...stage.devnet.providers.dear.requests].filter(({ path }) => path.includes('/chat/'))

describe('the list of the page', () => {
  it('a model that nobody sells: the next of the list answers, named in header and receipt; no provider sees the list', async () => {
    const sent: string[] = []
    stage.world.bend((url, _go, body) => {
      if (url.includes('/chat/')) sent.push(body)
      return null
    })
    const { data, response } = await chat({ model: 'gone-model', models: ['gone-too', 'sparrow-poet'] })
    expect(data.choices).toHaveLength(1)
    expect(response.headers.get('x-routstr-fallback')).toBe('instead of gone-model: nobody sells it now')
    expect(response.headers.get('x-routstr-model')).toBe('sparrow-poet')
    expect(await latest()).toMatchObject({ modelAsked: 'sparrow-poet', insteadOf: { model: 'gone-model', why: 'nobody sells it now' }, state: 'completed' })
    expect(sent.map((body) => JSON.parse(body))).toEqual([{ ...ask(), model: 'sparrow-poet', max_tokens: 200 }])
    await expectMoneyConserved(stage)
  })

  it('a model whose every provider fails: the next one answers, and each failure counts for its own model', async () => {
    stage.devnet.providers.dear.fault('upstream-500', 9)
    const { data, response } = await chat({ model: 'heron-sage', models: ['heron-sage', 'sparrow-poet'] })
    expect(data.choices).toHaveLength(1)
    expect(response.headers.get('x-routstr-fallback')).toMatch(/^instead of heron-sage: no provider of heron-sage answered; Heron Compute: 5/)
    const receipt = await latest()
    expect(receipt?.attempts).toMatchObject([{ providerName: 'Heron Compute', model: 'heron-sage' }, { providerName: 'Sparrow AI', outcome: 'answered' }])
    expect(receipt?.chargedMsat).toBe(stage.devnet.providers.cheap.earningsMsat())
    await expectMoneyConserved(stage)
  })

  it('the list alone, or as a header, is enough; without one the request is refused as ever', async () => {
    expect((await chat({ model: undefined, models: ['gone-model', 'owl-mini'] })).response.headers.get('x-routstr-model')).toBe('owl-mini')
    expect((await chat({ model: 'gone-model' }, { 'x-routstr-models': 'sparrow-poet' })).response.headers.get('x-routstr-model')).toBe('sparrow-poet')
    await expect(chat({ model: 'gone-model' })).rejects.toMatchObject({ code: 'model_not_found' })
    await expect(chat({ model: 'owl-mini', models: 'sparrow-poet' })).rejects.toMatchObject({ code: 'invalid_request_error', param: 'models' })
    const { response } = await chat({ model: 'owl-mini', models: ['sparrow-poet'] })
    expect(response.headers.get('x-routstr-fallback')).toBeNull()
    await expectMoneyConserved(stage)
  })

  it('the page may bound the price of each request: what is dearer is passed over', async () => {
    const { response } = await chat({ model: 'heron-sage', models: ['owl-mini'] }, { 'x-routstr-max-cost-msats': '9000' })
    expect(response.headers.get('x-routstr-model')).toBe('owl-mini')
    expect(response.headers.get('x-routstr-fallback')).toBe('instead of heron-sage: dearer than the page allows')
    expect((await latest())?.chargedMsat).toBeLessThanOrEqual(9000)
    await expect(chat({ model: 'heron-sage', models: ['owl-large'] }, { 'x-routstr-max-cost-msats': '1' })).rejects.toMatchObject({ code: 'max_cost_exceeded' })
    await expectMoneyConserved(stage)
  })
})

describe('within what the user allows', () => {
  it('the question names every model that may answer, and the worst case of the dearest', async () => {
    stage.world.answerWith(null)
    const page = stage.world.page()
    const alone = await page.routstr.estimate({ ...ask('Why is the sky blue?', 'heron-sage'), max_tokens: 600 })
    const answer = chat({ model: 'owl-mini', models: ['heron-sage'], max_tokens: 600 })
    const question = await nextQuestion(stage.world)
    expect(question.request).toMatchObject({ model: 'owl-mini', others: ['heron-sage'] })
    expect(question.worstMsat).toBeGreaterThanOrEqual(alone.maxMsat)
    expect(question.worstMsat).toBeLessThan(alone.maxMsat * 1.01)
    await decide(stage.world, question, once(question.worstMsat))
    expect((await answer).response.headers.get('x-routstr-model')).toBe('owl-mini')
    await expectMoneyConserved(stage)
  })

  it('a limit that does not reach for the first model: the agreed one answers without another question', async () => {
    await stage.world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: fromSat(500), maxPerRequestMsat: fromSat(5) } })
    stage.world.answerWith(null)
    const { response } = await chat({ model: 'heron-sage', models: ['owl-mini'] })
    expect(response.headers.get('x-routstr-fallback')).toBe('instead of heron-sage: dearer than this site may spend')
    expect(stage.world.shown).toEqual([])
    await expectMoneyConserved(stage)
  })

  it('a dearer fallback that the limit does not reach for is not used', async () => {
    await stage.world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: fromSat(500), maxPerRequestMsat: fromSat(5) } })
    stage.devnet.providers.cheap.fault('upstream-500', 9)
    await expect(chat({ model: 'sparrow-poet', models: ['heron-sage'] })).rejects.toMatchObject({ status: 503 })
    expect(bodies().map(({ path }) => path)).toHaveLength(1)
    await expectMoneyConserved(stage)
  })
})

describe('the rule of the user', () => {
  it('a named model answers for all sites, or for one; by default nobody does', async () => {
    await stage.world.screen.call('settings.set', { fallback: { use: 'model', model: 'sparrow-poet' } })
    expect((await chat({ model: 'gone-model' })).response.headers.get('x-routstr-fallback')).toBe('instead of gone-model: nobody sells it now')
    await stage.world.screen.call('sites.setRule', { origin: SITE, fallback: { use: 'none' } })
    await expect(chat({ model: 'gone-model' })).rejects.toMatchObject({ code: 'model_not_found' })
    await stage.world.screen.call('sites.setRule', { origin: SITE, fallback: 'global' })
    // the page's own list comes first
    expect((await chat({ model: 'gone-model', models: ['owl-mini'] })).response.headers.get('x-routstr-model')).toBe('owl-mini')
    await expectMoneyConserved(stage)
  })

  it('a recommended one answers, but never a dearer one', async () => {
    await stage.world.screen.call('settings.set', { fallback: { use: 'recommended' } })
    stage.devnet.providers.dear.fault('upstream-500', 9)
    const { response } = await chat({ model: 'heron-sage' })
    expect(response.headers.get('x-routstr-fallback')).toMatch(/^instead of heron-sage: no provider of heron-sage answered; Heron Compute: 5/)
    // the cheapest of all has nothing cheaper beside it
    stage.devnet.providers.cheap.fault('upstream-500', 99)
    stage.devnet.providers.dear.clearFaults()
    const models = (await chat({ model: 'owl-mini' })).response
    expect(models.headers.get('x-routstr-model')).toContain('owl-mini')
    await expectMoneyConserved(stage)
  })
})

describe('auto', () => {
  it('the page leaves the choice: a recommended model answers and says why; the question says which', async () => {
    stage.world.answerWith(null)
    const answer = stage.world.page().routstr.chat.completions.create({ ...ask(undefined, 'auto'), max_tokens: 200, stream: true }).withResponse()
    const question = await nextQuestion(stage.world)
    expect(question.request).toMatchObject({ model: expect.not.stringMatching('auto'), isAuto: true, others: expect.any(Array) })
    await decide(stage.world, question, PER_DAY)
    const { data, response } = await answer
    expect(await collect(data)).toContain('blue')
    expect(response.headers.get('x-routstr-auto')).toMatch(/^recommended for chat: about .* sat for a usual question/)
    expect(await latest()).toMatchObject({ modelAsked: question.request?.model, insteadOf: { model: 'auto' } })
    await expectMoneyConserved(stage)
  })

  it('looks at what the request holds: pictures, embeddings; and at what the page says', async () => {
    const picture = [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }] }]
    expect((await chat({ model: 'auto', messages: picture })).response.headers.get('x-routstr-model')).toBe('owl-large')
    expect((await chat({ model: 'auto' }, { 'x-routstr-task': 'long_context' })).response.headers.get('x-routstr-model')).toBe('owl-large')
    await expect(chat({ model: 'auto' }, { 'x-routstr-task': 'magic' })).rejects.toMatchObject({ code: 'invalid_request_error' })
    const { response } = await stage.world.page().routstr.embeddings.create({ model: 'auto', input: 'a sentence' }).withResponse()
    expect(response.headers.get('x-routstr-model')).toBe('owl-embed')
    expect(await stage.world.page().routstr.estimate({ ...ask(undefined, 'auto') })).toMatchObject({ model: expect.stringMatching(/owl|sparrow/), expectedMsat: expect.any(Number) })
    await expectMoneyConserved(stage)
  })

  it('a model a stranger lists as "auto" is not taken for it', async () => {
    stage.devnet.providers.dear.addModel({ upstreamId: 'evil/auto', name: 'auto', contextLength: 8192, maxCompletionTokens: 4096, price: { promptSat: 0.5, completionSat: 0.5 } })
    await stage.world.screen.call('providers.refresh', {})
    expect((await chat({ model: 'auto' })).response.headers.get('x-routstr-model')).not.toBe('auto')
    await expectMoneyConserved(stage)
  })
})
