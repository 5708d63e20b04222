import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { hexId, nextQuestion, openRawPage, requestFrame } from './raw-page.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const post = (body: string, path = '/chat/completions', origin = SITE) => stage.world.page(origin).routstr.fetch(path, { method: 'POST', body })

describe('bad input of a page gives a clear error, no question, no cost', () => {
  it.each([
    ['no JSON', 'hello', 400, 'invalid_request_error'],
    ['no object', '[]', 400, 'invalid_request_error'],
    ['no model', '{"messages":[]}', 400, 'invalid_request_error'],
    ['a model that is no text', '{"model":7}', 400, 'invalid_request_error'],
    ['max_tokens that is no integer', '{"model":"owl-mini","max_tokens":"many"}', 400, 'invalid_request_error'],
    ['an unknown model', '{"model":"no-such-model","messages":[]}', 404, 'model_not_found'],
    ['G33: a model called __proto__', '{"model":"__proto__","messages":[]}', 404, 'model_not_found'],
    ['G33: a model called constructor', '{"model":"constructor","messages":[]}', 404, 'model_not_found'],
  ])('%s', async (_, body, status, code) => {
    const response = await post(body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { code } })
    expect(stage.world.shown).toEqual([])
    expect(await stage.world.database.holds.count()).toBe(0)
  })

  it('a path that is not offered', async () => {
    const response = await post('{"model":"owl-mini"}', '/balance/refund')
    expect(response.status).toBe(400)
    expect((await stage.world.page().routstr.fetch('/balance/info')).status).toBe(404)
  })

  it.each([
    ['T5: a sandboxed document', 'null', 'opaque_origin'],
    ['T6: plain http', 'http://plain.example', 'insecure_origin'],
    ['a file', 'file://', 'insecure_origin'],
  ])('%s is refused', async (_, origin, code) => {
    const response = await post(JSON.stringify(ask()), '/chat/completions', origin)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code } })
    expect(stage.world.shown).toEqual([])
  })

  it('T4: a page that names another site in its frames is itself all the same', async () => {
    await stage.world.page('https://bank.example').routstr.enable()
    stage.world.answerWith(null)
    const liar = openRawPage(stage.world, SITE)
    const lies = { origin: 'https://bank.example', topOrigin: 'https://bank.example', site: 'https://bank.example', sender: { origin: 'https://bank.example' } }
    liar.send(requestFrame(hexId(1), ask(), { ...lies, prompt: 'none' }))
    await until(() => liar.isOver(hexId(1)), 'an answer')
    expect(liar.verdict(hexId(1))).toBe('permission_required')
    liar.send(requestFrame(hexId(2), ask(), { ...lies, userActive: true }))
    expect((await nextQuestion(stage.world)).origin).toBe(SITE)
  })

  it('T35: a port that breaks the contract is closed', async () => {
    let closed = false
    const listeners: ((message: unknown, userActive: boolean) => void)[] = []
    stage.world.app.connectPage({
      origin: SITE,
      send: () => undefined,
      onFrame: (listener) => void listeners.push(listener),
      onClose: () => undefined,
      close: () => {
        closed = true
      },
    })
    for (const listener of listeners) listener({ t: 'request', id: 'x', origin: 'https://bank.example' }, true)
    expect(closed).toBe(true)
  })

  it('G3: no frame of a page reaches a route of the screens', async () => {
    const seen: unknown[] = []
    const listeners: ((message: unknown, userActive: boolean) => void)[] = []
    stage.world.app.connectPage({
      origin: SITE,
      send: (frame) => void seen.push(frame),
      onFrame: (listener) => void listeners.push(listener),
      onClose: () => undefined,
      close: () => undefined,
    })
    for (const route of ['seed.reveal', 'tokens.send', 'sites.setGrant', 'approvals.decide'])
      for (const listener of listeners) listener({ id: 1, route, input: {} }, true)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(seen).toEqual([])
  })
})

describe('what leaves and what arrives', () => {
  it('the body reaches the provider as the page wrote it, but for a missing max_tokens, which is told in a header', async () => {
    const response = await post(`{ "model": "owl-mini",  "messages": [{"role":"user","content":"[[echo]] hi"}], "temperature": 0.5 }`)
    expect(response.headers.get('x-routstr-max-tokens')).toBe('4096')
    await response.text()
    await stage.world.screen.call('settings.set', { maxTokensCap: null })
    const untouched = await post(`{"model":"owl-mini","messages":[{"role":"user","content":"hi"}]}`)
    expect(untouched.headers.get('x-routstr-max-tokens')).toBeNull()
    await untouched.text()
    await expectMoneyConserved(stage)
  })

  it('T23: no header of the provider but the listed ones reaches the page, none of the page identifies or pays', async () => {
    const response = await stage.world.page().routstr.fetch('/chat/completions', {
      method: 'POST',
      body: JSON.stringify(ask()),
      headers: { authorization: 'Bearer page', 'x-cashu': 'cashuAxyz', cookie: 'a=b' },
    })
    expect([...response.headers.keys()].filter((name) => !/^(content-type|x-routstr-|x-request-id|x-should-retry)/.test(name))).toEqual([])
    await response.text()
    const request = stage.devnet.providers.cheap.requests.find(({ path }) => path.includes('/chat/'))
    expect(JSON.stringify(request)).not.toMatch(/cashuAxyz|Bearer page|a=b/)
    await expectMoneyConserved(stage)
  })

  it('an abort in the middle stops the bill: the provider sees it, charges nothing, the hold is freed', async () => {
    stage.devnet.upstream.tokensPerSecond = 40
    const { routstr } = stage.world.page()
    const stream = await routstr.chat.completions.create({ ...ask('[[words:900]]'), max_tokens: 1_000, stream: true })
    let chunks = 0
    for await (const _ of stream) if (++chunks === 5) break
    const { cheap } = stage.devnet.providers
    await until(() => cheap.requests.some(({ aborted }) => aborted), 'the provider saw the abort')
    await until(async () => {
      await stage.world.app.wake()
      return ((await routstr.getGrant())?.remainingMsat ?? 0) === 1_000_000
    }, 'the hold is freed')
    expect((await stage.world.screen.call('overview.get', { origin: SITE })).receipts[0]).toMatchObject({ state: 'aborted', chargedMsat: 0 })
    await expectMoneyConserved(stage)
  })

  it('a page closed in the middle, Stop in the popup, revoke and pause end a request the same way', async () => {
    stage.devnet.upstream.tokensPerSecond = 40
    const endings: ((close: () => void) => Promise<unknown>)[] = [
      async (close) => close(),
      async () => {
        const { running } = await stage.world.screen.call('overview.get', { origin: SITE })
        await stage.world.screen.call('requests.stop', { requestId: running[0]?.id ?? '' })
      },
      () => stage.world.screen.call('sites.revoke', { origin: SITE }),
      () => stage.world.screen.call('paused.set', { paused: true }),
    ]
    for (const end of endings) {
      const page = stage.world.page()
      const stream = await page.routstr.chat.completions.create({ ...ask('[[words:900]]'), max_tokens: 1_000, stream: true })
      const reading = collect(stream).then(
        () => 'clean end',
        () => 'error',
      )
      await until(async () => (await stage.world.screen.call('overview.get', { origin: SITE })).running.some(({ phase }) => phase === 'streaming'), 'streaming')
      await end(() => page.close())
      await until(async () => (await stage.world.screen.call('overview.get', { origin: SITE })).running.length === 0, 'ended')
      if (end !== endings[0]) expect(await reading).toBe('error')
    }
    await expectMoneyConserved(stage)
  })

  it('a page that does not read holds the provider back instead of filling memory', async () => {
    stage.devnet.upstream.tokensPerSecond = 100_000
    const received = async (): Promise<number> => (await stage.world.screen.call('overview.get', { origin: SITE })).running[0]?.received ?? 0
    const response = await post(JSON.stringify({ ...ask('[[words:4000]]'), stream: true, max_tokens: 4096 }))
    let before = -1
    let stalled = 0
    await until(async () => {
      before = stalled
      stalled = await received()
      return stalled > 0 && stalled === before
    }, 'the stream stalls')
    const text = await response.text()
    const characters = [...text.matchAll(/"content":"([^"]*)"/g)].reduce((sum, [, content]) => sum + (content ?? '').length, 0)
    expect(characters).toBeGreaterThan(15_000)
    expect(stalled).toBeLessThan(characters / 2)
    await expectMoneyConserved(stage)
  })
})
