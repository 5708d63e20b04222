/**
 * The library's wallet for one account, and what every use of it needs: cached keys, following a rotation, signatures
 * turned into notes, and the question which outputs the mint has signed. The other files of this room build on it.
 */
import { Mint, type OutputData, type Proof, type SerializedBlindedSignature, Wallet } from '@cashu/cashu-ts'
import { RoutstrError } from '../domain/errors.ts'
import { reasonOf, SignedOtherwise } from './mint-answer.ts'
import { type CachedMint, mintCache } from './mint-cache.ts'
import { createMintRequest } from './mint-http.ts'
import type { Note } from './notes.ts'
import { proofsFromSignatures } from './signatures.ts'
import type { WalletStore } from './store.ts'

/** An account: one mint, one unit. */
export interface Account {
  readonly mint: string
  readonly unit: string
}

export interface MintWorld {
  readonly fetch: typeof globalThis.fetch
  readonly store: WalletStore
  readonly seed: Uint8Array
}

export interface MintWallet extends Account {
  /** The library's wallet as it is now; `refresh` replaces it. */
  current(): Wallet
  /** Reads info, keysets, keys and fees again. @throws RoutstrError `mint_unreachable`, `mint_misbehaved` */
  refresh(): Promise<void>
  note(proof: Proof): Note
  /** The mint's answer → notes, each proven (NUT-12) and for what was asked. @throws CTSError: it may have committed all the same */
  notesFrom(outputs: readonly OutputData[], signatures: readonly SerializedBlindedSignature[], keysetId: string): Promise<Note[]>
  /** Which of the outputs the mint has signed, whatever became of the answer (NUT-09). */
  restore(outputs: readonly OutputData[], keysetId: string): Promise<Note[]>
}

export async function openMintWallet({ mint: url, unit }: Account, world: MintWorld): Promise<MintWallet> {
  const request = createMintRequest(world.fetch)
  const counterSource = {
    reserve: async (keysetId: string, count: number) => ({ start: await world.store.reserveCounters(keysetId, count).catch(notWritten), count }),
    advanceToAtLeast: (keysetId: string, next: number) => world.store.advanceCounter(keysetId, next),
  }
  const open = (): Wallet => new Wallet(new Mint(url, { customRequest: request }), { unit, bip39seed: world.seed, counterSource, requireSigDleq: true })
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
    if (unitsOf(fresh).includes(unit)) {
      try {
        fresh.bindKeyset(fresh.keyChain.getCheapestKeyset().id)
      } catch (cause) {
        throw new RoutstrError(
          'mint_misbehaved',
          `${url} publishes no usable keys for ${unit}: ${reasonOf(cause)}. Your notes there are safe; nothing can be made anew until it does.`,
          { cause },
        )
      }
    }
    wallet = fresh
    await cache.write(url, fresh)
  }

  const note = (proof: Proof): Note => ({
    secret: proof.secret,
    mint: url,
    unit,
    keysetId: proof.id,
    amount: proof.amount.toNumber(),
    C: proof.C,
    dleq: proof.dleq === undefined ? null : { e: proof.dleq.e, s: proof.dleq.s, ...(proof.dleq.r === undefined ? {} : { r: proof.dleq.r }) },
    state: 'ready',
    operationId: null,
  })

  async function notesFrom(outputs: readonly OutputData[], signatures: readonly SerializedBlindedSignature[], keysetId: string): Promise<Note[]> {
    const keys = await wallet.keyChain.ensureKeysetKeys(keysetId)
    const strange = outputs.some((output, index) => {
      const signature = signatures[index]
      return signature !== undefined && !isFor(signature, output)
    })
    if (strange) throw new SignedOtherwise()
    return (await proofsFromSignatures(outputs, signatures, keys)).map(note)
  }

  return {
    mint: url,
    unit,
    current: () => wallet,
    refresh,
    note,
    notesFrom,
    async restore(outputs, keysetId) {
      const found = await wallet.mint.restore({ outputs: outputs.map((output) => output.blindedMessage) })
      const signatures = new Map(found.outputs.map((output, index) => [output.B_, found.signatures[index]]))
      const signed = outputs.flatMap((output) => {
        const signature = signatures.get(output.blindedMessage.B_)
        return signature === undefined ? [] : [{ output, signature }]
      })
      return notesFrom(
        signed.map(({ output }) => output),
        signed.map(({ signature }) => signature),
        keysetId,
      )
    },
  }
}

/** Units the mint has active keysets in. */
export function unitsOf(wallet: Wallet): string[] {
  return [...new Set(wallet.keyChain.cache.keysets.filter(({ active }) => active).map(({ unit }) => unit))]
}

/** A full disk says nothing about the notes: they must not be refused for it. */
function notWritten(cause: unknown): never {
  if (cause instanceof RoutstrError) throw cause
  throw new RoutstrError(
    'internal_error',
    'The extension could not write to its storage, so nothing was sent to the mint. The notes are kept; it is tried again.',
    { cause },
  )
}

export function mintProblem(url: string, cause: unknown): RoutstrError {
  return new RoutstrError('mint_unreachable', `The mint ${url} could not be used: ${reasonOf(cause)}. No money was moved; try again later.`, { cause })
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
