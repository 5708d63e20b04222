/** The stand-ins for Chrome's `LanguageModel` and for `window.ai`, over the real provider and a background that answers as told. */
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { installStandIn } from '../../../src/page/stand-in/install.ts'
import { announce } from '../../../src/page/announce.ts'
import { chunk, collect, connect, present, rejection } from './harness.ts'

interface Session extends EventTarget {
  prompt(input: unknown, options?: object): Promise<string>
  promptStreaming(input: unknown, options?: object): ReadableStream<string>
  append(input: unknown): Promise<void>
  clone(): Promise<Session>
  destroy(): void
  measureInputUsage(input: unknown): Promise<number>
  readonly inputUsage: number
  readonly inputQuota: number
  readonly temperature: number
  readonly topK: number
}
interface StandIns extends EventTarget {
  readonly LanguageModel: {
    availability(options?: object): Promise<string>
    create(options?: object): Promise<Session>
    params(): Promise<object>
    new (): Session
  }
  readonly ai: {
    generateText(input: object, options?: object): Promise<object[]>
    getCompletion(input: object, options?: object): Promise<object>
    getCurrentModel(): Promise<string | undefined>
    addEventListener(listener: (event: string, data: string) => void): string
  }
}

const sentBody = v.looseObject({ model: v.string(), messages: v.array(v.looseObject({ role: v.string(), content: v.unknown() })) })

/** A page with both; what it sends is kept, and answered by what it said last. */
function page(contextLength = 200) {
  const { background, provider } = connect()
  const sent: v.InferOutput<typeof sentBody>[] = []
  let refusal: 'user_rejected' | 'insufficient_balance' | 'model_not_found' | null = null
  background.onCall = ({ id }) => background.write({ t: 'result', id, value: 'ready' })
  background.onRequest = ({ path, body }, answer) => {
    if (path === '/models/default') return answer.json({ id: 'owl', object: 'model', routstr: { context_length: contextLength } })
    if (refusal !== null) return answer.fail(refusal)
    const asked = v.parse(sentBody, JSON.parse(body))
    sent.push(asked)
    const said = `re: ${String(asked.messages.at(-1)?.content)}`
    if (asked.stream === true) return answer.events([chunk(said.slice(0, 3)), chunk(said.slice(3), 'stop')])
    answer.json({ choices: [{ index: 0, message: { role: 'assistant', content: said } }] })
  }
  const window = new EventTarget()
  installStandIn(window)
  announce(window, provider)
  const { LanguageModel, ai }: StandIns = Object.assign(window)
  return {
    ...{ LanguageModel, ai, window, sent, background },
    refuse(code: NonNullable<typeof refusal>) {
      refusal = code
    },
  }
}

test('a session remembers what was said, its copy goes its own way, and both know how much they hold', async () => {
  const { LanguageModel, sent } = page()
  const session = await LanguageModel.create({ initialPrompts: [{ role: 'system', content: 'Be brief.' }], temperature: 0.2, topK: 5 })
  expect(await session.prompt('One')).toBe('re: One')
  const copy = await session.clone()
  expect(await collect(session.promptStreaming('Two'))).toEqual(['re:', ' Two'])
  expect(await copy.prompt('Other')).toBe('re: Other')
  const spoken = (index: number) => present(sent[index]).messages.map(({ role, content }) => `${role} ${content}`)
  expect(spoken(1)).toEqual(['system Be brief.', 'user One', 'assistant re: One', 'user Two'])
  expect(spoken(2)).toEqual(['system Be brief.', 'user One', 'assistant re: One', 'user Other'])
  expect(sent[0]).toMatchObject({ model: 'owl', temperature: 0.2, stream: true })
  expect(sent[0]).not.toHaveProperty('top_k')
  expect([session.temperature, session.topK, session.inputQuota]).toEqual([0.2, 5, 200])
  expect(session.inputUsage).toBeGreaterThan(0)
  expect(await session.measureInputUsage('twelve chars')).toBe(3)
})

test('prompts of one session are answered one after the other, each with the ones before in mind', async () => {
  const { LanguageModel, sent } = page()
  const session = await LanguageModel.create()
  await Promise.all([session.prompt('A'), session.prompt('B')])
  expect(present(sent[1]).messages.map(({ content }) => content)).toEqual(['A', 're: A', 'B'])
})

test('a schema constrains the answer; pictures go along; what can not be passed on is refused', async () => {
  const { LanguageModel, sent } = page(4_000)
  const session = await LanguageModel.create({ expectedInputs: [{ type: 'image' }] })
  await session.prompt([{ role: 'user', content: [{ type: 'text', value: 'See' }, { type: 'image', value: new Blob(['x'], { type: 'image/png' }) }] }], { responseConstraint: { type: 'object' } })
  expect(sent[0]).toMatchObject({
    response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
    messages: [{ role: 'user', content: [{ type: 'text', text: 'See' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,eA==' } }] }],
  })
  expect((await rejection(session.prompt([{ content: [{ type: 'audio', value: new Blob() }] }]))).name).toBe('NotSupportedError')
  expect((await rejection(session.prompt('?', { responseConstraint: /x/ }))).name).toBe('NotSupportedError')
  expect(await LanguageModel.availability({ expectedInputs: [{ type: 'audio' }] })).toBe('unavailable')
  expect((await rejection(LanguageModel.create({ tools: [{}] }))).name).toBe('NotSupportedError')
  expect(sent).toHaveLength(1)
})

test('the oldest is forgotten when the model can not read more, never how the session began; longer than all of it is refused', async () => {
  const { LanguageModel, sent } = page(30)
  const session = await LanguageModel.create({ initialPrompts: [{ role: 'system', content: 'Be brief.' }] })
  let overflowed = 0
  session.addEventListener('quotaoverflow', () => overflowed++)
  for (let n = 0; n < 5; n++) await session.prompt(`This is prompt ${n}`)
  const last = present(sent.at(-1)).messages.map(({ content }) => content)
  expect(last[0]).toBe('Be brief.')
  expect(last).not.toContain('This is prompt 0')
  expect(last.at(-1)).toBe('This is prompt 4')
  expect(overflowed).toBeGreaterThan(0)
  expect((await rejection(session.prompt('x'.repeat(200)))).name).toBe('QuotaExceededError')
})

test('an abort ends one prompt, destroy() all of them; a no of the user is a NotAllowedError', async () => {
  const { LanguageModel, background, refuse } = page()
  const session = await LanguageModel.create()
  const controller = new AbortController()
  controller.abort()
  expect((await rejection(session.prompt('A', { signal: controller.signal }))).name).toBe('AbortError')
  expect(await session.prompt('B')).toBe('re: B')
  const asked = background.of('request').length
  session.destroy()
  expect((await rejection(session.prompt('C'))).name).toBe('AbortError')
  expect(background.of('request')).toHaveLength(asked)
  const other = await LanguageModel.create()
  refuse('user_rejected')
  expect((await rejection(other.prompt('D'))).name).toBe('NotAllowedError')
  expect(() => new LanguageModel()).toThrow('Illegal constructor')
})

test('window.ai gives outputs in the form of the input, pieces as they come, and errors as its own words', async () => {
  const { ai, sent, refuse } = page()
  expect(await ai.getCurrentModel()).toBe('owl')
  expect(await ai.generateText({ prompt: 'One' }, { maxTokens: 5, stopSequences: ['x'], temperature: 1 })).toEqual([{ text: 're: One' }])
  expect(sent[0]).toMatchObject({ model: 'owl', max_tokens: 5, stop: ['x'], temperature: 1 })
  const pieces: unknown[] = []
  const outputs = await ai.generateText({ messages: [{ role: 'user', content: 'Two' }] }, { model: 'lark', onStreamResult: (piece: unknown) => pieces.push(piece) })
  expect(outputs).toEqual([{ message: { role: 'assistant', content: 're: Two' } }])
  expect(pieces).toEqual(['re:', ' Two'].map((content) => ({ message: { role: 'assistant', content }, isPartial: true })))
  expect(sent[1]?.model).toBe('lark')
  expect(await ai.getCompletion({ prompt: 'Three' })).toEqual({ text: 're: Three' })
  const heard: string[] = []
  ai.addEventListener((event, data) => heard.push(`${event} ${data}`))
  for (const [code, word] of [['user_rejected', 'PERMISSION_DENIED'], ['insufficient_balance', 'PAYMENT_REQUIRED'], ['model_not_found', 'INVALID_REQUEST']] as const) {
    refuse(code)
    await expect(ai.generateText({ prompt: '?' })).rejects.toBe(word)
  }
  await expect(ai.generateText({})).rejects.toBe('INVALID_REQUEST')
  expect(heard).toEqual(['error PERMISSION_DENIED', 'error PAYMENT_REQUIRED', 'error INVALID_REQUEST', 'error INVALID_REQUEST'])
})

test('without a provider in the document neither hangs', async () => {
  const window = new EventTarget()
  installStandIn(window)
  const { LanguageModel, ai }: StandIns = Object.assign(window)
  expect(await LanguageModel.availability()).toBe('unavailable')
  expect((await rejection(LanguageModel.create())).name).toBe('NotSupportedError')
  await expect(ai.generateText({ prompt: '?' })).rejects.toBe('NOT_AUTHENTICATED')
})
