/** Planned misbehaviour of the mint, per path and count; locked notes; lies of the restore. */
import { HttpResponseError, MintOperationError, type Proof, RateLimitError, setGlobalRequestOptions, Wallet } from '@cashu/cashu-ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMint, type DevnetMint } from '../devnet/mint/mint.ts'
import { soon } from './patience.ts'
import { must } from './recorded.ts'

let mint: DevnetMint
let wallet: Wallet
beforeEach(async () => {
  mint = await createMint()
  wallet = new Wallet(mint.url, { requireSigDleq: true })
  await wallet.loadMint()
})
afterEach(() => mint.stop())

const sum = (proofs: readonly Proof[]): number => proofs.reduce((total, proof) => total + proof.amount.toNumber(), 0)
const errorOf = async (step: Promise<unknown>): Promise<unknown> =>
  step.then(
    () => 'accepted',
    (error: unknown) => (error instanceof MintOperationError ? error.code : error),
  )
const spend = async (): Promise<{ preview: Awaited<ReturnType<Wallet['prepareSwapToReceive']>>; isSpent: () => boolean }> => {
  const preview = await wallet.prepareSwapToReceive(await mint.mintToken(64))
  return { preview, isSpent: () => mint.isSpent(must(preview.inputs[0]).secret) }
}

describe('faults', () => {
  test.each([false, true])('status and garbage, committed: %s', async (committed) => {
    for (const plan of [() => mint.status(/swap/, 503, 1, { committed }), () => mint.garbage(/swap/, 1, { committed })]) {
      plan()
      const { preview, isSpent } = await spend()
      expect(await errorOf(wallet.completeSwap(preview))).toBeInstanceOf(HttpResponseError)
      expect(isSpent()).toBe(committed)
    }
  })

  test('429 says when to come back', async () => {
    mint.status(/swap/, 429, 1, { retryAfterSeconds: 7 })
    const { preview } = await spend()
    const error = await errorOf(wallet.completeSwap(preview))
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error).toMatchObject({ retryAfterMs: 7000 })
    expect(sum((await wallet.completeSwap(preview)).keep)).toBe(63)
  })

  test('a slow answer: done at once, told too late', async () => {
    mint.slow(/swap/, 60_000)
    const { preview, isSpent } = await spend()
    setGlobalRequestOptions({ requestTimeout: 200 })
    expect(await errorOf(wallet.completeSwap(preview))).toMatchObject({ message: expect.stringMatching(/timed out/) })
    setGlobalRequestOptions({})
    await expect.poll(isSpent, soon).toBe(true)
  })

  test('an endless answer: done, and more than four megabytes come', async () => {
    mint.endless(/checkstate/)
    const response = await fetch(`${mint.url}/v1/checkstate`, { method: 'POST', body: '{"Ys":[]}' })
    const reader = must(response.body ?? undefined).getReader()
    let size = 0
    while (size <= 5 * 1024 * 1024) size += must((await reader.read()).value).length
    await reader.cancel()
    mint.endless(/swap/)
    const { preview, isSpent } = await spend()
    await expect(wallet.completeSwap(preview)).rejects.toThrow()
    expect(isSpent()).toBe(true)
  })

  test('a rotation just before handling: 12002, the notes stay good', async () => {
    mint.rotateBefore(/swap/, { feePpk: 1_000_000_000 })
    const { preview, isSpent } = await spend()
    expect(await errorOf(wallet.completeSwap(preview))).toBe(12002)
    expect([isSpent(), mint.feePpk]).toEqual([false, 1_000_000_000])
    const fresh = new Wallet(mint.url)
    await fresh.loadMint()
    await expect(fresh.prepareSwapToReceive(await mint.mintToken(64))).rejects.toMatchObject({ name: 'AmountError' })
  })

  test('a plan is used up by its count, by its path only, and cleared with the lies', async () => {
    mint.status(/keysets/, 500, 2)
    mint.lies.restoreNothing = true
    const status = async (path: string): Promise<number> => (await fetch(`${mint.url}${path}`)).status
    expect([await status('/v1/info'), await status('/v1/keysets'), await status('/v1/keysets'), await status('/v1/keysets')]).toEqual([200, 500, 500, 200])
    mint.status(/keysets/, 500, Number.POSITIVE_INFINITY)
    mint.clearFaults()
    expect([await status('/v1/keysets'), mint.lies]).toEqual([200, {}])
  })
})

describe('lies', () => {
  test('the keyset of a signature', async () => {
    mint.lies.wrongKeysetId = true
    const { preview } = await spend()
    await expect(wallet.completeSwap(preview)).rejects.toThrow()
  })

  test.each([
    ['restoreNothing', 0],
    ['restorePartial', 3],
  ] as const)('%s', async (lie, count) => {
    const preview = await wallet.prepareSwapToReceive(await mint.mintToken(64)) // 63 = six notes
    await wallet.completeSwap(preview)
    mint.lies[lie] = true
    const outputs = (preview.keepOutputs ?? []).map(({ blindedMessage }) => blindedMessage)
    expect((await wallet.mint.restore({ outputs })).signatures).toHaveLength(count)
  })
})

describe('locked notes (NUT-11)', () => {
  /** the secret key 1: its public key is the generator of the curve */
  const privkey = '1'.padStart(64, '0')
  const pubkey = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'
  const otherKey = '2'.padStart(64, '0')

  test('a token locked to a key: only its signature swaps it', async () => {
    const token = await mint.mintToken(64, { lockTo: pubkey })
    expect(await errorOf(wallet.receive(token))).toBe(0)
    const forged = mint.decode(token).map((note) => ({ ...note, witness: JSON.stringify({ signatures: ['00'.repeat(64)] }) }))
    expect(await errorOf(wallet.receive(forged))).toBe(0)
    expect(await errorOf(wallet.receive(token, { privkey: otherKey }))).not.toBe('accepted')
    expect(sum(await wallet.receive(token, { privkey }))).toBe(63)
  })

  test('a melt asks for the same', async () => {
    const quote = await wallet.createMeltQuoteBolt11('lnbcrt100n1pdevnet')
    const preview = await wallet.prepareMelt('bolt11', quote, mint.decode(await mint.mintToken(64, { lockTo: pubkey })))
    expect(await errorOf(wallet.completeMelt(preview))).toBe(0)
    expect((await wallet.completeMelt(preview, privkey)).quote.state).toBe('PAID')
  })

  test('SIG_ALL signs the whole transaction', async () => {
    const options = { pubkey, sigFlag: 'SIG_ALL' as const }
    const locked = await wallet.receive(await mint.mintToken(64), {}, { type: 'p2pk', options })
    const good = await wallet.prepareSwapToReceive(locked)
    expect(await errorOf(wallet.completeSwap({ ...good }))).toBe(0)
    expect(sum((await wallet.completeSwap(good, privkey)).keep)).toBe(62)
  })

  test('conditions that cannot be read are met by nobody', async () => {
    const note = must(mint.decode(await mint.mintToken(64))[0])
    const body = { inputs: [{ ...note, amount: 64, secret: '["P2PK",{"nonce":"x"}]' }], outputs: [] }
    const answer = await fetch(`${mint.url}/v1/swap`, { method: 'POST', body: JSON.stringify(body) })
    expect(answer.status).toBe(400)
  })
})
