/** Everything a node serves, through the page's own functions: text, pictures, sound, forms. */
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RoutstrProvider } from '../../src/page/api.ts'
import { soundOf } from '../devnet/upstream/media.ts'
import { ask, expectMoneyConserved, openStage, type Stage } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
let routstr: RoutstrProvider

beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
  routstr = stage.world.page().routstr
})
afterEach(() => stage.stop())

const model = 'owl-mini'
const sent = () => stage.devnet.providers.cheap.requests.filter(({ method, path }) => method === 'POST' && !path.includes('balance'))

describe('paths', () => {
  it('speech is sound, byte for byte; pictures and judgements are JSON; all cost what the account says', async () => {
    const spoken = await routstr.audio.speech.create({ model, voice: 'alloy', input: 'Good evening' })
    expect(spoken.headers.get('content-type')).toBe('audio/mpeg')
    expect(Buffer.from(await spoken.arrayBuffer()).equals(soundOf('Good evening'))).toBe(true)
    expect((await routstr.images.generate({ model, prompt: 'An owl' })).data?.[0]?.b64_json).toMatch(/^iVBOR/)
    expect((await routstr.moderations.create({ model, input: 'x' })).results[0]?.flagged).toBe(false)
    expect(sent().map(({ path }) => path)).toEqual(['/v1/audio/speech', '/v1/images/generations', '/v1/moderations'])
    await expectMoneyConserved(stage)
  })

  it('Anthropic’s messages: whole, streamed, counted', async () => {
    const post = (path: string, body: object) => routstr.fetch(path, { method: 'POST', body: JSON.stringify({ model, max_tokens: 50, ...body }) })
    const messages = [{ role: 'user', content: '[[say:Hello there]]' }]
    expect((await (await post('/messages', { messages })).json()).content).toEqual([{ type: 'text', text: 'Hello there' }])
    const streamed = await (await post('/messages', { messages, stream: true })).text()
    expect(streamed).toMatch(/event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/)
    expect((await (await post('/messages/count_tokens', { messages })).json()).input_tokens).toBeGreaterThan(0)
    await expectMoneyConserved(stage)
  })

  it('a form arrives as it is where nodes take forms, and the refusal of those that do not is passed on', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 256))
    const file = new File([bytes], 'märz.mp3', { type: 'audio/mpeg' })
    await expect(routstr.audio.transcriptions.create({ file, model })).rejects.toMatchObject({ status: 400, code: 'invalid_json' })
    for (const provider of Object.values(stage.devnet.providers)) provider.settings.multipart = true
    const hash = createHash('sha256').update(bytes).digest('hex')
    expect(await routstr.audio.transcriptions.create({ file, model })).toEqual({ text: `märz.mp3, 300000 bytes, ${hash}` })
    const text: unknown = await routstr.audio.transcriptions.create({ file, model, response_format: 'text' })
    expect(text).toBe(`märz.mp3, 300000 bytes, ${hash}`)
    await expectMoneyConserved(stage)
  })

  it('what is no path of a node, and what is no request, is refused before anything is spent', async () => {
    const refused = async (path: string, init: RequestInit): Promise<unknown> => {
      const response = await routstr.fetch(path, init)
      return [response.status, (await response.json()).error.code]
    }
    expect(await refused('/balance/refund', { method: 'POST', body: '{}' })).toEqual([400, 'invalid_request_error'])
    expect(await refused('/audio/../balance/refund', { method: 'POST', body: '{}' })).toEqual([400, 'invalid_request_error'])
    expect(await refused('/chat/completions', { method: 'DELETE' })).toEqual([400, 'invalid_request_error'])
    expect(await refused('/chat/completions', { method: 'POST', body: new Uint8Array([1, 2, 255]) })).toEqual([400, 'invalid_request_error'])
    expect(stage.world.shown).toEqual([])
  })
})

describe('what a page may ask', () => {
  it('estimate: what it will cost and can cost, from whom; no question, no money, no grant needed', async () => {
    const request = { ...ask(), max_tokens: 100 }
    const before = await routstr.estimate(request)
    expect(before).toMatchObject({ model, provider: stage.devnet.providers.cheap.name })
    expect(before.maxMsat).toBeGreaterThanOrEqual(before.expectedMsat)
    expect(before.expectedMsat).toBeGreaterThan(0)
    expect((await routstr.estimate({ ...request, max_tokens: 4000 })).maxMsat).toBeGreaterThan(before.maxMsat)
    expect((await routstr.estimate({ model, input: 'x', path: '/embeddings' })).maxMsat).toBeGreaterThan(0)
    await expect(routstr.estimate({ ...request, model: 'nobody' })).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
    expect(stage.world.shown).toEqual([])
    expect(sent()).toEqual([])
    await routstr.chat.completions.create(request)
    expect((await routstr.estimate(request)).provider).toBe(stage.devnet.providers.cheap.name)
  })

  it('wrong arguments are refused with invalid_request_error, and the page stays connected', async () => {
    const wrong: object[] = [{ budgetMsat: 1.5 }, { budgetMsat: -1 }, { maxPerRequestMsat: Number.NaN }, { reason: 'x'.repeat(281) }, { period: 'year' }, { budgetMsat: '5' }]
    for (const request of wrong) await expect(routstr.enable(request)).rejects.toMatchObject({ status: 400, code: 'invalid_request_error' })
    expect(await routstr.availability()).toBe('needs-permission')
    expect(stage.world.shown).toEqual([])
  })

  it('getInfo says nothing that tells two users apart', async () => {
    expect(await routstr.getInfo()).toEqual({ name: 'Routstr', version: '1', methods: expect.arrayContaining(['audio.speech']), unit: 'msat' })
  })
})
