/**
 * One account, mint × unit: swaps in two phases, states, token strings. Nothing here writes to the database but the cache
 * of keys and the counters; what an answer means for our money is decided in `swaps.ts`.
 */
import { Amount, getEncodedToken, OutputData, type Proof, type SerializedOutputData } from '@cashu/cashu-ts'
import { RoutstrError } from '../domain/errors.ts'
import { unitText } from '../domain/units.ts'
import { deriveKey } from './derived-keys.ts'
import { isLocked } from './locked-notes.ts'
import type { MintFacts } from '../domain/wallet.ts'
import { readMintFacts } from './mint-facts.ts'
import { reasonOf, settleAnswer, type SwapAnswer } from './mint-answer.ts'
import { type Account, mintProblem, type MintWallet, type MintWorld, openMintWallet } from './mint-wallet.ts'
import { type Note, sumAmounts } from './notes.ts'
import { verifyInboundDleqs } from './signatures.ts'

/** A swap as it will be sent, byte for byte, as plain data. */
export interface PackedSwap {
  readonly keysetId: string
  readonly inputs: readonly PackedInput[]
  readonly outputs: readonly SerializedOutputData[]
}

export interface PackedInput {
  readonly id: string
  readonly amount: string
  readonly secret: string
  readonly C: string
  /** Signature for a note that was locked to us (NUT-11), made before it is written down. */
  readonly witness?: string
}

export type NoteState = 'UNSPENT' | 'PENDING' | 'SPENT'

export interface MintConnection extends Account {
  /** For Lightning and restoring, which have files of their own. */
  readonly account: MintWallet
  facts(): MintFacts
  feePpk(keysetId: string): number
  /** Fee of redeeming these notes together, units. @throws RoutstrError `invalid_token` for a keyset the mint does not have. */
  fee(notes: readonly Pick<Note, 'keysetId'>[]): number
  /**
   * Phase one: counters reserved, outputs derived, nothing sent.
   * @param denominations of the outputs, units; their sum is that of the inputs less the fee
   */
  prepareSwap(inputs: readonly Note[], denominations: readonly number[]): Promise<PackedSwap>
  /** Phase two: the single POST, then the restore that finds out what a refusal hides. Safe to repeat. */
  runSwap(swap: PackedSwap): Promise<SwapAnswer>
  /** Tokens locked to this key are ours to redeem (NUT-11); the same at every mint. */
  readonly lockKey: string
  /** NUT-07, by secret. @throws RoutstrError `mint_unreachable` */
  states(notes: readonly Pick<Note, 'secret' | 'keysetId'>[]): Promise<ReadonlyMap<string, NoteState>>
  /** Whether a note that brings its proof along (NUT-12) was not signed by this mint. Offline; unproven notes are for the swap to judge. */
  hasForged(notes: readonly Note[]): Promise<boolean>
  encode(notes: readonly Note[], memo: string | null): string
  /** @throws RoutstrError `invalid_token` */
  decode(token: string): Promise<Note[]>
  /** Reads keys and fees again; needed after a rotation. */
  refresh(): Promise<void>
}

export async function connectMint(account: Account, world: MintWorld): Promise<MintConnection> {
  const opened = await openMintWallet(account, world)
  const { mint: url, unit, refresh, note } = opened

  const feePpk = (keysetId: string): number => opened.current().keyChain.getKeyset(keysetId).fee

  const fee = (notes: readonly Pick<Note, 'keysetId'>[]): number => {
    try {
      return Math.ceil(notes.reduce((sum, { keysetId }) => sum + feePpk(keysetId), 0) / 1000)
    } catch (cause) {
      throw new RoutstrError('invalid_token', `The token uses a keyset that ${url} does not have. It was not redeemed.`, { cause })
    }
  }

  async function states(notes: readonly Pick<Note, 'secret' | 'keysetId'>[]): Promise<ReadonlyMap<string, NoteState>> {
    try {
      const found = await opened.current().checkProofsStates(notes.map(({ secret, keysetId }) => ({ secret, id: keysetId })))
      return new Map(notes.map(({ secret }, index) => [secret, found[index]?.state ?? 'PENDING']))
    } catch (cause) {
      throw mintProblem(url, cause)
    }
  }

  return {
    account: opened,
    mint: url,
    unit,
    facts: () => readMintFacts(opened),
    lockKey: deriveKey(world.seed, 'p2pk', 0).publicKey,
    feePpk,
    fee,

    async prepareSwap(notes, denominations) {
      if (sumAmounts(notes) <= fee(notes)) {
        throw new RoutstrError(
          'invalid_token',
          `The mint's fee of ${unitText(fee(notes), unit)} eats all ${unitText(sumAmounts(notes), unit)} of this token, so it was not swapped.`,
        )
      }
      try {
        const preview = await opened
          .current()
          .prepareSwapToReceive(notes.map(proofOf), {}, { type: 'deterministic', counter: 0, denominations: [...denominations] })
        const outputs = (preview.keepOutputs ?? []).toSorted((a, b) => a.blindedMessage.amount.compareTo(b.blindedMessage.amount))
        // before it is written down: a second signing would differ, and a replay must not (`cashu.md` §2.6)
        const inputs = preview.inputs.some(({ secret }) => isLocked(secret))
          ? opened.current().signP2PKProofs(preview.inputs, deriveKey(world.seed, 'p2pk', 0).secretKey, outputs)
          : preview.inputs
        return { keysetId: preview.keysetId, inputs: inputs.map(packInput), outputs: outputs.map((output) => OutputData.serialize(output)) }
      } catch (cause) {
        // our own trouble (no room, a locked wallet) is none of the notes'
        if (cause instanceof RoutstrError) throw cause
        throw new RoutstrError('invalid_token', `The notes cannot be swapped at ${url}: ${reasonOf(cause)}. Nothing was sent.`, { cause })
      }
    },

    async runSwap(swap) {
      const outputs = swap.outputs.map((output) => OutputData.deserialize(output))
      try {
        await opened.current().keyChain.ensureKeysetKeys(swap.keysetId)
        const { signatures } = await opened.current().mint.swap({
          inputs: swap.inputs.map(unpackInput),
          outputs: outputs.map((output) => output.blindedMessage),
        })
        return { kind: 'notes', notes: await opened.notesFrom(outputs, signatures, swap.keysetId) }
      } catch (error) {
        return settleAnswer(error, {
          restore: () => opened.restore(outputs, swap.keysetId),
          wanted: outputs.length,
          inputs: async () => [...(await states(swap.inputs.map(({ id, secret }) => ({ keysetId: id, secret })))).values()],
          signs: async () => {
            await opened.refresh()
            return opened.current().keyChain.getKeyset(swap.keysetId).isActive
          },
        })
      }
    },

    states,

    async hasForged(notes) {
      const proven = notes.flatMap(({ keysetId, amount, secret, C, dleq }) => (dleq?.r === undefined ? [] : [{ keysetId, amount, secret, C, dleq }]))
      // one and the same to the end: a refresh meanwhile opens another, without the keys of keysets that no longer sign
      const { keyChain } = opened.current()
      const keyOf = ({ keysetId, amount }: { keysetId: string; amount: number }) => keyChain.getKeyset(keysetId).keys[amount]
      try {
        for (const id of new Set(proven.map(({ keysetId }) => keysetId))) await keyChain.ensureKeysetKeys(id)
      } catch (cause) {
        throw mintProblem(url, cause)
      }
      return (await verifyInboundDleqs(proven, keyOf)).includes(false)
    },

    encode: (notes, memo) => getEncodedToken({ mint: url, unit, proofs: notes.map(proofOf), ...(memo === null ? {} : { memo }) }, { removeDleq: true }),

    async decode(token) {
      const attempt = (): Note[] => {
        const notes = opened.current().decodeToken(token).proofs.map(note)
        // only short ids of version 2 are looked up while decoding; an unknown id of version 1 passes it
        const ids = opened.current().keyChain.getAllKeysetIds()
        if (notes.every(({ keysetId }) => ids.includes(keysetId))) return notes
        throw new Error('an unknown keyset')
      }
      try {
        return attempt()
      } catch {
        // refreshed below
      }
      await refresh()
      try {
        return attempt()
      } catch (cause) {
        throw new RoutstrError('invalid_token', `The token is damaged or uses a keyset that ${url} does not have. It was not redeemed.`, { cause })
      }
    },
    refresh,
  }
}

export function proofOf({ keysetId, amount, secret, C }: Pick<Note, 'keysetId' | 'amount' | 'secret' | 'C'>): Proof {
  return { id: keysetId, amount: Amount.from(amount), secret, C }
}

function packInput({ id, amount, secret, C, witness }: Proof): PackedInput {
  return {
    id,
    amount: amount.toString(),
    secret,
    C,
    ...(witness === undefined ? {} : { witness: typeof witness === 'string' ? witness : JSON.stringify(witness) }),
  }
}

export function unpackInput({ id, amount, secret, C, witness }: PackedInput): Proof {
  return { ...proofOf({ keysetId: id, amount: Number(amount), secret, C }), ...(witness === undefined ? {} : { witness }) }
}
