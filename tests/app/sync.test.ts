/** NIP-60: one user, two browsers, the same money. The mint decides between them, relays decide nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { balanceOf } from './restoring.ts'
import { ask, until } from './stage.ts'
import { elsewhereSat, expectConserved, openTwo, settleSync, syncOf, type TwoBrowsers } from './syncing.ts'
import { PER_DAY } from './world.ts'

let two: TwoBrowsers
beforeEach(async () => {
  two = await openTwo()
})
afterEach(() => two.stop())

const mint = () => two.devnet.mint.url
const receive = async (amount: number) => two.a().screen.call('tokens.receive', { token: await two.devnet.faucet(amount), trustMint: false })

describe('two browsers with one key', () => {
  it('what one receives, the other one sees without being asked', async () => {
    const before = await balanceOf(two.a())
    expect(await elsewhereSat(two.b)).toBe(before)
    expect(await balanceOf(two.b)).toBe(0)
    await receive(300)
    await until(async () => (await elsewhereSat(two.b)) === (await balanceOf(two.a())), 'the second browser sees it')
    expect(await balanceOf(two.a())).toBeGreaterThan(before)
  })

  it('the other one pays a request with it: one swap at the mint, and only what is needed comes', async () => {
    const before = await balanceOf(two.a())
    two.b.answerWith(PER_DAY)
    await two.b.screen.call('providers.add', { url: two.devnet.providers.cheap.url })
    await two.b.screen.call('providers.refresh', {})
    const { choices } = await two.b.page().routstr.chat.completions.create(ask())
    expect(choices[0]?.message.content).toContain('blue')
    expect((await two.b.database.operations.toArray()).map(({ kind }) => kind).toSorted()).toEqual(['receive', 'send'])
    await settleSync(two.b, two.a())
    expect(await balanceOf(two.a())).toBeLessThan(before)
    expect(await two.a().ledger()).toMatchObject({ differenceMsat: 0, lostMsat: 0 })
    // what is at hand now is not asked for again
    two.b.traffic.length = 0
    await two.b.page().routstr.chat.completions.create(ask('And the grass?'))
    expect(two.b.traffic.filter((line) => line.startsWith(`POST ${mint()}`))).toEqual([])
    await two.b.screen.call('sessions.bringHome', {})
    await expectConserved(two)
  })

  it('a token for a person: what is missing comes from the other browser', async () => {
    const before = await balanceOf(two.a())
    const { token, amount } = await two.b.screen.call('tokens.send', { mint: mint(), unit: 'sat', amount: 21, memo: null })
    expect(amount).toBe(21)
    await settleSync(two.b, two.a())
    const fees = (await two.b.ledger()).mintFeesMsat / 1000
    expect((await balanceOf(two.a())) + (await balanceOf(two.b))).toBe(before - 21 - fees)
    expect(await elsewhereSat(two.b)).toBe(await balanceOf(two.a()))
    expect(await elsewhereSat(two.a())).toBe(await balanceOf(two.b))
    await expect(two.devnet.mint.swapAll(token)).resolves.toContain('cashu')
    await expectConserved(two)
  })

  it('bring here: everything comes, the first one keeps right books', async () => {
    const before = await balanceOf(two.a())
    const { broughtMsat } = await two.b.screen.call('sync.bringHere', { mint: null })
    expect(broughtMsat).toBe(before * 1000)
    await settleSync(two.a(), two.b)
    expect(await balanceOf(two.a())).toBe(0)
    expect(await elsewhereSat(two.b)).toBe(0)
    expect(await two.a().ledger()).toMatchObject({ differenceMsat: 0, sentMsat: before * 1000 })
    expect(await expectConserved(two)).toBe(before - (await two.b.ledger()).mintFeesMsat / 1000)
  })

  it('what was published is said in full secrecy, and the view says how it stands', async () => {
    await receive(100)
    await settleSync(two.a(), two.b)
    const said = JSON.stringify(two.devnet.relay.events().filter(({ kind }) => [5, 7375, 7376, 17375].includes(kind)))
    const notes = await two.a().database.purse.toArray()
    expect(notes.length).toBeGreaterThan(0)
    for (const { secret, C, id } of notes) for (const word of [secret, C, id]) expect(said).not.toContain(word)
    expect(said).not.toContain(mint())
    expect(said).not.toContain('nsec')
    expect(await syncOf(two.b)).toMatchObject({ on: true, unsent: 0, problem: null, relays: [{ state: 'connected' }] })
  })
})
