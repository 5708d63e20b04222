/** Tokens that bring the mint's proof along (NUT-12): a wrong one is seen offline, nothing is sent, and the good token stays good. */
import { getEncodedToken, type Proof } from '@cashu/cashu-ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectMoneyConserved, openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => {
  await expectMoneyConserved(stage)
  await stage.stop()
})

type Change = (note: Proof) => Proof

const receive = (token: string) => stage.world.screen.call('tokens.receive', { token, trustMint: false })
const rowOf = async (token: string) => (await stage.world.screen.call('wallet.get', {})).incoming.find((row) => row.token === token)
const encode = (proofs: Proof[]): string => getEncodedToken({ mint: stage.devnet.mint.url, unit: 'sat', proofs })
/** The older form; the library leaves no proof without its blinding factor in the newer one. */
const encodeA = (proofs: Proof[]): string => {
  const plain = proofs.map(({ id, amount, secret, C, dleq: proof }) => ({ id, amount: amount.toNumber(), secret, C, dleq: proof }))
  return `cashuA${Buffer.from(JSON.stringify({ token: [{ mint: stage.devnet.mint.url, proofs: plain }], unit: 'sat' })).toString('base64url')}`
}
const swaps = (): number => stage.devnet.mint.calls.filter(({ path }) => path === '/v1/swap').length

/** The last bit of a number in hex. */
const flipped = (hex: string): string => hex.slice(0, -1) + (Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16)
const dleq = (note: Proof): NonNullable<Proof['dleq']> => {
  if (note.dleq === undefined) throw new Error('the faucet proves its notes')
  return note.dleq
}

const WRONG: readonly (readonly [string, Change])[] = [
  ['a bit of the challenge', (note) => ({ ...note, dleq: { ...dleq(note), e: flipped(dleq(note).e) } })],
  ['a bit of the response', (note) => ({ ...note, dleq: { ...dleq(note), s: flipped(dleq(note).s) } })],
  ['a bit of the blinding factor', (note) => ({ ...note, dleq: { ...dleq(note), r: flipped(dleq(note).r ?? '') } })],
  ['a bit of the signature', (note) => ({ ...note, C: pointBeside(note.C) })],
  ['a bit of the secret', (note) => ({ ...note, secret: flipped(note.secret) })],
  ['zeros for a proof', (note) => ({ ...note, dleq: { ...dleq(note), e: '00'.repeat(32), s: '00'.repeat(32) } })],
  ['twice the amount', (note) => ({ ...note, amount: note.amount.add(note.amount) })],
]

/** Another point of the curve: the same x, the other sign. */
const pointBeside = (hex: string): string => `${hex.startsWith('02') ? '03' : '02'}${hex.slice(2)}`

describe('a note whose proof is wrong', () => {
  it.each(WRONG)('%s: the whole token is refused before anything is sent, and says where it is', async (_, change) => {
    const good = await stage.devnet.faucet(48)
    const [first, ...others] = stage.devnet.mint.decode(good)
    if (first === undefined) throw new Error('an empty token')
    const bad = encode([change(first), ...others])
    const before = swaps()
    await expect(receive(bad)).rejects.toMatchObject({ code: 'invalid_token', message: expect.stringMatching(/not redeemed/) })
    await stage.world.app.wake()
    expect(swaps()).toBe(before)
    expect(await rowOf(bad)).toMatchObject({ state: 'refused', problem: expect.stringMatching(/forged or damaged/) })
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
    // nobody has lost anything: the token it was made from is as good as before
    await receive(good)
  })

  it('of another keyset of the mint', async () => {
    const old = stage.devnet.mint.keysetId
    const notes = stage.devnet.mint.decode(await stage.devnet.faucet(48))
    stage.devnet.mint.rotate()
    const moved = encode(notes.map((note) => ({ ...note, id: stage.devnet.mint.keysetId })))
    const before = swaps()
    await expect(receive(moved)).rejects.toMatchObject({ code: 'invalid_token' })
    expect(swaps()).toBe(before)
    expect(await rowOf(moved)).toMatchObject({ state: 'refused' })
    expect(notes[0]?.id).toBe(old)
    await receive(encode(notes))
  })

  it('of a keyset the mint does not have', async () => {
    const notes = stage.devnet.mint.decode(await stage.devnet.faucet(48))
    const strange = encode(notes.map((note) => ({ ...note, id: `00${'ab'.repeat(7)}` })))
    await expect(receive(strange)).rejects.toMatchObject({ code: 'invalid_token', message: expect.stringMatching(/keyset/) })
    expect(await rowOf(strange)).toMatchObject({ state: 'refused' })
    await receive(encode(notes))
  })

  it('among good tokens in one batch: those are received', async () => {
    const [bad = '', ...good] = await Promise.all([48, 21, 13].map((amount) => stage.devnet.faucet(amount)))
    const [first, ...others] = stage.devnet.mint.decode(bad)
    if (first === undefined) throw new Error('an empty token')
    const forged = encode([{ ...first, dleq: { ...dleq(first), e: flipped(dleq(first).e) } }, ...others])
    await stage.world.screen.call('mints.distrust', { url: stage.devnet.mint.url })
    for (const token of [good[0] ?? '', forged, good[1] ?? '']) await expect(receive(token)).rejects.toMatchObject({ code: 'unknown_mint' })
    await stage.world.screen.call('mints.add', { url: stage.devnet.mint.url })
    for (const token of good) expect(await rowOf(token)).toBeUndefined()
    expect(await rowOf(forged)).toMatchObject({ state: 'refused' })
    await receive(bad)
  })
})

describe('a note without its blinding factor proves nothing offline: the mint judges', () => {
  const withoutR: Change = (note) => ({ ...note, dleq: { e: dleq(note).e, s: dleq(note).s } })

  it('a good one is received', async () => {
    const { received } = await receive(encodeA(stage.devnet.mint.decode(await stage.devnet.faucet(48)).map(withoutR)))
    expect(received).toBe(47)
  })

  it.each([
    ['with a wrong proof that nobody can check', 'received', (note: Proof) => withoutR({ ...note, dleq: { ...dleq(note), e: flipped(dleq(note).e) } })],
    ['with a wrong signature', 'refused', (note: Proof) => withoutR({ ...note, C: pointBeside(note.C) })],
  ] as const)('one %s is %s', async (_, end, change) => {
    const token = encodeA(stage.devnet.mint.decode(await stage.devnet.faucet(48)).map(change))
    if (end === 'received') await receive(token)
    else await expect(receive(token)).rejects.toMatchObject({ code: 'invalid_token', message: expect.stringMatching(/refused this token for good/) })
    expect((await rowOf(token))?.state).toBe(end === 'refused' ? 'refused' : undefined)
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
  })
})
