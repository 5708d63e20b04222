/** A mint's keys and its signatures, for tests that compare with cashu-ts. */
import {
  Amount,
  createBlindSignature,
  createDLEQProof,
  createNewMintKeys,
  OutputData,
  pointFromHex,
  type SerializedBlindedSignature,
  serializeMintKeys,
} from '@cashu/cashu-ts'
import { bytesToHex } from '@noble/curves/utils.js'
import type { BlindProof } from '../../../src/wallet/signatures.ts'

export const STEPS = 8
const pair = createNewMintKeys(STEPS, new Uint8Array(32).fill(7))
export const keys = { id: pair.keysetId, keys: serializeMintKeys(pair.pubKeys) }
const seed = new Uint8Array(64).fill(3)
let counter = 0

export const outputOf = (amount: number): OutputData => OutputData.createSingleDeterministicData(amount, seed, counter++, keys.id)
export const randomOutput = (amount: number): OutputData => OutputData.createSingleRandomData(amount, keys.id)

export function sign(output: OutputData, amount = output.blindedMessage.amount.toString()): Required<SerializedBlindedSignature> {
  const key = pair.privKeys[amount] ?? new Uint8Array(32)
  const B_ = pointFromHex(output.blindedMessage.B_)
  const { e, s } = createDLEQProof(B_, key)
  return {
    id: keys.id,
    amount: Amount.from(amount),
    C_: createBlindSignature(B_, key, keys.id).C_.toHex(true),
    dleq: { e: bytesToHex(e), s: bytesToHex(s) },
  }
}

export const keyOf = (amount: { toString(): string }): string => keys.keys[amount.toString()] ?? ''

export function blindProof(output: OutputData): BlindProof {
  const { C_, dleq, amount } = sign(output)
  return { B_: output.blindedMessage.B_, C_, A: keyOf(amount), e: dleq.e, s: dleq.s }
}
