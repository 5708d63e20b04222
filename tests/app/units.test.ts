/** Accounts in several units: msat pays where sat does not reach, any other unit is kept, shown and sent away, and never pays. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { getEncodedToken } from '@cashu/cashu-ts'
import type { AccountBalance } from '../../src/domain/wallet.ts'
import { expectGoodNotes } from './restoring.ts'
import { ask, openStage, type Stage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const receive = async (amount: number, unit: string, trustMint = false) =>
  stage.world.screen.call('tokens.receive', { token: await stage.devnet.mint.mintToken(amount, { unit }), trustMint })
const send = (amount: number, unit: string) => stage.world.screen.call('tokens.send', { mint: stage.devnet.mint.url, unit, amount, memo: null })
const takeBack = (operationId: string) => stage.world.screen.call('tokens.takeBack', { operationId })
const overview = () => stage.world.screen.call('overview.get', { origin: null })

async function account(unit: string): Promise<AccountBalance | undefined> {
  const { mints } = await stage.world.screen.call('wallet.get', {})
  return mints.find(({ mint }) => mint.url === stage.devnet.mint.url)?.accounts.find((one) => one.unit === unit)
}

async function sendAllSat(): Promise<void> {
  await send((await account('sat'))?.ready ?? 0, 'sat')
}

/** The books hold, every note of every unit is good, and each unit's fee stayed in that unit. */
async function expectConserved(): Promise<void> {
  await until(async () => {
    stage.world.clock.skewMs += 600_000
    await stage.world.app.wake()
    return (await stage.world.screen.call('sessions.bringHome', {})).open === 0
  }, 'everything is home')
  expect(await stage.world.ledger()).toMatchObject({ differenceMsat: 0, lostMsat: 0, sessionsMsat: 0 })
  expect(await stage.world.database.operations.where('state').equals('requested').count()).toBe(0)
  await expectGoodNotes(stage.world, stage.devnet)
}

describe.each([
  ['msat', 70_000],
  ['usd', 350],
])('tokens in %s', (unit, amount) => {
  it('are received, shown in an account of their own, and say what the mint took, in their unit', async () => {
    const before = await overview()
    const { received, fee, receivedMsat, ...rest } = await receive(amount, unit)
    expect(rest.unit).toBe(unit)
    expect(received + fee).toBe(amount)
    expect(fee).toBeGreaterThan(0)
    expect(receivedMsat).toBe(unit === 'msat' ? received : 0)
    expect(await account(unit)).toMatchObject({ unit, ready: received, pending: 0 })
    expect((await overview()).balanceMsat).toBe(before.balanceMsat + receivedMsat)
    await expectConserved()
  })

  it('are sent away exactly, and taken back', async () => {
    await receive(amount, unit)
    const before = (await account(unit))?.ready ?? 0
    const kept = await send(Math.floor(amount / 7), unit)
    expect(kept).toMatchObject({ unit, amount: Math.floor(amount / 7) })
    const given = await send(Math.floor(amount / 5), unit)
    expect(await stage.world.screen.call('tokens.inspect', { token: given.token })).toMatchObject({ unit, amount: Math.floor(amount / 5), mintTrusted: true })
    await stage.devnet.mint.swapAll(given.token)
    const back = await takeBack(kept.operationId)
    expect(back.unit).toBe(unit)
    expect(back.received + back.fee).toBe(kept.amount)
    await stage.world.app.wake()
    const { sent } = await stage.world.screen.call('wallet.get', {})
    expect(sent.map((token) => `${token.unit} ${token.state}`).sort()).toEqual([`${unit} claimed`, `${unit} taken back`])
    expect((await account(unit))?.ready).toBeLessThanOrEqual(before - given.amount - back.fee)
    await expectConserved()
  })

  it('survive a lost answer and a rotation of their keyset', async () => {
    stage.devnet.mint.fault(/swap/, 'after', 1)
    await receive(amount, unit).catch(() => undefined)
    await until(async () => {
      stage.world.clock.skewMs += 600_000
      await stage.world.app.wake()
      return ((await account(unit))?.ready ?? 0) > 0
    }, 'it is received')
    stage.devnet.mint.rotate({ unit })
    await receive(amount, unit)
    const held = (await account(unit))?.ready ?? 0
    expect(held).toBeGreaterThan(amount * 1.9)
    await send(Math.floor(held / 3), unit)
    await expectConserved()
  })

  it('more than there is can not be sent, and the message speaks of their unit', async () => {
    await receive(amount, unit)
    await expect(send(amount * 2, unit)).rejects.toMatchObject({ code: 'insufficient_balance', message: expect.stringContaining(unit) })
    await expectConserved()
  })
})

describe('what pays for requests', () => {
  it('msat, when there is no sat: the change comes home and nothing is missing', async () => {
    await sendAllSat()
    await receive(900_000, 'msat')
    const held = (await account('msat'))?.ready ?? 0
    await stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 200 })
    const [session] = await stage.world.database.sessions.toArray()
    const funding = await stage.world.database.operations.get(session?.operationId ?? '')
    expect(funding).toMatchObject({ kind: 'send', unit: 'msat', purpose: 'session' })
    expect((await account('msat'))?.ready).toBeLessThan(held)
    await expectConserved()
  })

  it('sat first, when both reach', async () => {
    await receive(900_000, 'msat')
    await stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 200 })
    expect((await stage.world.database.operations.where('kind').equals('send').toArray()).map(({ unit }) => unit)).toEqual(['sat'])
    await expectConserved()
  })

  it('never another unit: with usd alone a request is refused for want of money', async () => {
    await sendAllSat()
    await receive(1_000_000, 'usd')
    const { balanceMsat, pendingMsat } = await overview()
    expect({ balanceMsat, pendingMsat }).toEqual({ balanceMsat: 0, pendingMsat: 0 })
    const held = await account('usd')
    await expect(stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 200 })).rejects.toMatchObject({ code: 'insufficient_balance' })
    expect(await account('usd')).toEqual(held)
    expect(await stage.world.database.sessions.count()).toBe(0)
    await expectConserved()
  })

  it('a mint that is not trusted any more is no payer, and its money is sent away all the same', async () => {
    await receive(350, 'usd')
    await stage.world.screen.call('mints.distrust', { url: stage.devnet.mint.url })
    const { mints } = await stage.world.screen.call('wallet.get', {})
    expect(mints).toMatchObject([{ trusted: false, accounts: [{ unit: 'sat' }, { unit: 'usd' }] }])
    await expect(stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 200 })).rejects.toMatchObject({ code: expect.any(String) })
    expect(await stage.world.database.sessions.count()).toBe(0)
    await stage.devnet.mint.swapAll((await send(100, 'usd')).token)
    await stage.devnet.mint.swapAll((await send(100, 'sat')).token)
    await stage.world.screen.call('mints.add', { url: stage.devnet.mint.url })
    await expectConserved()
  })

  it('notes of usd that call themselves sat are worth nothing here, and nothing is sent', async () => {
    const proofs = stage.devnet.mint.decode(await stage.devnet.mint.mintToken(5_000, { unit: 'usd' }))
    const before = await overview()
    const token = getEncodedToken({ mint: stage.devnet.mint.url, unit: 'sat', proofs })
    await expect(stage.world.screen.call('tokens.receive', { token, trustMint: false })).rejects.toMatchObject({ code: 'invalid_token' })
    expect(await overview()).toMatchObject({ balanceMsat: before.balanceMsat, pendingMsat: 0 })
    expect((await stage.world.screen.call('wallet.get', {})).incoming).toMatchObject([{ state: 'refused' }])
    await expectConserved()
  })

  it('a unit the mint does not have is refused, and the token is kept', async () => {
    const { incoming: before } = await stage.world.screen.call('wallet.get', {})
    const token = getEncodedToken({ mint: stage.devnet.mint.url, unit: 'eur', proofs: stage.devnet.mint.decode(await stage.devnet.faucet(64)) })
    await expect(stage.world.screen.call('tokens.receive', { token, trustMint: false })).rejects.toMatchObject({ code: 'invalid_token' })
    const { incoming } = await stage.world.screen.call('wallet.get', {})
    expect(incoming.length).toBe(before.length + 1)
    await expectConserved()
  })
})
