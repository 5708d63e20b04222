/** NIP-60 when relays are down, forget, replay and lie: no money is made or lost. */
import { generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secretOf, written } from './nip60.ts'
import { balanceOf, openFresh } from './restoring.ts'
import { until } from './stage.ts'
import { bring, elsewhereSat, expectConserved, openTwo, receive, settleSync, syncOf, tokensOn, type TwoBrowsers, useRelay } from './syncing.ts'

let two: TwoBrowsers
beforeEach(async () => {
  two = await openTwo()
})
afterEach(() => two.stop())

const mint = () => two.devnet.mint.url
const relay = () => two.devnet.relay

describe('relays', () => {
  it('down: each goes on with its own money, says so, and tells it when they are back', async () => {
    relay().down = true
    await receive(two, two.a(), 100)
    await two.a().screen.call('sync.now', {})
    expect(await syncOf(two.a())).toMatchObject({ problem: expect.stringContaining('No relay'), relays: [{ state: 'failed' }] })
    expect((await syncOf(two.a())).unsent).toBeGreaterThan(0)
    await expect(bring(two.b)).rejects.toMatchObject({ code: 'mint_unreachable' })
    await expect(two.b.screen.call('tokens.send', { mint: mint(), unit: 'sat', amount: 5, memo: null })).rejects.toMatchObject({ code: 'insufficient_balance' })
    relay().down = false
    await until(async () => {
      two.a().clock.skewMs += 60_000
      await two.a().app.wake()
      return (await syncOf(two.a())).unsent === 0
    }, 'it was told')
    await settleSync(two.b)
    expect(await elsewhereSat(two.b)).toBe(await balanceOf(two.a()))
    await expectConserved(two)
  })

  it('forgetful: what a relay has lost is said again, and is nobody’s loss meanwhile', async () => {
    const before = await balanceOf(two.a())
    relay().forget(7375)
    await settleSync(two.b)
    expect(await elsewhereSat(two.b)).toBe(before)
    relay().keepAgain(7375)
    await settleSync(two.a())
    expect(tokensOn(relay()).length).toBeGreaterThan(0)
    expect(await balanceOf(two.a())).toBe(before)
    const third = await openFresh()
    await useRelay(third, two.devnet)
    await third.screen.call('sync.enable', { nsec: two.nsec })
    expect(await elsewhereSat(third)).toBe(before)
    await third.kill()
  })

  it('replaying: events that were deleted long ago come back, and are worth nothing', async () => {
    const old = [...tokensOn(relay())]
    await bring(two.b)
    await settleSync(two.a(), two.b)
    for (const event of old) relay().inject(event)
    await settleSync(two.a(), two.b)
    expect(await elsewhereSat(two.b)).toBe(0)
    expect(await elsewhereSat(two.a())).toBe(await balanceOf(two.b))
    // one who has never seen them asks the mint
    const third = await openFresh()
    await useRelay(third, two.devnet)
    await third.screen.call('sync.enable', { nsec: two.nsec })
    expect(await elsewhereSat(third)).toBe(await balanceOf(two.b))
    await third.kill()
    await expectConserved(two)
  })

  it('showing only the past: who has never seen these events asks the mint, and finds nothing', async () => {
    const old = [...tokensOn(relay())]
    await bring(two.b)
    await two.a().kill()
    relay().clear()
    for (const event of old) relay().inject(event)
    const third = await openFresh()
    await useRelay(third, two.devnet)
    await third.screen.call('sync.enable', { nsec: two.nsec })
    // the second browser may have said in between what it really has
    expect([0, await balanceOf(two.b)]).toContain(await elsewhereSat(third))
    expect(
      await third.database.bundles
        .where('state')
        .equals('offered')
        .filter(({ id }) => old.some((event) => event.id === id))
        .count(),
    ).toBe(0)
    await third.kill()
    two.stage.world = await two.a().restart()
  })

  it('forgetting what another browser said as well: our own events are missing, so the mint is asked', async () => {
    for (const kind of [5, 7375, 7376]) relay().forget(kind)
    await bring(two.b)
    for (const kind of [5, 7375, 7376]) relay().keepAgain(kind)
    await two.a().screen.call('sync.now', {})
    expect(await balanceOf(two.a())).toBe(0)
    expect(await two.a().ledger()).toMatchObject({ differenceMsat: 0, lostMsat: 0 })
    await settleSync(two.b, two.a())
    expect(await elsewhereSat(two.a())).toBe(await balanceOf(two.b))
    await expectConserved(two)
  })

  it('never says that it has said everything: what it showed is learned, nothing is taken for deleted', async () => {
    relay().withoutEose = true
    const before = await balanceOf(two.a())
    await receive(two, two.b, 64)
    await two.a().screen.call('sync.now', {})
    expect(await balanceOf(two.a())).toBe(before)
    expect((await syncOf(two.a())).problem).toContain('No relay')
  })

  it('deletes on its own what nobody has deleted, with a deletion of somebody else: nothing happens', async () => {
    const before = await balanceOf(two.a())
    const stranger = generateSecretKey()
    const forged = written(two.nsec, 5, '', [...tokensOn(relay()).map(({ id }) => ['e', id]), ['k', '7375']], stranger)
    relay().inject(forged)
    relay().inject({ ...forged, pubkey: getPublicKey(secretOf(two.nsec)) })
    await settleSync(two.b, two.a())
    expect(await elsewhereSat(two.b)).toBe(before)
    expect(await balanceOf(two.a())).toBe(before)
  })
})
