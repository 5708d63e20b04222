/**
 * One token per request in the `X-Cashu` header, an option per site (`routstr-node.md` §3.2): the change comes with the head of the
 * answer, or from the refund endpoint, or the own notes come back; and where nodes keep all (§9.1) the books say so.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isCheap } from './bent-network.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
  await stage.world.screen.call('sites.setRule', { origin: SITE, xCashu: true })
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

const chat = (content?: string, max_tokens = 300) => stage.world.page().routstr.chat.completions.create({ ...ask(content), max_tokens })
const settled = (work: Promise<unknown>): Promise<unknown> => work.catch((error: { code?: string }) => error.code ?? 'broken')
const chats = (name: 'cheap' | 'dear' = 'cheap') => stage.devnet.providers[name].requests.filter(({ path }) => path.includes('/chat/'))
const rows = () => stage.world.database.sessions.toArray()
const atCheap = async () => (await rows()).find(({ providerName }) => providerName === 'Sparrow AI')
const latest = async () => (await stage.world.screen.call('overview.get', { origin: SITE })).receipts[0]
const later = async (ms = 600_000) => {
  stage.world.clock.skewMs += ms
  await stage.world.app.wake()
}

describe('paid by a token', () => {
  it('one request to the provider, no account; the change comes home with the answer', async () => {
    const { cheap } = stage.devnet.providers
    expect((await chat()).choices).toHaveLength(1)
    expect(chats().map(({ authorization }) => authorization)).toEqual(['x-cashu'])
    expect(cheap.accounts.list()).toEqual([])
    expect(await rows()).toMatchObject([{ isXCashu: true, creditedMsat: expect.any(Number), refundedMsat: expect.any(Number) }])
    const ledger = await expectMoneyConserved(stage)
    expect(ledger.spentMsat).toBe(cheap.earningsMsat())
    expect(await latest()).toMatchObject({ state: 'completed', chargedMsat: cheap.earningsMsat(), mismatches: [] })
    expect((await rows()).map(({ state, token }) => [state, token])).toEqual([['closed', null]])
    expect(cheap.requests.filter(({ path }) => path.includes('balance'))).toEqual([])
  })

  it('streams go on being paid from sessions, and other sites are', async () => {
    await collect(await stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 300, stream: true }))
    await stage.world.page('https://other.example').routstr.chat.completions.create({ ...ask(), max_tokens: 300 })
    expect(chats().map(({ authorization }) => authorization)).not.toContain('x-cashu')
    await expectMoneyConserved(stage)
  })

  it('the hold covers the whole token, and is trued up', async () => {
    await chat()
    const [hold] = await stage.world.database.holds.toArray()
    const [row] = await rows()
    expect(hold).toMatchObject({ state: 'charged', chargedMsat: (await latest())?.chargedMsat })
    expect(hold?.amountMsat).toBeGreaterThanOrEqual(row?.faceMsat ?? 0)
    await expectMoneyConserved(stage)
  })
})

describe('where nodes give no change', () => {
  it('a request that costs the whole token (trap 10) is paid by it: nothing is owed, and the provider is asked again', async () => {
    for (let round = 0; round < 2; round++) await chat('Hi', 10)
    const { cheap } = stage.devnet.providers
    expect(chats().map(({ authorization }) => authorization)).toEqual(['x-cashu', 'x-cashu'])
    expect((await rows()).map(({ state, refundedMsat, token, arrivesMsat }) => [state, refundedMsat, token, arrivesMsat])).toEqual([
      ['closed', 0, null, 1000],
      ['closed', 0, null, 1000],
    ])
    expect(await latest()).toMatchObject({ chargedMsat: 1000, mismatches: [] })
    const ledger = await expectMoneyConserved(stage, { booksOfProviders: false })
    expect([ledger.spentMsat, ledger.lostMsat]).toEqual([2000, 0])
    expect(cheap.requests.filter(({ path }) => path.includes('balance'))).toEqual([])
  })

  it.each([
    ['/responses', { input: 'Hi', stream: true }],
    ['/completions', { prompt: 'Hi' }],
    ['/messages', { messages: [{ role: 'user', content: 'Hi' }] }],
    ['/messages/count_tokens', { messages: [{ role: 'user', content: 'Hi' }] }],
    ['/moderations', { input: 'Hi' }],
    ['/images/generations', { prompt: 'Hi' }],
  ])('%s is never paid that way (traps 3, 4, 5, 8)', async (path, body) => {
    const answer = await stage.world.page().routstr.fetch(path, { method: 'POST', body: JSON.stringify({ model: 'owl-mini', max_tokens: 300, ...body }) })
    await answer.text().catch(() => undefined)
    const paid = stage.devnet.providers.cheap.requests.filter((request) => request.path.endsWith(path))
    expect(paid.length).toBeGreaterThan(0)
    expect(paid.map(({ authorization }) => authorization)).not.toContain('x-cashu')
    await expectMoneyConserved(stage)
  })
})

describe('when something goes wrong the money is found', () => {
  it.each(['upstream-500', 'upstream-429'] as const)('%s: the whole token comes back in the header, the next provider answers', async (fault) => {
    stage.devnet.providers.cheap.fault(fault, 9)
    expect((await chat()).choices).toHaveLength(1)
    expect(chats('dear')).toHaveLength(1)
    stage.devnet.providers.cheap.clearFaults()
    await expectMoneyConserved(stage)
  })

  it('the answer is lost: the refund endpoint gives the change', async () => {
    stage.devnet.providers.cheap.fault('drop-chat-response', 1)
    await chat()
    const ledger = await expectMoneyConserved(stage)
    expect(ledger.spentMsat).toBe(stage.devnet.providers.cheap.earningsMsat() + stage.devnet.providers.dear.earningsMsat())
    expect((await latest())?.chargedMsat).toBe(ledger.spentMsat)
  })

  it('a body that breaks after its head (trap 11): the change is home already', async () => {
    stage.devnet.providers.cheap.fault('stale-content-length', 1)
    await settled(chat())
    await expectMoneyConserved(stage)
    expect(stage.devnet.providers.cheap.requests.filter(({ path }) => path.includes('refund'))).toEqual([])
  })

  it('the own token as change is no money: the refund endpoint is asked', async () => {
    stage.devnet.providers.cheap.fault('echo-as-change', 1)
    await chat()
    await expectMoneyConserved(stage)
    expect((await latest())?.chargedMsat).toBe(stage.devnet.providers.cheap.earningsMsat())
  })

  it('a price that has risen: 402, nothing redeemed, the own notes come back and a larger token is sent', async () => {
    const { cheap, dear } = stage.devnet.providers
    dear.down = true
    await stage.world.screen.call('providers.refresh', {})
    cheap.setPrices('owl-mini', { promptSat: 0.004, completionSat: 0.016 })
    expect((await chat()).choices).toHaveLength(1)
    expect(chats().map(({ status }) => status)).toEqual([402, 200])
    dear.down = false
    await expectMoneyConserved(stage)
    expect((await rows()).map(({ state }) => state).sort()).toEqual(['cancelled', 'closed'])
  })

  it('change on another mint is kept and waits for the user', async () => {
    const { world, devnet } = stage
    const other = await devnet.faucet(3, devnet.otherMint)
    world.bend((url, go) => {
      if (!isCheap(stage, url, '/chat/completions')) return null
      return go().then((answer) => new Response(answer.body, { status: 200, headers: { 'content-type': 'application/json', 'x-cashu': other } }))
    })
    await chat()
    world.bend(null)
    const { incoming } = await world.screen.call('wallet.get', {})
    expect(incoming).toMatchObject([{ state: 'waiting', from: 'refund', mint: devnet.otherMint.url }])
    expect((await world.ledger()).differenceMsat).toBe(0)
    await world.screen.call('incoming.retry', { id: incoming[0]?.id ?? '', trustMint: true })
    await expectMoneyConserved(stage, { booksOfProviders: false })
  })
})

describe('what a node keeps for ever is asked for, then written off with the token as proof', () => {
  it.each<readonly [string, () => void, string | undefined]>([
    ['its upstream is unreachable (trap 1)', () => stage.devnet.providers.cheap.fault('upstream-dead', 1), undefined],
    ['the answer says data: (trap 2)', () => undefined, '[[say:data: x]]'],
    ['the node has no price at this moment (trap 7)', () => stage.devnet.providers.cheap.fault('price-null', 99), undefined],
  ])('%s', async (_, arm, content) => {
    arm()
    await settled(chat(content))
    const row = await atCheap()
    expect((await stage.world.ledger()).sessionsMsat).toBe(row?.faceMsat)
    await until(async () => {
      await later()
      return (await rows()).some(({ state }) => state === 'lost')
    }, 'written off')
    expect(await rows()).toContainEqual(expect.objectContaining({ state: 'lost', token: expect.stringMatching(/^cashuB/) }))
    expect((await stage.world.ledger()).lostMsat).toBe(row?.faceMsat)
    await expectMoneyConserved(stage, { lostMsat: row?.faceMsat ?? 0 })
    // once a day it is asked for again
    const asked = () => stage.devnet.providers.cheap.requests.filter(({ path }) => path.includes('refund')).length
    await later(86_400_000)
    const before = asked()
    await later()
    expect(asked()).toBe(before)
    await later(86_400_000)
    expect(asked()).toBe(before + 1)
  })

  it('a pending refund that comes after all', async () => {
    const { cheap } = stage.devnet.providers
    cheap.fault('drop-chat-response', 1)
    // until it was seen: a busy machine would miss the moment
    cheap.fault('refund-425', 99)
    await chat()
    await until(async () => (await atCheap())?.problem?.includes('has not given its change') === true, 'pending')
    cheap.clearFaults('refund-425')
    await expectMoneyConserved(stage)
  })
})

describe('a worker that dies', () => {
  // request 0 is the paid one, 1 the swap of the change
  it.each([0, 1].flatMap((request) => (['before', 'after'] as const).map((when) => [when, request] as const)))('%s request %i: no sat is missing', async (when, request) => {
    // large enough that the mint's fee does not eat the change
    await chat(undefined, 2000)
    await stage.world.app.wake()
    stage.world.dieAt(request, when)
    void settled(chat(undefined, 2000))
    await stage.world.died
    await stage.restart()
    await expectMoneyConserved(stage)
    expect((await rows()).map(({ state }) => state).sort()).toEqual([when === 'before' && request === 0 ? 'cancelled' : 'closed', 'closed'])
  })
})
