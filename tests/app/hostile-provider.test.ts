/** What a request may cost at most, what the owner can end at once, and providers that answer with anything but an answer (T1, T2, T23). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { INITIAL_CREDIT } from '../../src/messaging/page-constants.ts'
import { chunk, type HostileNode, json, openHostileNode, reading, stream } from './hostile-node.ts'
import { callFrame, decide, hexId, nextQuestion, once, openRawPage, perDay, requestFrame } from './raw-page.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, REJECT, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.stop())

const ID = hexId(1)
const overview = () => stage.world.screen.call('overview.get', { origin: SITE })
const chatsPaid = () =>
  [stage.devnet.providers.cheap, stage.devnet.providers.dear].flatMap(({ requests }) => requests).filter(({ path }) => path.includes('/chat/'))
const nothingRuns = () => until(async () => (await overview()).running.length === 0, 'nothing runs')

describe('what a request may cost', () => {
  /** An honest node bills every one of the answers: 128 of 100 tokens. */
  const MANY = { ...ask('[[usage:5,12800]] x'), max_tokens: 100, n: 128 }

  it('T1: many answers in one request are a question where one answer is none', async () => {
    const { world } = stage
    await world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: 1_000_000, maxPerRequestMsat: 5_000 } })
    world.answerWith(REJECT)
    const { routstr } = world.page()
    await routstr.chat.completions.create({ ...MANY, ...ask('[[usage:5,100]] x'), n: 1 })
    expect(world.shown).toEqual([])
    await expect(routstr.chat.completions.create(MANY)).rejects.toMatchObject({ code: 'user_rejected' })
    expect(chatsPaid()).toHaveLength(1)
    expect((await overview()).receipts.map(({ chargedMsat }) => chargedMsat)).toEqual([810])
    await expectMoneyConserved(stage)
  })

  it('T1: what is shown as the worst case of many answers is held, and covers their honest bill', async () => {
    const { world } = stage
    const page = openRawPage(world)
    page.send(requestFrame(ID, MANY))
    const question = await nextQuestion(world)
    await decide(world, question, once(question.worstMsat))
    await until(() => page.isOver(ID), 'the answer')
    const hold = await world.database.holds.get(ID)
    expect(hold).toMatchObject({ state: 'charged', amountMsat: question.worstMsat, chargedMsat: 102_410 })
    expect(question.worstMsat).toBeGreaterThanOrEqual(102_410)
    expect(question.worstMsat).toBeLessThan(110_000)
    await expectMoneyConserved(stage)
  })

  it('T1: a megabyte of tools counts', async () => {
    const { world } = stage
    const tools = Array.from({ length: 100 }, (_, n) => ({ type: 'function', function: { name: `f${n}`, description: 'd'.repeat(10_000), parameters: {} } }))
    const small = openRawPage(world)
    small.send(requestFrame(ID, { ...ask('x'), max_tokens: 10 }))
    const without = await nextQuestion(world)
    small.leave()
    const page = world.page()
    void page.routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify({ ...ask('x'), max_tokens: 10, tools }) })
    const { worstMsat } = await nextQuestion(world, without.id)
    // 2 msat for a token, at most one token for three characters
    expect(without.worstMsat).toBeLessThan(1_000)
    expect(worstMsat).toBeGreaterThan((1_000_000 / 3) * 2)
  })

  it('the largest limit an owner can give does not break requests', async () => {
    const { world } = stage
    world.answerWith(perDay(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER))
    const { routstr } = world.page()
    await routstr.enable({ budgetMsat: Number.MAX_SAFE_INTEGER })
    expect((await routstr.chat.completions.create(ask())).choices).toHaveLength(1)
    await expectMoneyConserved(stage)
  })
})

describe('the owner ends what runs', () => {
  it('T2: Block on a question ends what the site has running', async () => {
    const { world, devnet } = stage
    world.answerWith(perDay(100_000, 20_000))
    devnet.upstream.tokensPerSecond = 10
    const page = openRawPage(world)
    page.send(requestFrame(ID, { ...ask('[[words:900]]'), stream: true, max_tokens: 900 }))
    await until(() => page.verdict(ID) === '200', 'a stream')
    const before = world.shown.findLast((id) => id !== null) ?? null
    world.answerWith(null)
    page.send(callFrame(hexId(2), 'requestBudget', { budgetMsat: 10_000_000 }))
    await decide(world, await nextQuestion(world, before), { kind: 'block' })
    await nothingRuns()
    expect([page.verdict(hexId(2)), page.heard(ID)]).toEqual(['origin_blocked', 'head data fail'])
    await expectMoneyConserved(stage)
  })

  it('T2: an answer that nobody reads is over as soon as the owner revokes the grant', async () => {
    const { world, devnet } = stage
    world.answerWith(PER_DAY)
    devnet.upstream.tokensPerSecond = 100_000
    const page = openRawPage(world)
    page.send(requestFrame(ID, { ...ask('[[words:4000]]'), stream: true, max_tokens: 4096 }))
    await until(() => page.text(ID).length >= INITIAL_CREDIT, 'all that may come unread')
    await world.screen.call('sites.revoke', { origin: SITE })
    await nothingRuns()
    expect(page.heard(ID)).toBe('head data fail')
    await expectMoneyConserved(stage)
  })
})

describe('what no provider gets to see', () => {
  it('G8: a header value that no request may have closes the port, and puts no provider to rest', async () => {
    const { world } = stage
    world.answerWith(PER_DAY)
    const page = openRawPage(world)
    page.send(requestFrame(ID, ask(), { headers: [['accept', 'a\nb']] }))
    expect(page.isClosed()).toBe(true)
    const { response } = await world.page('https://other.example').routstr.chat.completions.create(ask()).withResponse()
    expect(response.headers.get('x-routstr-provider')).toBe('Sparrow AI')
    expect(response.headers.get('x-routstr-reason')).not.toContain('failed')
    await expectMoneyConserved(stage)
  })

  it("a body nested 10 000 levels deep is the request's own fault", async () => {
    const body = `{"model":"owl-mini","input":${'['.repeat(10_000)}${']'.repeat(10_000)}}`
    const response = await stage.world.page().routstr.fetch('/chat/completions', { method: 'POST', body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_request_error' } })
  })

  it('a path with a broken escape is a model that nobody sells', async () => {
    const response = await stage.world.page().routstr.fetch('/models/100%')
    expect(response.status).toBe(404)
  })
})

describe('T23: hostile answers', () => {
  let node: HostileNode
  beforeEach(async () => {
    node = await openHostileNode(stage)
    stage.world.answerWith(PER_DAY)
  })
  afterEach(() => node.stop())

  const call = (body: object = {}, page = stage.world.page()) =>
    page.routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify({ ...ask(), stream: true, ...body }) })

  async function endOf(answer: ReturnType<typeof reading>): Promise<string | null> {
    await until(() => answer.end() !== null, 'the answer is over')
    return answer.end()
  }

  it('two answers, one finished, the other cut: not a clean end', async () => {
    node.answers(stream(chunk([0, 'a', null], [1, 'b', null]) + chunk([0, '', 'stop']) + chunk([1, 'half a sen', null]), 'waits'))
    const answer = reading(await call({ n: 2 }))
    await until(() => answer.text().includes('half a sen'), 'the text so far')
    node.cut()
    expect(await endOf(answer)).toBe('broken')
    expect(answer.text()).toContain('stream_interrupted')
    await expectMoneyConserved(stage)
  })

  it('an empty finish reason is none', async () => {
    node.answers(stream(chunk([0, 'half a sen', '']), 'waits'))
    const answer = reading(await call())
    await until(() => answer.text().includes('half a sen'), 'the text so far')
    node.cut()
    expect(await endOf(answer)).toBe('broken')
    await expectMoneyConserved(stage)
  })

  it('a stream is one however its type is written: without its last word it is not a clean end', async () => {
    node.answers(stream(chunk([0, 'half a sen', null]), 'ends', 'Text/Event-Stream'))
    const answer = reading(await call())
    expect(await endOf(answer)).toBe('broken')
    expect(answer.text()).toContain('stream_interrupted')
    await expectMoneyConserved(stage)
  })

  it('a line of three megabytes is not kept, and what it hides is no clean end', async () => {
    node.answers(stream(`data: ${'x'.repeat(3 * 1024 * 1024)}`, 'ends'))
    expect(await endOf(reading(await call()))).toBe('broken')
    await expectMoneyConserved(stage)
  })

  it('who drips on after [DONE] keeps neither the page nor the connection', async () => {
    const whole = `${chunk([0, 'a', 'stop'])}data: [DONE]\n\n`
    node.answers(stream(whole, 'drips'))
    const answer = reading(await call())
    expect(await endOf(answer)).toBe('whole')
    // what came in one piece with the last word passes
    expect(answer.text().replaceAll(': ping\n\n', '')).toBe(whole)
    await until(() => node.left() === 1, 'the connection is closed')
    await nothingRuns()
    await expectMoneyConserved(stage)
  })

  it('T16: who drips without an end is left when the page leaves', async () => {
    const page = stage.world.page()
    node.answers(stream(chunk([0, 'a', null]), 'drips'))
    const answer = reading(await call({}, page))
    await until(() => answer.text().includes('"a"'), 'the text so far')
    page.close()
    await until(() => node.left() === 1, 'the connection is closed')
    await nothingRuns()
    await expectMoneyConserved(stage)
  })

  it('an error that comes as an answer is passed as it is, without the cookie', async () => {
    node.answers(json(200, { error: { message: 'no' } }, { 'set-cookie': 'a=b', 'x-cashu': 'cashuBxyz' }))
    const response = await call()
    expect(await response.json()).toEqual({ error: { message: 'no' } })
    expect([...response.headers.keys()].filter((name) => name === 'set-cookie' || name === 'x-cashu')).toEqual([])
    await expectMoneyConserved(stage)
  })

  it.each([
    ['the message of a refusal', 400, (key: string) => ({ message: `bad request for ${key}`, refund_token: `cashuBo2F0${'A'.repeat(60)}` })],
    ['the code of a failure', 500, (key: string) => ({ message: 'x', code: key })],
  ])('T33: neither ecash nor the key of the account reaches the page in %s', async (_, status, error) => {
    const keys: string[] = []
    node.answers((response, key) => {
      keys.push(key)
      json(status, { error: error(key) }, { 'x-cashu': 'cashuBxyz' })(response, key)
    })
    const response = await call()
    const text = (await response.text()) + JSON.stringify([...response.headers])
    // the first request carries the token itself
    expect(keys[0]).toMatch(/^cashuB/)
    for (const key of keys) expect(text).not.toContain(key.slice(3, 20))
    expect(text).not.toContain('cashuB')
    expect(JSON.stringify(await stage.world.database.receipts.toArray())).not.toContain(keys[0])
    await expectMoneyConserved(stage)
  })
})
