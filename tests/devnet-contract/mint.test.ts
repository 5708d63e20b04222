/** The development mint against a real cashu-ts wallet (cashu.md §9.1). */
import { Amount, getEncodedToken, MintOperationError, type Proof, Wallet } from '@cashu/cashu-ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMint, type DevnetMint } from '../devnet/mint/mint.ts'
import { soon } from './patience.ts'
import { must } from './recorded.ts'

let mint: DevnetMint
const seed = new Uint8Array(64).fill(7)
beforeEach(async () => {
  mint = await createMint({ inputFeePpk: 100 })
})
afterEach(() => mint.stop())

async function openWallet(options: ConstructorParameters<typeof Wallet>[1] = {}): Promise<Wallet> {
  const wallet = new Wallet(mint.url, { unit: 'sat', requireSigDleq: true, ...options })
  await wallet.loadMint()
  return wallet
}
const sum = (proofs: readonly Proof[]): number => proofs.reduce((total, proof) => total + proof.amount.toNumber(), 0)
const codeOf = async (step: Promise<unknown>): Promise<unknown> =>
  step.then(
    () => 'accepted',
    (error: unknown) => (error instanceof MintOperationError ? error.code : error),
  )

test('top-up by invoice: unpaid, paid by itself, minted, v2 keyset id', async () => {
  const wallet = await openWallet()
  const { autoPayMs } = mint.quotes
  mint.quotes.autoPayMs = 3_000
  expect(mint.keysetId).toMatch(/^01[0-9a-f]{64}$/)
  const quote = await wallet.createMintQuoteBolt11(100)
  mint.quotes.autoPayMs = autoPayMs
  expect(quote.state).toBe('UNPAID')
  expect(await codeOf(wallet.mintProofsBolt11(100, quote.quote))).toBe(20001)
  await expect.poll(async () => (await wallet.checkMintQuoteBolt11(quote.quote)).state, soon).toBe('PAID')
  expect(sum(await wallet.mintProofsBolt11(100, quote.quote))).toBe(100)
  expect(await codeOf(wallet.mintProofsBolt11(100, quote.quote))).toBe(20002)
  expect(mint.totals()).toMatchObject({ mintedSat: 100, issuedSat: 100, redeemedSat: 0 })
})

test('a faucet token has exactly its face value, valid proofs of signature, and costs its fee to receive', async () => {
  const wallet = await openWallet()
  const token = await mint.mintToken(1000)
  expect(sum(mint.decode(token))).toBe(1000)
  expect(sum(await wallet.receive(token, { requireDleq: true }))).toBe(999) // 6 notes at 100 ppk
  expect(await codeOf(wallet.receive(token))).toBe(11001)
  expect([mint.outstandingSat(), mint.totals().feesSat]).toEqual([999, 1])
  expect(mint.spentSecrets).toBe(6)
})

test('fees are rounded up once per swap over all inputs', async () => {
  const wallet = await openWallet()
  const token = await mint.mintToken(60, { denominations: [...Array.from({ length: 12 }, () => 1), 16, 16, 8, 8] })
  expect(sum(await wallet.receive(token))).toBe(58) // 16 notes
})

describe('refusals', () => {
  test('11003: an output that was signed before', async () => {
    const wallet = await openWallet({ bip39seed: seed })
    await wallet.receive(await mint.mintToken(64))
    const again = await openWallet({ bip39seed: seed })
    expect(await codeOf(again.receive(await mint.mintToken(64)))).toBe(11003)
  })

  test('a replayed swap is 11003, or 11001 at a mint that looks at inputs first', async () => {
    const wallet = await openWallet()
    const preview = await wallet.prepareSwapToReceive(await mint.mintToken(64))
    await wallet.completeSwap(preview)
    expect(await codeOf(wallet.completeSwap(preview))).toBe(11003)
    mint.checkOrder = 'inputs-first'
    expect(await codeOf(wallet.completeSwap(preview))).toBe(11001)
  })

  test('10001, 11005, 11007, 12001', async () => {
    const wallet = await openWallet()
    const note = must(mint.decode(await mint.mintToken(8))[0])
    const send = (inputs: Proof[], outputs: object[]): Promise<{ code: number }> =>
      fetch(`${mint.url}/v1/swap`, { method: 'POST', body: JSON.stringify({ inputs: inputs.map((input) => ({ ...input, amount: input.amount.toNumber() })), outputs }) }).then((response) => response.json())
    const preview = await wallet.prepareSwapToReceive([note])
    const outputs = (preview.keepOutputs ?? []).map(({ blindedMessage }) => ({ ...blindedMessage, amount: blindedMessage.amount.toNumber() }))
    expect((await send([{ ...note, secret: 'forged' }], outputs)).code).toBe(10001)
    expect((await send([{ ...note, amount: Amount.from(16) }], outputs)).code).toBe(10001)
    expect((await send([note, note], outputs)).code).toBe(11007)
    expect((await send([note], outputs.slice(1))).code).toBe(11005)
    expect((await send([note], outputs.map((output) => ({ ...output, id: '01ff' })))).code).toBe(12001)
    expect(mint.isSpent(note.secret)).toBe(false)
  })

  test('12002 after a rotation; old notes stay good, a new binding works', async () => {
    const wallet = await openWallet()
    const token = await mint.mintToken(64)
    const preview = await wallet.prepareSwapToReceive(token)
    mint.rotate({ feePpk: 500 })
    expect(await codeOf(wallet.completeSwap(preview))).toBe(12002)
    const fresh = await openWallet()
    for (const id of mint.keysetIds) await fresh.keyChain.ensureKeysetKeys(id) // the library loads keys of active keysets only
    expect(sum(await fresh.receive(token))).toBe(63)
    expect([mint.keysetIds.length, mint.feePpk]).toEqual([2, 500])
  })
})

test('checkstate and restore from the seed', async () => {
  const wallet = await openWallet({ bip39seed: seed })
  const proofs = await wallet.receive(await mint.mintToken(100))
  const states = await wallet.checkProofsStates(proofs)
  expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['UNSPENT']))
  const device = await openWallet({ bip39seed: seed })
  const restored = await device.batchRestore(20, 20)
  expect(new Set(restored.proofs.map(({ secret }) => secret))).toEqual(new Set(proofs.map(({ secret }) => secret)))
  expect(sum(await device.receive(restored.proofs, {}, { type: 'random' }))).toBe(98)
  expect((await wallet.groupProofsByState(proofs)).spent).toHaveLength(proofs.length)
})

describe('faults', () => {
  test('lost before: nothing happened; lost after: everything did', async () => {
    const wallet = await openWallet()
    const token = await mint.mintToken(64)
    const note = must(mint.decode(token)[0])
    const preview = await wallet.prepareSwapToReceive(token)
    mint.fault(/swap/, 'before')
    await expect(wallet.completeSwap(preview)).rejects.toThrow()
    expect(mint.isSpent(note.secret)).toBe(false)
    mint.fault(/swap/, 'after')
    await expect(wallet.completeSwap(preview)).rejects.toThrow()
    expect(mint.isSpent(note.secret)).toBe(true)
    const outputs = (preview.keepOutputs ?? []).map(({ blindedMessage }) => blindedMessage)
    expect((await wallet.mint.restore({ outputs })).signatures).toHaveLength(outputs.length)
  })

  test('a held swap lands late', async () => {
    const wallet = await openWallet()
    const token = await mint.mintToken(64)
    const hold = mint.hold(/swap/)
    const receiving = wallet.receive(token)
    await hold.waiting
    expect(mint.stateOf(must(mint.decode(token)[0]).secret)).toBe('UNSPENT')
    hold.release()
    expect(sum(await receiving)).toBe(63)
  })

  test('garbage, statuses, down', async () => {
    const wallet = await openWallet()
    mint.garbage(/keysets/)
    await expect(wallet.loadMint(true)).rejects.toThrow(/bad response/)
    mint.status(/keysets/, 429)
    await expect(wallet.loadMint(true)).rejects.toThrow()
    mint.down = true
    await expect(wallet.loadMint(true)).rejects.toThrow()
    mint.down = false
    await wallet.loadMint(true)
  })

  test.each(['stripDleq', 'swapSignatures', 'badDleq', 'wrongAmount', 'missingSignature'] as const)('the lie %s is caught by a strict wallet', async (lie) => {
    const wallet = await openWallet()
    mint.lies[lie] = true
    await expect(wallet.receive(await mint.mintToken(63))).rejects.toThrow()
  })
})

describe('melting', () => {
  test('pays an invoice of another mint and returns the unused reserve', async () => {
    const wallet = await openWallet()
    const proofs = await wallet.receive(await mint.mintToken(128))
    const target = await wallet.createMintQuoteBolt11(50)
    mint.quotes.autoPayMs = null
    const quote = await wallet.createMeltQuoteBolt11(target.request)
    expect([quote.amount.toNumber(), quote.fee_reserve.toNumber()]).toEqual([50, 1])
    const { change } = await wallet.completeMelt(await wallet.prepareMelt('bolt11', quote, proofs))
    expect(sum(change)).toBe(127 - 50 - 1) // the input fee of seven notes
    expect((await wallet.checkMintQuoteBolt11(target.quote)).state).toBe('PAID')
    expect(await codeOf(wallet.completeMelt(await wallet.prepareMelt('bolt11', quote, proofs)))).toBe(20006)
    expect(mint.totals().meltedSat).toBe(50)
    expect(mint.outstandingSat()).toBe(128 - 1 - 1 - 50)
  })

  test('pending until settled, failing releases', async () => {
    const wallet = await openWallet()
    const proofs = await wallet.receive(await mint.mintToken(128))
    mint.quotes.holdMelts = true
    const quote = await wallet.createMeltQuoteBolt11('lnbcrt100n1pdevnet')
    const preview = await wallet.prepareMelt('bolt11', quote, proofs)
    expect((await wallet.completeMelt(preview)).quote.state).toBe('PENDING')
    expect(await codeOf(wallet.completeMelt(preview))).toBe(20005)
    expect((await wallet.checkProofsStates(proofs))[0]?.state).toBe('PENDING')
    expect(await codeOf(wallet.receive(proofs))).toBe(11002)
    mint.settleMelt(quote.quote, 'failed')
    expect((await wallet.checkProofsStates(proofs))[0]?.state).toBe('UNSPENT')
  })
})

test('NUT-17: a quote and a note tell their states', async () => {
  const wallet = await openWallet()
  mint.quotes.autoPayMs = null
  const quote = await wallet.createMintQuoteBolt11(8)
  const paid = wallet.on.onceMintPaid(quote.quote, { timeoutMs: 3000 })
  setTimeout(() => mint.payQuote(quote.quote), 100)
  expect((await paid).state).toBe('PAID')
  const proofs = await wallet.mintProofsBolt11(8, quote.quote)
  const states: string[] = []
  const cancel = await wallet.on.proofStateUpdates(proofs, (state) => states.push(state.state), () => undefined)
  await expect.poll(() => states, soon).toContain('UNSPENT')
  await mint.swapAll(getEncodedToken({ mint: mint.url, unit: 'sat', proofs }))
  await expect.poll(() => states, soon).toContain('SPENT')
  cancel()
  wallet.mint.disconnectWebSocket()
})

/** the secret key 1: its public key is the generator of the curve, with an even y */
const privkey = '1'.padStart(64, '0')
const pubkey = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'

test('NUT-11: a locked note needs its signature', async () => {
  const wallet = await openWallet()
  const locked = await wallet.receive(await mint.mintToken(64), {}, { type: 'p2pk', options: { pubkey } })
  expect(await codeOf(wallet.receive(locked))).toBe(0)
  expect(sum(await wallet.receive(locked, { privkey }))).toBe(62)
})

test('NUT-20: a locked quote is minted by its key only', async () => {
  const wallet = await openWallet()
  const quote = await wallet.createLockedMintQuote(8, pubkey)
  mint.payQuote(quote.quote)
  expect(await codeOf(wallet.mintProofsBolt11(8, quote.quote))).toBe(20008)
  expect(sum(await wallet.mintProofsBolt11(8, quote, { privkey }))).toBe(8)
})

test('NUT-19: the same request gets the same answer when answers are cached', async () => {
  const cached = await createMint({ cachedSeconds: 60 })
  const wallet = new Wallet(cached.url, { unit: 'sat' })
  await wallet.loadMint()
  const preview = await wallet.prepareSwapToReceive(await cached.mintToken(64))
  const first = await wallet.completeSwap(preview)
  expect(await wallet.completeSwap(preview)).toEqual(first)
  await cached.stop()
})

test('the same seed gives the same keys, another seed others', async () => {
  const made = await Promise.all(['a', 'a', 'b'].map((text) => createMint({ name: 'M', seed: text })))
  const [one, same, other] = made.map(({ keysetId }) => keysetId)
  expect(one).toBe(same)
  expect(one).not.toBe(other)
  await Promise.all(made.map((each) => each.stop()))
})
