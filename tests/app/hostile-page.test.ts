/** Pages that do not keep to their own script: ids, floods, swapped texts, probing questions (T1…T35, G1…G55). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromSat } from '../../src/domain/msat.ts'
import { siteOrigin } from '../../src/domain/site.ts'
import { siteQuestion } from '../../src/engine/asking.ts'
import { BODY_FRAME_CHARACTERS, MAX_BODY_BYTES } from '../../src/messaging/page-constants.ts'
import { createApprovals } from '../../src/permissions/approvals.ts'
import { createPermissionStore } from '../../src/storage/permission-store.ts'
import { callFrame, decide, expectNothingLeft, hexId, nextQuestion, once, openRawPage, type RawPage, requestFrame } from './raw-page.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, REJECT, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.stop())

const ID = hexId(1)
const OTHER = hexId(2)
/** Costs 3 400 msat at the cheap provider; about 5 000 are set aside for it. */
const COSTLY = { ...ask('[[usage:300,350]] hi'), max_tokens: 600 }

const openPages = (count: number): RawPage[] => Array.from({ length: count }, () => openRawPage(stage.world))
const over = (page: RawPage, id: string) => until(() => page.isOver(id), 'the answer is over')
const overview = () => stage.world.screen.call('overview.get', { origin: SITE })
const chatsPaid = () => stage.devnet.providers.cheap.requests.filter(({ path }) => path.includes('/chat/')).length

describe('an id is one request', () => {
  it('T12: one approval for one request pays one request, though eight documents say its id at once', async () => {
    const { world } = stage
    const pages = openPages(8)
    for (const page of pages) page.send(requestFrame(ID, COSTLY))
    const question = await nextQuestion(world)
    await decide(world, question, once(question.worstMsat))
    await until(() => pages.every((page) => page.isOver(ID)), 'all over')
    expect(pages.map((page) => page.verdict(ID)).sort()).toEqual(['200', ...Array.from({ length: 7 }, () => 'invalid_request_error')])
    expect(chatsPaid()).toBe(1)
    expect(stage.devnet.providers.cheap.earningsMsat()).toBe(3400)
    await expectMoneyConserved(stage)
  })

  it('T12: the limit per day holds when twelve documents say one id at once', async () => {
    const { world } = stage
    await world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: 6000, maxPerRequestMsat: 6000 } })
    world.answerWith(REJECT)
    const pages = openPages(12)
    for (const page of pages) page.send(requestFrame(ID, COSTLY))
    await until(() => pages.every((page) => page.isOver(ID)), 'all over')
    expect(pages.filter((page) => page.verdict(ID) === '200')).toHaveLength(1)
    expect((await expectMoneyConserved(stage)).spentMsat).toBeLessThanOrEqual(6000)
  })

  it('pieces of a body after the last one do not start the request again', async () => {
    stage.world.answerWith(PER_DAY)
    const page = openRawPage(stage.world)
    page.send(requestFrame(ID, ask()))
    for (let n = 0; n < 5; n++) page.send({ t: 'body', id: ID, text: ' ', more: false })
    await over(page, ID)
    expect(page.heard(ID)).toBe('head data end')
    expect(chatsPaid()).toBe(1)
    await expectMoneyConserved(stage)
  })

  it('T16: a call under the id of a running request does not cut it loose from its page', async () => {
    const { world, devnet } = stage
    world.answerWith(PER_DAY)
    devnet.upstream.tokensPerSecond = 20
    const page = openRawPage(world)
    page.send(requestFrame(ID, { ...ask('[[words:900]]'), stream: true }))
    await until(() => page.verdict(ID) === '200', 'a stream')
    page.send(callFrame(ID, 'availability'))
    page.send(callFrame(OTHER, 'availability'))
    await over(page, OTHER)
    page.leave()
    await until(() => devnet.providers.cheap.requests.some(({ aborted }) => aborted), 'the provider saw the end')
    await until(async () => (await overview()).running.length === 0, 'nothing runs')
    await expectMoneyConserved(stage)
  })

  it('G51: the worker dies at its first payment; its page says the request again by itself: not sent twice, and the next one needs no question', async () => {
    stage.world.answerWith(PER_DAY)
    const page = stage.world.page(SITE, { survives: () => stage.world.app })
    await page.routstr.enable()
    stage.world.dieAt(0, 'before')
    const answer = page.routstr.chat.completions.create(ask())
    await stage.world.died
    await stage.restart()
    page.reattach()
    // the token was written down as sent with it: whether it arrived, only the account can tell
    await expect(answer).rejects.toMatchObject({ status: 424, code: 'worker_lost' })
    // until then it counts as placed there, and so much is not placed twice at somebody new
    await until(async () => (await stage.world.ledger()).sessionsMsat === 0, 'the token is back')
    expect((await page.routstr.chat.completions.create(ask())).choices).toHaveLength(1)
    expect(stage.world.shown).toEqual([])
    expect(chatsPaid()).toBe(1)
    await expectMoneyConserved(stage)
  })
})

describe('what was shown is what is sent', () => {
  it('G29: a question goes with its request: its id decides nothing any more, the others of the site are asked with their own text', async () => {
    const { world } = stage
    const [first, second] = [openRawPage(world), openRawPage(world)]
    first.send(requestFrame(ID, ask('harmless')))
    const question = await nextQuestion(world)
    second.send(requestFrame(OTHER, ask('the other one')))
    await until(async () => (await overview()).running.length === 2, 'both wait')
    first.send({ t: 'abort', id: ID })
    const next = await nextQuestion(world, question.id)
    expect([next.requestId, next.request?.excerpt]).toEqual([OTHER, 'the other one'])
    await expect(decide(world, question, once(fromSat(1000)))).rejects.toMatchObject({ code: 'not_found' })
    // the first id again, with another text: joins the question, and a yes to that is none to this
    first.send(requestFrame(ID, ask('secret', 'heron-sage')))
    await until(async () => (await overview()).running.length === 2, 'both wait')
    await decide(world, next, once(next.worstMsat))
    await over(second, OTHER)
    expect(second.verdict(OTHER)).toBe('200')
    const last = await nextQuestion(world, next.id)
    expect(last.request).toMatchObject({ excerpt: 'secret', model: 'heron-sage' })
    await decide(world, last, REJECT)
    await over(first, ID)
    expect(first.verdict(ID)).toBe('user_rejected')
    await expectMoneyConserved(stage)
  })

  it('G12: an id that comes back after a restart with another text is asked about anew', async () => {
    openRawPage(stage.world).send(requestFrame(ID, ask('harmless')))
    const before = await nextQuestion(stage.world)
    const world = await stage.restart()
    const page = openRawPage(world)
    page.send(requestFrame(ID, ask('a different text')))
    const after = await nextQuestion(world, before.id)
    expect(after.request?.excerpt).toBe('a different text')
    expect((await world.screen.call('approvals.get', { id: before.id }))?.approval.state).toBe('withdrawn')
  })

  it('two windows decide at once: there is one decision, and the page hears that one', async () => {
    const { world } = stage
    const allowed = world
      .page()
      .routstr.enable()
      .then(Boolean, () => false)
    const question = await nextQuestion(world)
    await Promise.allSettled([decide(world, question, PER_DAY), decide(world, question, REJECT), decide(world, question, { kind: 'reject' })])
    const { state } = (await world.screen.call('approvals.get', { id: question.id }))?.approval ?? {}
    expect(await allowed).toBe(state === 'approved')
    expect(await world.database.grants.count()).toBe(state === 'approved' ? 1 : 0)
  })
})

describe('T35: one document has limits', () => {
  it('of 200 calls at once 64 are answered and the others refused, each exactly once', async () => {
    const page = openRawPage(stage.world)
    const ids = Array.from({ length: 200 }, (_, n) => hexId(n))
    for (const id of ids) page.send(callFrame(id, 'availability'))
    await until(() => ids.every((id) => page.isOver(id)), 'all decided')
    page.send(callFrame(hexId(200), 'availability'))
    await over(page, hexId(200))
    expect(ids.map((id) => page.heard(id))).toEqual(ids.map((_, n) => (n < 64 ? 'result' : 'fail')))
    expect(page.verdict(hexId(199))).toBe('too_many_requests')
  })

  it('of 27 requests at once six run, twenty wait for their turn and the last is refused; a call waits for none of them', async () => {
    const { world, devnet } = stage
    world.answerWith(PER_DAY)
    devnet.upstream.tokensPerSecond = 40
    const page = openRawPage(world)
    const ids = Array.from({ length: 27 }, (_, n) => hexId(n))
    for (const id of ids) page.send(requestFrame(id, { ...ask('[[words:12]]'), stream: true, max_tokens: 30 }))
    expect(page.verdict(hexId(26))).toBe('too_many_requests')
    page.send(callFrame(hexId(99), 'availability'))
    await over(page, hexId(99))
    let most = 0
    await until(async () => {
      most = Math.max(most, (await overview()).running.length)
      return ids.every((id) => page.isOver(id))
    }, 'all over')
    expect(most).toBe(6)
    expect(ids.map((id) => page.verdict(id))).toEqual(ids.map((_, n) => (n < 26 ? '200' : 'too_many_requests')))
    await expectMoneyConserved(stage)
  })

  it('bodies that are never finished take 40 MB together, and give them back', () => {
    const page = openRawPage(stage.world)
    const piece = 'x'.repeat(BODY_FRAME_CHARACTERS)
    const begin = (id: string): void => {
      page.send(requestFrame(id, {}, { body: piece, more: true }))
      for (let n = 1; n < MAX_BODY_BYTES / BODY_FRAME_CHARACTERS; n++) page.send({ t: 'body', id, text: piece, more: true })
    }
    for (const n of [1, 2, 3]) begin(hexId(n))
    expect([1, 2, 3].map((n) => page.verdict(hexId(n)))).toEqual([null, null, 'request_too_large'])
    page.send({ t: 'abort', id: hexId(1) })
    begin(hexId(4))
    expect(page.verdict(hexId(4))).toBeNull()
    page.send({ t: 'body', id: hexId(4), text: 'x', more: true })
    expect(page.verdict(hexId(4))).toBe('request_too_large')
  })

  it('G13: a call with wrong arguments is refused; the stream beside it goes on', async () => {
    const { world, devnet } = stage
    world.answerWith(PER_DAY)
    devnet.upstream.tokensPerSecond = 200
    const page = openRawPage(world)
    page.send(requestFrame(ID, { ...ask(), stream: true }))
    await until(() => page.verdict(ID) === '200', 'a stream')
    page.send(callFrame(OTHER, 'requestBudget', { period: null, reason: null }))
    expect(page.verdict(OTHER)).toBe('invalid_request_error')
    await over(page, ID)
    expect(page.text(ID)).toContain('[DONE]')
    await expectMoneyConserved(stage)
  })
})

describe('a question goes with who asked it', () => {
  it('T18: a request that is aborted at any moment leaves no question behind', async () => {
    for (let turns = 0, asked = 0; asked < 3; turns++) {
      const page = openRawPage(stage.world, `https://site${turns}.example`)
      page.send(requestFrame(ID, ask()))
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
      if ((stage.world.shown.at(-1) ?? null) !== null) asked++
      page.send({ t: 'abort', id: ID })
      await until(async () => {
        const { approvals, running } = await overview()
        return approvals.length + running.length === 0
      }, `nothing is left of an abort after ${turns} turns`)
    }
    await expectNothingLeft(stage)
  })

  it('T9, T18: what six sites asked before they closed costs the next site nothing', async () => {
    const pages = Array.from({ length: 6 }, (_, n) => openRawPage(stage.world, `https://evil${n}.example`))
    for (const page of pages) for (let n = 0; n < 130; n++) page.send(callFrame(hexId(n), 'enable', {}))
    await nextQuestion(stage.world)
    for (const page of pages) page.leave()
    await expectNothingLeft(stage)
  })

  it('a window that is still opening is closed when its question has gone', async () => {
    const shown: (string | null)[] = []
    const approvals = createApprovals({
      store: createPermissionStore(stage.world.database),
      now: Date.now,
      randomId: () => crypto.randomUUID(),
      show: (id) => {
        shown.push(id)
        return new Promise(() => undefined)
      },
      onChange: () => undefined,
    })
    const page = new AbortController()
    const answer = approvals.ask(siteQuestion({ origin: siteOrigin(SITE), requestId: ID, userActive: true }, {}, null), page.signal)
    await until(() => shown.length === 1, 'a window opens')
    page.abort(new Error('gone'))
    await expect(answer).rejects.toThrow('gone')
    await until(() => shown.at(-1) === null, 'it is closed')
  })
})

describe('what a page can read', () => {
  it('T19: a site without a grant cannot measure the balance; one with a grant is told that it does not reach', async () => {
    const { world } = stage
    const verdictFor = async (n: number, origin: string): Promise<string | null> => {
      const page = openRawPage(world, origin)
      page.send(requestFrame(ID, { ...ask(), n, max_tokens: 4096 }, { prompt: 'none' }))
      await over(page, ID)
      return page.verdict(ID)
    }
    const most = fromSat(10_000_000_000)
    await world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: most, maxPerRequestMsat: most } })
    expect(await verdictFor(10_000, SITE)).toBe('insufficient_balance')
    for (const n of [1, 10, 10_000]) expect(await verdictFor(n, 'https://stranger.example')).toBe('permission_required')
    expect(world.shown).toEqual([])
  })
})
