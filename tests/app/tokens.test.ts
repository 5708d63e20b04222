import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectMoneyConserved, openStage, type Stage, until } from './stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.stop())

const balance = async (): Promise<number> => (await stage.world.screen.call('overview.get', { origin: null })).balanceMsat / 1000
const receive = (token: string, trustMint = false) => stage.world.screen.call('tokens.receive', { token, trustMint })
const send = (amount: number) => stage.world.screen.call('tokens.send', { mint: stage.devnet.mint.url, unit: 'sat', amount, memo: 'for you' })

describe('receiving', () => {
  it('swaps a token of a trusted mint and says what the mint took', async () => {
    const before = await balance()
    const token = await stage.devnet.faucet(100)
    expect(await stage.world.screen.call('tokens.inspect', { token })).toMatchObject({ amountMsat: 100_000, unit: 'sat', mintTrusted: true })
    const { receivedMsat, feeMsat } = await receive(` cashu:${token}\n`)
    expect(receivedMsat + feeMsat).toBe(100_000)
    expect(await balance()).toBe(before + receivedMsat / 1000)
    await expectMoneyConserved(stage)
  })

  it('T32: keeps the token of an unknown mint until the user decides', async () => {
    const token = await stage.devnet.faucet(64, stage.devnet.otherMint)
    const before = await balance()
    await expect(receive(token)).rejects.toMatchObject({ code: 'unknown_mint' })
    expect(await balance()).toBe(before)
    const { incoming } = await stage.world.screen.call('wallet.get', {})
    expect(incoming).toMatchObject([{ state: 'waiting', amountMsat: 64_000 }])
    await stage.world.screen.call('incoming.retry', { id: incoming[0]?.id ?? '', trustMint: true })
    expect(await balance()).toBe(before + 63)
    await expectMoneyConserved(stage)
  })

  it('never counts a token twice, pasted twice or at once', async () => {
    const token = await stage.devnet.faucet(100)
    const results = await Promise.allSettled([receive(token), receive(token), receive(token)])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(receive(token)).rejects.toMatchObject({ code: 'token_already_spent' })
    await expectMoneyConserved(stage)
  })

  it('says so when somebody else has spent the token', async () => {
    const token = await stage.devnet.faucet(100)
    await stage.devnet.mint.swapAll(token)
    const before = await balance()
    await expect(receive(token)).rejects.toMatchObject({ code: 'token_already_spent' })
    expect(await balance()).toBe(before)
    await expectMoneyConserved(stage)
  })

  it('keeps the token while the mint is unreachable and redeems it by itself later', async () => {
    const token = await stage.devnet.faucet(100)
    const before = await balance()
    stage.devnet.mint.down = true
    await expect(receive(token)).rejects.toMatchObject({ code: 'mint_unreachable' })
    stage.devnet.mint.down = false
    await until(async () => {
      stage.world.clock.skewMs += 600_000
      await stage.world.app.wake()
      return (await balance()) === before + 99
    }, 'the token is redeemed')
    await expectMoneyConserved(stage)
  })

  it('T13: 20 tokens at once: no counter collides, no note is lost', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => stage.devnet.faucet(10)))
    const before = await balance()
    await Promise.all(tokens.map((token) => receive(token)))
    expect(await balance()).toBe(before + 20 * 9)
    await expectMoneyConserved(stage)
  })

  it.each([
    ['the request is lost', () => stage.devnet.mint.fault(/swap/, 'before', 1)],
    ['the answer is lost', () => stage.devnet.mint.fault(/swap/, 'after', 1)],
    ['the mint answers garbage', () => stage.devnet.mint.garbage(/swap/, 1)],
    ['the mint answers 500', () => stage.devnet.mint.status(/swap/, 500, 1)],
    ['the mint asks to wait', () => stage.devnet.mint.status(/swap/, 429, 1)],
    ['the keyset rotates between keys and swap', () => void stage.devnet.mint.rotate()],
    ['the fee rises with a new keyset', () => void stage.devnet.mint.rotate({ feePpk: 500 })],
  ])('nothing is lost when %s', async (_, fail) => {
    const token = await stage.devnet.faucet(100)
    fail()
    await receive(token).catch(() => undefined)
    await until(async () => {
      stage.world.clock.skewMs += 600_000
      await stage.world.app.wake()
      return (await stage.world.database.incoming.where('state').equals('redeemed').count()) === 2
    }, 'the token is redeemed')
    await expectMoneyConserved(stage)
  })

  it('a mint that signs without proof is not believed: the operation stays open and shown', async () => {
    const token = await stage.devnet.faucet(100)
    stage.devnet.mint.lies.stripDleq = true
    await expect(receive(token)).rejects.toMatchObject({ code: 'mint_unreachable' })
    expect(await stage.world.database.operations.where('state').equals('requested').count()).toBe(1)
    stage.devnet.mint.lies.stripDleq = false
    stage.world.clock.skewMs += 600_000
    await stage.world.app.wake()
    await expectMoneyConserved(stage)
  })
})

describe('sending', () => {
  it('hands out exactly the amount, offline when notes fit, and sees the claim', async () => {
    await send(77)
    // nobody asks the mint about it meanwhile
    await stage.world.app.wake()
    stage.devnet.mint.calls.length = 0
    const { token, amountMsat } = await send(11)
    expect(stage.devnet.mint.calls).toEqual([])
    expect(amountMsat).toBe(11_000)
    await stage.devnet.mint.swapAll(token)
    await stage.world.app.wake()
    const { sent } = await stage.world.screen.call('wallet.get', {})
    expect(sent.map(({ state }) => state).sort()).toEqual(['claimed', 'pending'])
    await expectMoneyConserved(stage)
  })

  it('takes a token back when nobody claimed it; says so when somebody did', async () => {
    const before = await balance()
    const first = await send(100)
    const { receivedMsat } = await stage.world.screen.call('tokens.takeBack', { operationId: first.operationId })
    expect(receivedMsat).toBeGreaterThan(98_000)
    const second = await send(50)
    await stage.devnet.mint.swapAll(second.token)
    await expect(stage.world.screen.call('tokens.takeBack', { operationId: second.operationId })).rejects.toMatchObject({ code: 'token_already_spent' })
    expect(await balance()).toBeLessThan(before - 49)
    await expectMoneyConserved(stage)
  })

  it('takes back after the answer of the mint was lost, and after a rotation', async () => {
    const first = await send(100)
    stage.devnet.mint.fault(/swap/, 'after', 1)
    await stage.world.screen.call('tokens.takeBack', { operationId: first.operationId }).catch(() => undefined)
    const second = await send(200)
    stage.devnet.mint.rotate()
    await stage.world.screen.call('tokens.takeBack', { operationId: second.operationId }).catch(() => undefined)
    await until(async () => {
      stage.world.clock.skewMs += 600_000
      await stage.world.app.wake()
      const { sent } = await stage.world.screen.call('wallet.get', {})
      for (const { operationId, state } of sent)
        if (state === 'pending') await stage.world.screen.call('tokens.takeBack', { operationId }).catch(() => undefined)
      return sent.every(({ state }) => state === 'taken back')
    }, 'both taken back')
    await expectMoneyConserved(stage)
  })

  it('T13: parallel sends never share a note', async () => {
    const sends = await Promise.all(Array.from({ length: 8 }, (_, index) => send(10 + index)))
    const all = sends.flatMap(({ token }) => stage.devnet.mint.decode(token).map(({ secret }) => secret))
    expect(new Set(all).size).toBe(all.length)
    for (const { token } of sends) await stage.devnet.mint.swapAll(token)
    await stage.world.app.wake()
    await expectMoneyConserved(stage)
  })

  it('refuses what the wallet does not hold, and moves nothing', async () => {
    await expect(send(1_000_000)).rejects.toMatchObject({ code: 'insufficient_balance' })
    await expectMoneyConserved(stage)
  })

  it('a mint with money is not removed', async () => {
    await expect(stage.world.screen.call('mints.remove', { url: stage.devnet.mint.url })).rejects.toMatchObject({ code: 'not_empty' })
  })
})

describe('bad input', () => {
  it.each([
    ['nothing like a token', 'hello', 'invalid_token'],
    ['a damaged token', 'cashuBo2F0gaJhaUgBp6NgH00C1GFwhKNhYRggYXN4', 'invalid_token'],
    ['an empty cashuA', 'cashuAeyJ0b2tlbiI6W119', 'invalid_token'],
    ['markup', '<img src=x onerror=alert(1)>', 'invalid_token'],
  ])('%s gives a clear error', async (_, token, code) => {
    await expect(receive(token)).rejects.toMatchObject({ code })
    await expect(stage.world.screen.call('tokens.inspect', { token })).rejects.toMatchObject({ code })
    await expectMoneyConserved(stage)
  })

  it.each([
    ['http://192.168.1.1:3338', 'unsafe_address'],
    ['https://10.0.0.1', 'unsafe_address'],
    ['ftp://mint.example.com', 'unsafe_address'],
    ['https://user:pass@mint.example.com', 'unsafe_address'],
    ['http://127.0.0.1:9', 'mint_unreachable'],
  ])('the mint %s is refused with %s', async (url, code) => {
    await expect(stage.world.screen.call('mints.preview', { url })).rejects.toMatchObject({ code })
    await expect(stage.world.screen.call('mints.add', { url })).rejects.toMatchObject({ code })
  })
})
