/** Money in and out at a straight mint: tokens of every shape, exact and with change, many at once, spent and half spent, in a unit we do not pay with. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, type Bench, expectMoneyConserved, feeOf, openActor, openBench } from './bench.ts'
import { FEE_PPK, MINTS, UNITS } from './mints.ts'

describe.each(MINTS)('$name', (kind) => {
  describe.skipIf(kind.start === null)('the wallet', () => {
    let bench: Bench
    let actor: Actor
    beforeAll(async () => {
      bench = await openBench(kind)
    })
    afterAll(() => bench.stop())
    beforeEach(async () => {
      actor = await openActor(bench)
    })
    afterEach(() => actor.world.kill())

    describe('adding the mint', () => {
      it('shows who it is before trust, and its balance after', async () => {
        expect(await actor.world.screen.call('mints.preview', { url: `${bench.proxy.url}/` })).toMatchObject({
          url: bench.proxy.url,
          inputFeePpk: FEE_PPK,
          trusted: true,
          units: expect.arrayContaining([...UNITS]),
        })
        const { mints } = await actor.world.screen.call('wallet.get', {})
        expect(mints).toMatchObject([{ mint: { url: bench.proxy.url }, readyMsat: 0, notes: 0 }])
      })

      it('keeps a token of a mint that is not trusted until the user decides', async () => {
        const stranger = await openActor(bench, false)
        const token = await bench.treasury.token(64)
        await expect(stranger.receive(token)).rejects.toMatchObject({ code: 'unknown_mint' })
        const { incoming } = await stranger.world.screen.call('wallet.get', {})
        expect(incoming).toMatchObject([{ state: 'waiting', amountMsat: 64_000 }])
        await stranger.world.screen.call('incoming.retry', { id: incoming[0]?.id ?? '', trustMint: true })
        await expectMoneyConserved(stranger, bench, 63)
        await stranger.world.kill()
      })
    })

    describe('receiving', () => {
      it.each([
        ['1 note', [512]],
        ['10 notes', Array.from({ length: 10 }, () => 64)],
        ['11 notes', Array.from({ length: 11 }, () => 64)],
        ['20 notes', Array.from({ length: 20 }, () => 8)],
        ['21 notes', Array.from({ length: 21 }, () => 8)],
        ['64 notes of 1 sat', Array.from({ length: 64 }, () => 1)],
      ])('%s: the mint takes 100 ppk of each, rounded up once', async (_, denominations) => {
        const amount = denominations.reduce((sum, note) => sum + note, 0)
        const token = await bench.treasury.token(amount, denominations)
        expect(await actor.world.screen.call('tokens.inspect', { token })).toMatchObject({
          notes: denominations.length,
          amountMsat: amount * 1000,
          unit: 'sat',
        })
        const fee = feeOf(denominations.length)
        expect(await actor.receive(token)).toMatchObject({ receivedMsat: (amount - fee) * 1000, feeMsat: fee * 1000 })
        await expectMoneyConserved(actor, bench, amount - fee)
      })

      it('a cashuA token, as old wallets write it', async () => {
        const notes = await bench.treasury.notes(100)
        const proofs = notes.map(({ id, amount, secret, C }) => ({ id, amount: amount.toNumber(), secret, C }))
        const text = JSON.stringify({ token: [{ mint: bench.proxy.url, proofs }], unit: 'sat', memo: 'from an old wallet' })
        await actor.receive(`cashuA${Buffer.from(text).toString('base64url')}`)
        await expectMoneyConserved(actor, bench, 99)
      })

      it('20 tokens at once: no counter collides, no note is lost', async () => {
        const tokens = await bench.treasury.tokens(20, 10)
        await Promise.all(tokens.map((token) => actor.receive(token)))
        await expectMoneyConserved(actor, bench, 20 * 9)
      })

      it('one token pasted three times at once counts once', async () => {
        const token = await bench.treasury.token(100)
        const results = await Promise.allSettled([actor.receive(token), actor.receive(token), actor.receive(token)])
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
        await expectMoneyConserved(actor, bench, 99)
      })

      it('a spent token says so', async () => {
        const token = await bench.treasury.token(100)
        await bench.treasury.claim(token)
        await expect(actor.receive(token)).rejects.toMatchObject({ code: 'token_already_spent' })
        await expectMoneyConserved(actor, bench, 0)
      })

      it('of a half-spent token the rest is received', async () => {
        const notes = await bench.treasury.notes(96, [64, 32])
        await bench.treasury.claimNotes(notes.filter(({ amount }) => amount.toNumber() === 64))
        expect(await actor.receive(bench.treasury.encode(notes))).toMatchObject({ receivedMsat: 31_000 })
        await expectMoneyConserved(actor, bench, 31)
      })

      it('a token that the fee eats is refused, and not touched', async () => {
        const token = await bench.treasury.token(1)
        bench.proxy.calls.length = 0
        await expect(actor.receive(token)).rejects.toMatchObject({ code: 'invalid_token' })
        expect(bench.proxy.calls.filter((call) => call === 'POST /v1/swap')).toEqual([])
        await expectMoneyConserved(actor, bench, 0)
      })

      it('forged notes are refused, and the good ones of another token are not harmed', async () => {
        const [good, forged] = [await bench.treasury.notes(64), await bench.treasury.notes(32)]
        const worthless = forged.map(({ dleq: _, ...note }) => ({ ...note, C: good[0]?.C ?? '' }))
        await expect(actor.receive(bench.treasury.encode(worthless))).rejects.toMatchObject({ code: 'invalid_token' })
        await actor.receive(bench.treasury.encode(good))
        await expectMoneyConserved(actor, bench, 63)
      })
    })

    describe('sending', () => {
      beforeEach(async () => {
        await actor.receive(await bench.treasury.token(1000))
      })

      it('with change, then exactly and offline; a second wallet redeems both, and the wallet sees it', async () => {
        const before = await actor.balanceSat()
        const first = await actor.send(77)
        bench.proxy.calls.length = 0
        const second = await actor.send(11)
        // the wallet may be asking beside it what became of the first
        expect(bench.proxy.calls.filter((call) => call !== 'POST /v1/checkstate')).toEqual([])
        for (const [{ token }, amount] of [
          [first, 77],
          [second, 11],
        ] as const) {
          const notes = await bench.treasury.decode(token)
          expect(notes.reduce((sum, note) => sum + note.amount.toNumber(), 0)).toBe(amount)
          expect(await bench.treasury.claim(token)).toBe(amount - feeOf(notes.length))
        }
        await actor.world.app.wake()
        const { sent } = await actor.world.screen.call('wallet.get', {})
        expect(sent.map(({ state }) => state)).toEqual(['claimed', 'claimed'])
        const after = await actor.balanceSat()
        // the ladder may have been swapped on the way
        expect(after).toBeGreaterThanOrEqual(before - 88 - 4)
        await expectMoneyConserved(actor, bench, after)
      })

      it('takes back what nobody claimed, says so when somebody did, and takes the rest of a half-claimed token', async () => {
        const first = await actor.send(100)
        const { receivedMsat } = await actor.world.screen.call('tokens.takeBack', { operationId: first.operationId })
        expect(receivedMsat).toBe((100 - feeOf((await bench.treasury.decode(first.token)).length)) * 1000)

        const second = await actor.send(50)
        await bench.treasury.claim(second.token)
        await expect(actor.world.screen.call('tokens.takeBack', { operationId: second.operationId })).rejects.toMatchObject({ code: 'token_already_spent' })

        const third = await actor.send(97)
        const notes = await bench.treasury.decode(third.token)
        expect(notes.length).toBeGreaterThan(1)
        const largest = notes.reduce((most, note) => (note.amount.toNumber() > most.amount.toNumber() ? note : most))
        await bench.treasury.claimNotes([largest])
        const rest = await actor.world.screen.call('tokens.takeBack', { operationId: third.operationId })
        expect(rest.receivedMsat).toBe((97 - largest.amount.toNumber() - feeOf(notes.length - 1)) * 1000)
        await expectMoneyConserved(actor, bench, await actor.balanceSat())
      })

      it('parallel sends never share a note: each can be redeemed', async () => {
        const sends = await Promise.all(Array.from({ length: 8 }, (_, index) => actor.send(10 + index)))
        for (const { token } of sends) expect(await bench.treasury.claim(token)).toBeGreaterThan(0)
        await expectMoneyConserved(actor, bench, await actor.balanceSat())
      })
    })
  })
})
