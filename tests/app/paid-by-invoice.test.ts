/**
 * No mint in common: an invoice of the provider is paid over Lightning (`routstr-node.md` §2.8), as the last way. Only what the request
 * needs goes there, the fee counts against the site's limit, and whatever dies in between, the money is found.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromSat } from '../../src/domain/msat.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage({ devnet: { autoPayMs: null, provider: { staleReservationMs: 300, sweepMs: 50 } } })
  stage.world.answerWith(PER_DAY)
  const { world, devnet } = stage
  // the money is at a mint that no provider takes
  await world.screen.call('mints.add', { url: devnet.otherMint.url })
  await world.screen.call('tokens.receive', { token: await devnet.faucet(500, devnet.otherMint), trustMint: false })
  await world.screen.call('mints.distrust', { url: devnet.mint.url })
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

// large enough that the mint's fee does not eat the change
const chat = (max_tokens = 2000) => stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens })
const sessions = () => stage.world.database.sessions.toArray()
const sessionState = async () => (await sessions()).map(({ state }) => state)
const latest = async () => (await stage.world.screen.call('overview.get', { origin: SITE })).receipts[0]
const spentOf = async () => (await stage.world.screen.call('sites.list', {})).find(({ origin }) => origin === SITE)?.spentMsat
const paths = () => stage.world.traffic.map((line) => line.replace(/^(\w+) http:\/\/[^/]+/, '$1 ').replace(/invoice\/[\w-]+\/status/, 'invoice/…/status').replace(/bolt11\/[\w-]+$/, 'bolt11/…'))
const settled = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'answered', (error: { code?: string }) => error.code ?? 'broken')
const later = async (ms: number) => {
  stage.world.clock.skewMs += ms
  await stage.world.app.wake()
}
/** The change lies on the provider's mint: the user takes it over, and the books are closed. */
async function expectHome(expected: Parameters<typeof expectMoneyConserved>[1] = {}): Promise<void> {
  await until(async () => {
    await later(60_000)
    return (await stage.world.screen.call('sessions.bringHome', {})).open === 0
  }, 'nothing but change that waits for the user')
  for (const { id } of (await stage.world.screen.call('wallet.get', {})).incoming) await stage.world.screen.call('incoming.retry', { id, trustMint: true })
  await expectMoneyConserved(stage, expected)
}

describe('the last way', () => {
  it('pays the invoice of the provider with what the request needs; the fee is on the receipt and counts against the limit', async () => {
    const { cheap } = stage.devnet.providers
    expect((await chat()).choices).toHaveLength(1)
    const [session] = await sessions()
    const required = (await stage.world.database.attempts.toArray())[0]?.requiredMsat ?? 0
    expect(session).toMatchObject({ state: 'open', token: null, mint: stage.devnet.otherMint.url, faceMsat: Math.ceil(required / 1000) * 1000, creditedMsat: session?.faceMsat })
    expect(cheap.accounts.list().map(({ key }) => key)).toEqual([session?.key])
    const receipt = await latest()
    const payment = await stage.world.database.withdrawals.get(session?.invoice?.withdrawalId ?? '')
    expect(receipt).toMatchObject({ state: 'completed', chargedMsat: cheap.earningsMsat(), feeMsat: fromSat(payment?.feeSat ?? 0), mismatches: [] })
    expect(receipt?.reason).toMatch(/^paid by its invoice over Lightning, because it takes none of your mints that holds enough; /)
    expect(await spentOf()).toBe(cheap.earningsMsat() + fromSat(payment?.feeSat ?? 0))
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
    await expectHome()
  })

  it('what is left there serves the next request in one round trip, without Lightning', async () => {
    await chat()
    stage.world.traffic.length = 0
    await collect(await stage.world.page().routstr.chat.completions.create({ ...ask('Hi'), max_tokens: 20, stream: true }))
    expect(paths()).toEqual(['POST /v1/chat/completions'])
    expect((await latest())?.reason).not.toContain('invoice')
    await expectHome()
  })

  it('is not taken while anybody accepts a mint of ours', async () => {
    await stage.world.screen.call('mints.add', { url: stage.devnet.mint.url })
    await chat()
    expect(paths().filter((path) => path.includes('lightning'))).toEqual([])
    await expectMoneyConserved(stage)
  })

  it('a mint in common that is empty is none', async () => {
    const { world, devnet } = stage
    const left = (await world.screen.call('wallet.get', {})).mints.find(({ mint }) => mint.url === devnet.mint.url)?.accounts.find(({ unit }) => unit === 'sat')?.ready ?? 0
    await world.screen.call('mints.add', { url: devnet.mint.url })
    await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: left, memo: null })
    await chat()
    expect(await sessions()).toMatchObject([{ mint: devnet.otherMint.url, invoice: { id: expect.any(String) } }])
    await expectMoneyConserved(stage)
  })

  it('change waits on the mint of the provider for the user, keeps nobody awake, and is not asked for again', async () => {
    await chat()
    expect(await stage.world.screen.call('sessions.bringHome', {})).toMatchObject({ open: 0, returnedMsat: expect.any(Number) })
    const { incoming } = await stage.world.screen.call('wallet.get', {})
    expect(incoming).toMatchObject([{ state: 'waiting', from: 'refund', mint: stage.devnet.mint.url }])
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
    await expectHome()
    expect(await sessionState()).toEqual(['closed'])
  })

  it('a grant that does not reach for the fee: nothing is paid', async () => {
    const { maxMsat } = await stage.world.page().routstr.estimate({ ...ask(), max_tokens: 300 })
    // covers the request alone
    const limitMsat = fromSat(Math.floor(maxMsat / 1000) + 1)
    await stage.world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat, maxPerRequestMsat: limitMsat } })
    const answer = await stage.world.page().routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify({ ...ask(), max_tokens: 300 }), prompt: 'none' })
    expect(answer.status).toBe(402)
    expect(await sessions()).toEqual([])
    expect(await spentOf()).toBe(0)
    await expectMoneyConserved(stage)
  })

  it('the fuse counts amount and fee', async () => {
    await stage.world.screen.call('settings.set', { fuseSatPerMinute: 10 })
    expect(await settled(chat(3000))).toBe('payments_paused')
    expect(await sessions()).toEqual([])
    expect((await stage.world.screen.call('overview.get', { origin: SITE })).paused).toBe(true)
    await expectMoneyConserved(stage)
  })
})

describe('when it goes wrong nothing is paid, or what was paid is found', () => {
  const expectNothingPaid = async () => {
    expect((await sessions()).filter(({ state }) => state !== 'cancelled')).toEqual([])
    expect(await stage.world.database.withdrawals.where('state').equals('paid').count()).toBe(0)
  }

  it.each(['invoice-refused', 'invoice-dearer'] as const)('%s: the next provider is asked', async (fault) => {
    stage.devnet.providers.cheap.fault(fault, 9)
    expect((await chat()).choices).toHaveLength(1)
    expect((await latest())?.attempts.map(({ providerName, outcome }) => [providerName, outcome])).toEqual([
      ['Sparrow AI', expect.stringContaining('invoice')],
      ['Heron Compute', 'answered'],
    ])
    await expectHome()
  })

  it('a node without invoices: the page hears that nobody takes the mints of the user', async () => {
    for (const provider of [stage.devnet.providers.cheap, stage.devnet.providers.dear]) provider.fault('status', 99, { value: 404, path: /lightning/ })
    expect(await settled(chat())).toBe('provider_unreachable')
    await expectNothingPaid()
    expect(await spentOf()).toBe(0)
    await expectHome()
  })

  it('an invoice that has expired is not paid', async () => {
    stage.world.bend((url, go) => {
      if (!url.endsWith('/lightning/invoice')) return null
      return go().then(async (answer) => {
        const body = JSON.parse(await answer.text())
        const { invoice } = stage.devnet.lightning.createInvoice({ amountMsat: body.amount_sats * 1000, expirySeconds: -60 })
        return Response.json({ ...body, bolt11: invoice })
      })
    })
    expect(await settled(chat())).toBe('provider_unreachable')
    await expectNothingPaid()
    stage.world.bend(null)
    await expectHome()
  })

  it('a reserve for routing that the grant does not reach for: nothing is paid, the quote is forgotten', async () => {
    const limitMsat = fromSat(40)
    await stage.world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat, maxPerRequestMsat: limitMsat } })
    stage.world.bend((url, go) => (url.endsWith('/v1/melt/quote/bolt11') ? go().then(async (answer) => Response.json({ ...JSON.parse(await answer.text()), fee_reserve: 60 })) : null))
    expect(await settled(chat())).toBe('provider_unreachable')
    expect(await stage.world.database.withdrawals.count()).toBe(0)
    await expectNothingPaid()
    stage.world.bend(null)
    await expectHome()
  })

  it('a payment that fails gives the notes back, and costs the site nothing', async () => {
    stage.devnet.otherMint.quotes.failMelts = true
    expect(await settled(chat())).toBe('upstream_failed_after_payment')
    await until(async () => (await sessionState()).every((state) => state === 'cancelled'), 'given up')
    await expectNothingPaid()
    expect(await spentOf()).toBe(0)
    await expectHome()
  })

  it.each(['paid', 'failed'] as const)('a payment that hangs over a restart, then is %s', async (outcome) => {
    const { otherMint, providers } = stage.devnet
    providers.dear.fault('invoice-refused', 9)
    otherMint.quotes.holdMelts = true
    const asking = settled(chat())
    await until(async () => (await stage.world.database.withdrawals.where('state').equals('pending').count()) === 1, 'the payment hangs')
    await stage.restart()
    void asking
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
    const [payment] = await stage.world.database.withdrawals.toArray()
    otherMint.settleMelt(payment?.quoteId ?? '', outcome)
    await expectHome()
    expect(await sessionState()).toEqual([outcome === 'paid' ? 'closed' : 'cancelled'])
    expect((await spentOf()) ?? 0).toBe(outcome === 'paid' ? fromSat((await stage.world.database.withdrawals.toArray())[0]?.feeSat ?? 0) : 0)
  })

  it.each(['invoice-forgotten', 'invoice-lapsed'] as const)('%s: found by the invoice itself', async (fault) => {
    const { cheap } = stage.devnet.providers
    cheap.fault(fault, 99)
    cheap.fault('status', 99, { value: 404, path: /balance.info/ })
    await settled(chat())
    cheap.clearFaults('status')
    await until(async () => {
      await later(10_000)
      return (await sessionState()).includes('open')
    }, 'the account is there')
    cheap.clearFaults()
    await expectHome()
    expect(cheap.requests.some(({ path }) => path.endsWith('/lightning/recover'))).toBe(true)
  })

  it('credited late: a debt meanwhile, then the account', async () => {
    const { cheap } = stage.devnet.providers
    cheap.fault('invoice-uncredited', 999)
    await settled(chat())
    await later(130_000)
    await later(130_000)
    const [debt] = (await stage.world.screen.call('wallet.get', {})).sessions.filter(({ owing }) => owing)
    expect(debt?.session).toMatchObject({ state: 'prepared', debt: { kind: 'uncredited' } })
    const { differenceMsat, sessionsMsat } = await stage.world.ledger()
    expect([differenceMsat, sessionsMsat >= (debt?.leftMsat ?? 0)]).toEqual([0, true])
    cheap.clearFaults()
    await expectHome()
  })

  it('never credited: written off after more than a day, with the invoice as proof; asked for again on a press', async () => {
    const { cheap } = stage.devnet.providers
    cheap.fault('invoice-uncredited', 9_999)
    await settled(chat())
    await later(27 * 3_600_000)
    await until(async () => {
      await later(600_000)
      return (await sessions()).some(({ state }) => state === 'lost')
    }, 'written off')
    const lost = (await sessions()).find(({ state }) => state === 'lost')
    expect((await stage.world.ledger()).lostMsat).toBe(lost?.faceMsat)
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
    cheap.clearFaults()
    await stage.world.screen.call('sessions.retry', { id: lost?.id ?? '' })
    await expectHome()
  })
})

describe('a worker that dies', () => {
  // 0 the invoice, 1 its price at the mint, 2 the payment, 3 the status, 4 the request
  it.each([['after', 0], ['after', 1], ['before', 2], ['after', 2], ['after', 3], ['after', 4]] as const)('%s request %i: no sat is missing', async (when, request) => {
    await stage.world.screen.call('wallet.get', {})
    const before = stage.world.traffic.length
    stage.world.dieAt(request, when)
    void settled(chat())
    await stage.world.died
    expect(paths().slice(before)[request]).toMatch([/lightning.invoice$/, /melt.quote/, /melt.bolt11$/, /status$/, /chat/][request] ?? /never/)
    await stage.restart()
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
    await expectHome()
    const paid = await stage.world.database.withdrawals.where('state').equals('paid').count()
    expect(paid).toBe(request < 2 ? 0 : 1)
    expect(await sessionState()).toEqual(paid === 0 ? [] : ['closed'])
  })
})
