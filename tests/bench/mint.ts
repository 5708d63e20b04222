/** The other side of a receipt, with cashu-ts's own functions: it signs, and makes notes like those that arrive. */
import {
  Amount,
  createBlindSignature,
  createDLEQProof,
  createNewMintKeys,
  type HasKeysetKeys,
  OutputData,
  pointFromHex,
  type Proof,
  type SerializedBlindedSignature,
  serializeMintKeys,
} from '@cashu/cashu-ts'
import { bytesToHex } from '@noble/curves/utils.js'

export interface TestMint {
  readonly keys: HasKeysetKeys
  sign(output: OutputData): SerializedBlindedSignature
  /** What a wallet prepares: deterministic, no counter twice. */
  outputsFor(amounts: readonly number[]): OutputData[]
  /** Signed and unblinded: this was the sender's work. */
  notesOf(amounts: readonly number[]): (Proof & { readonly dleq: NonNullable<Proof['dleq']> })[]
}

/** Powers of two up to 2^31, an id of version 2. */
export function openMint(): TestMint {
  const { keysetId, pubKeys, privKeys } = createNewMintKeys(32, new Uint8Array(32).fill(7))
  const keys = { id: keysetId, keys: serializeMintKeys(pubKeys) }
  const seed = new Uint8Array(64).fill(3)
  let counter = 0

  const sign = (output: OutputData): SerializedBlindedSignature => {
    const amount = output.blindedMessage.amount.toString()
    const key = privKeys[amount] ?? new Uint8Array(32)
    const B_ = pointFromHex(output.blindedMessage.B_)
    const { e, s } = createDLEQProof(B_, key)
    const C_ = createBlindSignature(B_, key, keysetId).C_.toHex(true)
    return { id: keysetId, amount: Amount.from(amount), C_, dleq: { e: bytesToHex(e), s: bytesToHex(s) } }
  }
  const outputsFor = (amounts: readonly number[]): OutputData[] => {
    const total = amounts.reduce((sum, amount) => sum + amount, 0)
    const outputs = OutputData.createDeterministicData(total, seed, counter, keys, [...amounts])
    counter += outputs.length
    return outputs
  }
  return {
    keys,
    sign,
    outputsFor,
    notesOf: (amounts) =>
      outputsFor(amounts).map((output) => {
        const note = output.toProof(sign(output), keys)
        if (note.dleq === undefined) throw new Error('cashu-ts left the proof out')
        return { ...note, dleq: note.dleq }
      }),
  }
}
