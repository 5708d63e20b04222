/** Issue "the wallet", section Bad input: each gives an error that says where the money is, and nothing is lost. */
import { Amount, getEncodedToken, type Proof } from '@cashu/cashu-ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RoutstrError } from '../../src/domain/errors.ts'
import type { MintLie } from '../devnet/mint/lies.ts'
import { expectMoneyConserved, openStage, type Stage, until } from './stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.stop())

const receive = (token: string) => stage.world.screen.call('tokens.receive', { token, trustMint: false })
const balance = async (): Promise<number> => (await stage.world.screen.call('overview.get', { origin: null })).balanceMsat
const encode = (proofs: readonly Proof[], options: { unit?: string; memo?: string; mint?: string } = {}): string =>
  getEncodedToken({
    mint: options.mint ?? stage.devnet.mint.url,
    unit: options.unit ?? 'sat',
    proofs: [...proofs],
    ...(options.memo ? { memo: options.memo } : {}),
  })
const notes = async (amount = 100): Promise<Proof[]> => stage.devnet.mint.decode(await stage.devnet.faucet(amount))

/** What the error says; a token that is received after all is a failed test. */
async function refusal(token: string): Promise<RoutstrError> {
  const error: unknown = await receive(token).then(
    () => null,
    (problem: unknown) => problem,
  )
  if (!(error instanceof RoutstrError)) throw new Error(`no clear error: ${String(error)}`)
  expect(error.code).not.toBe('internal_error')
  expect(error.message).toMatch(/not (touched|received|swapped|redeemed)|nothing was|is kept|kept under|spent before|already|before; it is part/i)
  return error
}

describe('tokens that are no good', () => {
  it.each<[string, (token: string) => Promise<string> | string, string]>([
    ['cut in half', (token) => token.slice(0, token.length / 2), 'invalid_token'],
    ['with a letter changed', (token) => `${token.slice(0, 80)}${token[80] === 'A' ? 'B' : 'A'}${token.slice(81)}`, 'invalid_token'],
    ['of a keyset the mint does not have', async () => encode((await notes()).map((proof) => ({ ...proof, id: '01'.padEnd(66, 'f') }))), 'invalid_token'],
    ['in a unit the mint does not have', async () => encode(await notes(), { unit: 'eur' }), 'invalid_token'],
    [
      'of a negative amount',
      async () =>
        `cashuA${btoa(JSON.stringify({ token: [{ mint: stage.devnet.mint.url, proofs: [{ id: '009a1f293253e41e', amount: -8, secret: 'x', C: '02aa' }] }] }))}`,
      'invalid_token',
    ],
    [
      'of half a sat',
      async () =>
        `cashuA${btoa(JSON.stringify({ token: [{ mint: stage.devnet.mint.url, proofs: [{ id: '009a1f293253e41e', amount: 0.5, secret: 'x', C: '02aa' }] }] }))}`,
      'invalid_token',
    ],
    ['that claims more than there is', async () => encode((await notes()).map((proof) => ({ ...proof, amount: Amount.from(2n ** 62n) }))), 'invalid_token'],
    ['without notes', async () => encode([]), 'invalid_token'],
    ['whose mint is no address', async () => encode(await notes(), { mint: 'javascript:alert(1)' }), 'unknown_mint'],
    ['locked to somebody else', async () => stage.devnet.mint.mintToken(64, { lockTo: '02'.padEnd(66, '79') }), 'invalid_token'],
  ])('one %s', async (_, spoil, code) => {
    const before = await balance()
    const error = await refusal(await spoil(await stage.devnet.faucet(100)))
    expect(error.code).toBe(code)
    expect(await balance()).toBe(before)
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
  })

  it('one of five megabytes is refused unread', async () => {
    await expect(receive(`cashuB${'A'.repeat(5_000_000)}`)).rejects.toMatchObject({ code: 'invalid_request_error' })
  })

  it('one of which half is spent brings the other half, and says how much', async () => {
    const token = await stage.devnet.faucet(96)
    const [first] = stage.devnet.mint.decode(token)
    if (first === undefined) throw new Error('a token without notes')
    await stage.devnet.mint.swapAll(encode([first]))
    const before = await balance()
    const { receivedMsat } = await receive(token)
    expect(receivedMsat).toBeLessThan(96_000)
    expect(await balance()).toBe(before + receivedMsat)
    await expectMoneyConserved(stage)
  })

  it('one whose notes stand in it twice is worth them once', async () => {
    const proofs = await notes(40)
    const { receivedMsat } = await receive(encode([...proofs, ...proofs]))
    expect(receivedMsat).toBe(39_000)
    await expectMoneyConserved(stage)
  })

  it('markup in a memo is text', async () => {
    const memo = '<img src=x onerror=alert(1)>'
    const token = encode(await notes(16), { memo })
    expect(await stage.world.screen.call('tokens.inspect', { token })).toMatchObject({ memo })
    await receive(token)
    await expectMoneyConserved(stage)
  })
})

const lying = (lie: MintLie) => (): void => {
  stage.devnet.mint.lies[lie] = true
}

describe('a mint that lies', () => {
  it.each<[string, string, () => void]>([
    ['signs without proof', 'the mint did not prove a signature', lying('stripDleq')],
    ['proves something else', 'the mint’s proof of its signature is wrong', lying('badDleq')],
    ['mixes up its signatures', 'the mint’s proof of its signature is wrong', lying('swapSignatures')],
    ['signs other amounts', 'the mint signed something else than we asked', lying('wrongAmount')],
    ['leaves a signature out', 'the mint signed only 3 of 4 outputs', lying('missingSignature')],
    ['signs with another keyset', 'the mint signed something else than we asked', lying('wrongKeysetId')],
    ['answers without end', 'the mint sent more than an answer can be', () => stage.devnet.mint.endless(/swap|restore/, 2)],
    ['answers something that is no JSON', 'the mint sent something that is no JSON', () => stage.devnet.mint.garbage(/swap|restore/, 2)],
  ])('and %s: it says “%s”; the token is kept, and redeemed when it is honest again', async (_, why, lie) => {
    const before = await balance()
    const token = await stage.devnet.faucet(100)
    lie()
    expect((await refusal(token)).message).toContain(`The mint did not finish the swap (${why}). The token is kept`)
    expect(await balance()).toBe(before)
    stage.devnet.mint.clearFaults()
    await until(
      async () => {
        stage.world.clock.skewMs += 600_000
        await stage.world.app.wake()
        return (await stage.world.database.incoming.where('state').equals('redeemed').count()) === 2
      },
      'the token is redeemed',
      30_000,
    )
    expect(await balance()).toBe(before + 99_000)
    await expectMoneyConserved(stage)
  })

  it('and asks a fee of 10⁹ ppk gets nothing; the token says so and is kept', async () => {
    const token = await stage.devnet.faucet(100)
    stage.devnet.mint.rotate({ feePpk: 1_000_000_000 })
    const dear = await stage.devnet.faucet(100)
    const error = await refusal(dear)
    expect(error.message).toMatch(/fee/)
    // a token of before the rotation still costs what it cost
    expect(await receive(token)).toMatchObject({ receivedMsat: 99_000 })
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
  })

  it('and says no without a reason for minutes: the same request first, then, as nothing is spent, a new one', async () => {
    const token = await stage.devnet.faucet(100)
    const bodies: string[] = []
    // Nutshell answers so to what it finds unbalanced, and to an inactive keyset
    const vague = () => Promise.resolve(Response.json({ code: 11000, detail: 'no' }, { status: 400 }))
    stage.world.bend((url, _go, body) => (url.endsWith('/v1/swap') && bodies.push(body) < 9 ? vague() : null))
    await refusal(token)
    await until(
      async () => {
        stage.world.clock.skewMs += 600_000
        await stage.world.app.wake()
        return (await stage.world.database.incoming.where('state').equals('redeemed').count()) === 2
      },
      'the token is redeemed',
      30_000,
    )
    expect(new Set(bodies.slice(0, 7)).size).toBe(1)
    expect(new Set(bodies).size).toBe(2)
    await expectMoneyConserved(stage)
  })
})
