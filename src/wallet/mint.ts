/**
 * One mint, unit sat: keys, swaps in two phases, restore, states, token strings. Nothing here writes to the database but
 * the cache of keys and the counters; what an answer means for our money is decided in `swap.ts`.
 */
import {
  Amount,
  CTSError,
  getEncodedToken,
  Mint,
  OutputData,
  type Proof,
  type SerializedBlindedSignature,
  type SerializedOutputData,
  Wallet,
} from '@cashu/cashu-ts'
import { RoutstrError } from '../domain/errors.ts'
import { type CachedMint, mintCache } from './mint-cache.ts'
import { reasonOf, settleAnswer, type SwapAnswer } from './mint-answer.ts'
import { createMintRequest } from './mint-http.ts'
import { type Note, sumSat } from './notes.ts'
import type { WalletStore } from './store.ts'

/** A swap as it will be sent, byte for byte, as plain data. */
export interface PackedSwap {
  readonly keysetId: string
  readonly inputs: readonly PackedInput[]
  readonly outputs: readonly SerializedOutputData[]
}

interface PackedInput {
  readonly id: string
  readonly amount: string
  readonly secret: string
  readonly C: string
}

export type NoteState = 'UNSPENT' | 'PENDING' | 'SPENT'

export interface MintFacts {
  readonly name: string
  readonly description: string
  readonly motd: string
  readonly units: readonly string[]
  readonly inputFeePpk: number
}

export interface MintConnection {
  readonly url: string
  facts(): MintFacts
  feePpk(keysetId: string): number
  /** Fee of redeeming these notes together, sat. @throws RoutstrError `invalid_token` for a keyset the mint does not have. */
  feeSat(notes: readonly Pick<Note, 'keysetId'>[]): number
  /**
   * Phase one: counters reserved, outputs derived, nothing sent.
   * @param denominations of the outputs, sat; their sum is that of the inputs less the fee
   */
  prepareSwap(inputs: readonly Note[], denominations: readonly number[]): Promise<PackedSwap>
  /** Phase two: the single POST, then the restore that finds out what a refusal hides. Safe to repeat. */
  runSwap(swap: PackedSwap): Promise<SwapAnswer>
  /** NUT-07, by secret. @throws RoutstrError `mint_unreachable` */
  states(notes: readonly Pick<Note, 'secret' | 'keysetId'>[]): Promise<ReadonlyMap<string, NoteState>>
  encode(notes: readonly Note[], memo: string | null): string
  /** @throws RoutstrError `invalid_token` */
  decode(token: string): Promise<Note[]>
  /** Reads keys and fees again; needed after a rotation. */
  refresh(): Promise<void>
}

export async function connectMint(
  url: string,
  world: { readonly fetch: typeof globalThis.fetch; readonly store: WalletStore; readonly seed: Uint8Array },
): Promise<MintConnection> {
  const request = createMintRequest(world.fetch)
  const counterSource = {
    reserve: async (keysetId: string, count: number) => ({ start: await world.store.reserveCounters(keysetId, count), count }),
    advanceToAtLeast: (keysetId: string, next: number) => world.store.advanceCounter(keysetId, next),
  }
  const open = (): Wallet => new Wallet(new Mint(url, { customRequest: request }), { unit: 'sat', bip39seed: world.seed, counterSource, requireSigDleq: true })
  const cache = mintCache(world.store)
  let wallet = open()
  await load(await cache.read(url))

  async function load(cached: CachedMint | null): Promise<void> {
    if (cached === null) return refresh()
    wallet.loadMintFromCache(cached.info, cached.keys)
  }

  async function refresh(): Promise<void> {
    const fresh = open()
    try {
      const cached = await cache.read(url)
      if (cached !== null) fresh.loadMintFromCache(cached.info, cached.keys)
      await fresh.loadMint(true)
    } catch (cause) {
      throw mintProblem(url, cause)
    }
    requireSupport(fresh, url)
    fresh.bindKeyset(fresh.keyChain.getCheapestKeyset().id)
    wallet = fresh
    await cache.write(url, fresh)
  }

  const note = (proof: Proof): Note => ({
    secret: proof.secret,
    mint: url,
    keysetId: proof.id,
    amountSat: proof.amount.toNumber(),
    C: proof.C,
    dleq: proof.dleq === undefined ? null : { e: proof.dleq.e, s: proof.dleq.s, ...(proof.dleq.r === undefined ? {} : { r: proof.dleq.r }) },
    state: 'ready',
    operationId: null,
  })

  const feePpk = (keysetId: string): number => wallet.keyChain.getKeyset(keysetId).fee

  const feeSat = (notes: readonly Pick<Note, 'keysetId'>[]): number => {
    try {
      return Math.ceil(notes.reduce((sum, { keysetId }) => sum + feePpk(keysetId), 0) / 1000)
    } catch (cause) {
      throw new RoutstrError('invalid_token', `The token uses a keyset that ${url} does not have.`, { cause })
    }
  }

  /** Which of the outputs the mint has signed, whatever became of the answer (NUT-09). */
  async function restore(outputs: readonly OutputData[], keysetId: string): Promise<Note[]> {
    const found = await wallet.mint.restore({ outputs: outputs.map((output) => output.blindedMessage) })
    const signatures = new Map(found.outputs.map((output, index) => [output.B_, found.signatures[index]]))
    const keys = await wallet.keyChain.ensureKeysetKeys(keysetId)
    return outputs.flatMap((output) => {
      const signature = signatures.get(output.blindedMessage.B_)
      if (signature === undefined) return []
      if (signature.dleq === undefined) throw new CTSError('the mint restored a signature without proof')
      if (!isFor(signature, output)) throw new CTSError('the mint restored a signature for something else')
      return [note(output.toProof(signature, keys))]
    })
  }

  return {
    url,
    facts() {
      const info = wallet.getMintInfo().cache
      return {
        name: info.name || new URL(url).host,
        description: info.description ?? '',
        motd: info.motd ?? '',
        units: [...new Set(info.nuts['4'].methods.map((method) => method.unit))],
        inputFeePpk: wallet.keyChain.getCheapestKeyset().fee,
      }
    },
    feePpk,
    feeSat,

    async prepareSwap(inputs, denominations) {
      try {
        const preview = await wallet.prepareSwapToReceive(inputs.map(proofOf), {}, { type: 'deterministic', counter: 0, denominations: [...denominations] })
        return {
          keysetId: preview.keysetId,
          inputs: preview.inputs.map(({ id, amount, secret, C }) => ({ id, amount: amount.toString(), secret, C })),
          outputs: (preview.keepOutputs ?? [])
            .map((output) => OutputData.serialize(output))
            .sort((a, b) => Number(a.blindedMessage.amount) - Number(b.blindedMessage.amount)),
        }
      } catch (cause) {
        if (sumSat(inputs) <= feeSat(inputs)) {
          throw new RoutstrError(
            'invalid_token',
            `The mint's fee of ${feeSat(inputs)} sat eats all ${sumSat(inputs)} sat of this token, so it was not swapped.`,
            { cause },
          )
        }
        throw new RoutstrError('invalid_token', `The notes cannot be swapped at ${url}: ${reasonOf(cause)}. Nothing was sent.`, { cause })
      }
    },

    async runSwap(swap) {
      const outputs = swap.outputs.map((output) => OutputData.deserialize(output))
      try {
        await wallet.keyChain.ensureKeysetKeys(swap.keysetId)
        const { signatures } = await wallet.mint.swap({
          inputs: swap.inputs.map(({ id, amount, secret, C }) => proofOf({ keysetId: id, amountSat: Number(amount), secret, C })),
          outputs: outputs.map((output) => output.blindedMessage),
        })
        if (signatures.length !== outputs.length) throw new CTSError(`the mint signed ${signatures.length} of ${outputs.length} outputs`)
        const keys = await wallet.keyChain.ensureKeysetKeys(swap.keysetId)
        const notes = outputs.map((output, index) => {
          const signature = signatures[index]
          if (signature?.dleq === undefined) throw new CTSError('the mint did not prove a signature')
          if (!isFor(signature, output)) throw new CTSError('the mint signed something else than we asked')
          return note(output.toProof(signature, keys))
        })
        return { kind: 'notes', notes }
      } catch (error) {
        return settleAnswer(error, () => restore(outputs, swap.keysetId), outputs.length)
      }
    },

    async states(notes) {
      try {
        const states = await wallet.checkProofsStates(notes.map(({ secret, keysetId }) => ({ secret, id: keysetId })))
        return new Map(notes.map(({ secret }, index) => [secret, states[index]?.state ?? 'PENDING']))
      } catch (cause) {
        throw mintProblem(url, cause)
      }
    },

    encode: (notes, memo) => getEncodedToken({ mint: url, unit: 'sat', proofs: notes.map(proofOf), ...(memo === null ? {} : { memo }) }, { removeDleq: true }),

    async decode(token) {
      const attempt = (): Note[] => wallet.decodeToken(token).proofs.map(note)
      try {
        return attempt()
      } catch {
        await refresh()
      }
      try {
        return attempt()
      } catch (cause) {
        throw new RoutstrError('invalid_token', `The token is damaged or uses a keyset that ${url} does not have.`, { cause })
      }
    },
    refresh,
  }
}

/** The mint answers with keyset and amount of its own: they must be those we asked for. */
function isFor(signature: SerializedBlindedSignature, output: OutputData): boolean {
  return signature.id === output.blindedMessage.id && signature.amount.equals(output.blindedMessage.amount)
}

function requireSupport(wallet: Wallet, url: string): void {
  const nuts = wallet.getMintInfo().cache.nuts
  const missing = [nuts['7']?.supported ? '' : 'NUT-07', nuts['9']?.supported ? '' : 'NUT-09', nuts['12']?.supported ? '' : 'NUT-12'].filter(
    (name) => name !== '',
  )
  if (missing.length === 0) return
  throw new RoutstrError('mint_misbehaved', `${url} lacks ${missing.join(', ')}: lost answers could not be repaired there, so it is not used.`)
}

function proofOf({ keysetId, amountSat, secret, C }: Pick<Note, 'keysetId' | 'amountSat' | 'secret' | 'C'>): Proof {
  return { id: keysetId, amount: Amount.from(amountSat), secret, C }
}

function mintProblem(url: string, cause: unknown): RoutstrError {
  return new RoutstrError('mint_unreachable', `The mint ${url} could not be used: ${reasonOf(cause)}. No money was moved; try again later.`, { cause })
}
