/** The connected wallet (NIP-47): connecting, paying a top-up, and everything a wallet can say or keep to itself. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { arrived, type NwcStage, openNwcStage } from './nwc-stage.ts'
import { expectMoneyConserved, until } from './stage.ts'

let stage: NwcStage

const code = (expected: string) => expect.objectContaining({ code: expected })
const create = (amountSat: number) => stage.world.screen.call('topups.create', { mint: stage.mint, amountSat })
const pay = (topUpId: string) => stage.world.screen.call('nwc.pay', { topUpId })

describe('connecting', () => {
  beforeEach(async () => {
    stage = await openNwcStage({ connected: false })
  })
  afterEach(() => stage.stop())

  it('asks the wallet, remembers it over a restart, and forgets it when told', async () => {
    expect(await stage.world.screen.call('nwc.get', {})).toBeNull()
    const connected = await stage.world.screen.call('nwc.connect', { uri: stage.devnet.walletService.uri })
    expect(connected).toMatchObject({ service: stage.devnet.walletService.pubkey, balanceMsat: 1_000_000_000, refill: null, problem: null })
    expect(JSON.stringify(connected)).not.toContain(stage.devnet.walletService.uri.slice(-64))
    expect(stage.devnet.walletService.requests).toEqual([{ method: 'get_balance', encryption: 'nip44_v2', behaviour: 'honest' }])

    const { screen } = await stage.restart()
    expect(await screen.call('nwc.get', {})).toMatchObject({ service: stage.devnet.walletService.pubkey })
    await until(async () => (await screen.call('nwc.get', {}))?.balanceMsat === 1_000_000_000, 'the balance is asked for again')
    await screen.call('nwc.disconnect', {})
    expect(await screen.call('nwc.get', {})).toBeNull()
    expect(await stage.world.database.values.get('nwc')).toBeUndefined()
  })

  it('speaks NIP-04 to a wallet that knows nothing newer', async () => {
    stage.devnet.walletService.advertise([])
    await until(async () => {
      await stage.world.screen.call('nwc.connect', { uri: stage.devnet.walletService.uri })
      return stage.devnet.walletService.requests.at(-1)?.encryption === 'nip04'
    }, 'the old encryption is used')
    const { id } = await create(300)
    expect(await pay(id)).toEqual({ outcome: 'paid' })
    await arrived(stage, id)
  })

  it('what a dollar is worth comes from the lists of the providers', async () => {
    // the devnet counts 0.001 USD for a sat
    await until(async () => (await stage.world.screen.call('rate.get', {})).msatPerUsd !== null, 'a list was read')
    expect((await stage.world.screen.call('rate.get', {})).msatPerUsd).toBeCloseTo(1_000_000, -2)
    expect((await (await stage.restart()).screen.call('rate.get', {})).msatPerUsd).toBeCloseTo(1_000_000, -2)
  })

  it.each([
    ['not a connection', 'invalid_request_error'],
    ['nostr+walletconnect://abc?relay=wss://relay.example.com&secret=00', 'invalid_request_error'],
    [`nostr+walletconnect://${'ab'.repeat(32)}?secret=${'cd'.repeat(32)}`, 'invalid_request_error'],
    [`nostr+walletconnect://${'ab'.repeat(32)}?relay=wss://relay.example.com`, 'invalid_request_error'],
    [`nostr+walletconnect://${'ab'.repeat(32)}?relay=ws://relay.example.com&secret=${'cd'.repeat(32)}`, 'unsafe_address'],
    [`nostr+walletconnect://${'ab'.repeat(32)}?relay=wss://10.0.0.1&secret=${'cd'.repeat(32)}`, 'unsafe_address'],
  ])('refuses %s', async (uri, expected) => {
    const failed = stage.world.screen.call('nwc.connect', { uri })
    await expect(failed).rejects.toEqual(code(expected))
    await expect(failed).rejects.not.toThrow('cdcdcd')
    expect(await stage.world.screen.call('nwc.get', {})).toBeNull()
  })

  it('says why when the secret is not known there, when no relay answers, and without the developer switch', async () => {
    const { uri } = stage.devnet.walletService
    const stranger = stage.world.screen.call('nwc.connect', { uri: uri.replace(/secret=.*/, `secret=${'12'.repeat(32)}`) })
    await expect(stranger).rejects.toThrow(/does not know this connection/)
    const nobody = stage.world.screen.call('nwc.connect', { uri: uri.replace(/relay=[^&]*/, 'relay=ws://127.0.0.1:9') })
    await expect(nobody).rejects.toEqual(code('connected_wallet_failed'))
    await stage.world.screen.call('settings.set', { developer: false, relays: [] })
    await expect(stage.world.screen.call('nwc.connect', { uri })).rejects.toEqual(code('unsafe_address'))
  })
})

describe('paying a top-up', () => {
  beforeEach(async () => {
    stage = await openNwcStage()
  })
  afterEach(() => stage.stop())

  it('one press: paid, minted, in the books', async () => {
    const { id } = await create(2_100)
    expect(await pay(id)).toEqual({ outcome: 'paid' })
    await arrived(stage, id)
    expect(stage.devnet.walletService.balanceMsat).toBe(1_000_000_000 - 2_100_000)
    expect(await pay(id)).toEqual({ outcome: 'paid' })
    expect(stage.asked()).toBe(1)
    expect((await expectMoneyConserved(stage)).receivedMsat).toBe((2_000 + 2_100) * 1000)
  })

  it('an answer twice, and a forged one before it, change nothing', async () => {
    const { id } = await create(500)
    stage.devnet.walletService.behave('answerTwice')
    expect(await pay(id)).toEqual({ outcome: 'paid' })
    await arrived(stage, id)
    const other = await create(600)
    stage.devnet.walletService.behave('forged')
    expect(await pay(other.id)).toEqual({ outcome: 'paid' })
    await arrived(stage, other.id)
    expect(stage.devnet.walletService.balanceMsat).toBe(1_000_000_000 - 1_100_000)
  })

  it.each([
    ['INSUFFICIENT_BALANCE', /not enough money/],
    ['QUOTA_EXCEEDED', /limit for this connection/],
    ['RATE_LIMITED', /too often/],
  ] as const)('%s is told, and the wallet is not asked again at once', async (how, words) => {
    const { id } = await create(700)
    stage.devnet.walletService.behave(how)
    await expect(pay(id)).rejects.toThrow(words)
    expect((await stage.payments()).map(({ state }) => state)).toEqual(['refused'])
    await expect(pay(id)).rejects.toThrow(/again in a minute/)
    expect(stage.asked()).toBe(1)
    // the request has expired, the mint says unpaid: now it may be asked
    stage.world.clock.skewMs += 61_000
    expect(await pay(id)).toEqual({ outcome: 'paid' })
    await arrived(stage, id)
    expect(stage.asked()).toBe(2)
  })

  it('a failed payment is told and stays in doubt until the wallet itself says that it did not pay', async () => {
    const { id } = await create(700)
    stage.devnet.walletService.behave('PAYMENT_FAILED')
    await expect(pay(id)).rejects.toEqual(code('connected_wallet_failed'))
    expect((await stage.payments())[0]).toMatchObject({ state: 'asked', topUpId: id })
    await stage.alarm(61_000)
    expect((await stage.payments())[0]).toMatchObject({ state: 'refused' })
  })

  it('paid, but the answer is lost: asked once, and the money arrives because the mint says so', async () => {
    const { id } = await create(800)
    stage.devnet.walletService.behave('loseAnswer')
    const pressed = pay(id)
    await until(() => stage.asked() === 1, 'the wallet was asked')
    expect(await pay(id)).toEqual({ outcome: 'paid' })
    await arrived(stage, id)
    await stage.alarm()
    expect(stage.asked()).toBe(1)
    expect(stage.devnet.walletService.balanceMsat).toBe(1_000_000_000 - 800_000)
    expect(await pressed).toEqual({ outcome: 'paid' })
  })

  it('the worker dies while the wallet pays: the next one asks nobody twice', async () => {
    const { id } = await create(900)
    stage.devnet.walletService.behave('loseAnswer')
    void pay(id).catch(() => undefined)
    await until(() => stage.asked() === 1, 'the wallet was asked')
    await stage.restart()
    expect((await stage.payments())[0]).toMatchObject({ topUpId: id, requestId: expect.stringMatching(/^[0-9a-f]{64}$/) })
    await arrived(stage, id)
    await stage.alarm()
    expect((await stage.payments())[0]).toMatchObject({ state: 'paid' })
    expect(stage.asked()).toBe(1)
    await expectMoneyConserved(stage)
  })

  it('silence: nothing is asked again before the request has expired and the mint has said unpaid', async () => {
    const { id } = await create(1_000)
    stage.devnet.walletService.behave('silent')
    void pay(id).catch(() => undefined)
    await until(() => stage.asked() === 1, 'the wallet was asked')
    await stage.restart()
    expect(await pay(id)).toEqual({ outcome: 'asked' })
    expect(stage.asked()).toBe(1)
    stage.world.clock.skewMs += 61_000
    // the mint can not be asked: it might be paid
    stage.world.bend((url) => (url.includes('/mint/quote/') ? Promise.reject(new TypeError('offline')) : null))
    await expect(pay(id)).rejects.toEqual(code('mint_unreachable'))
    expect(stage.asked()).toBe(1)
    stage.world.bend(null)
    expect(await pay(id)).toEqual({ outcome: 'paid' })
    expect(stage.asked()).toBe(2)
    await arrived(stage, id)
    expect(stage.devnet.walletService.balanceMsat).toBe(1_000_000_000 - 1_000_000)
  })

  it('an answer nobody can read is no answer', async () => {
    const { id } = await create(400)
    stage.devnet.walletService.behave('garbage')
    // the mint tells; where that takes long, nobody waits for it
    expect(['paid', 'asked']).toContain((await pay(id)).outcome)
    await arrived(stage, id)
    await until(async () => (await stage.payments())[0]?.state === 'paid', 'it is known as paid')
  })

  it('a relay that is away: the request never left, and that is known', async () => {
    const { id } = await create(400)
    await stage.devnet.relay.stop()
    await expect(pay(id)).rejects.toThrow(/no relay/)
    expect((await stage.payments())[0]).toMatchObject({ state: 'refused' })
  })

  it('no wallet, no such top-up, an expired invoice', async () => {
    await expect(pay('nothing')).rejects.toEqual(code('not_found'))
    await stage.world.screen.call('nwc.disconnect', {})
    const { id } = await create(400)
    await expect(pay(id)).rejects.toEqual(code('connected_wallet_failed'))
    await stage.world.screen.call('nwc.connect', { uri: stage.devnet.walletService.uri })
    await stage.alarm(2 * 3_600_000)
    await expect(pay(id)).rejects.toEqual(code('invoice_expired'))
    expect(stage.asked()).toBe(0)
  })
})
