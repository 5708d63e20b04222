/** Keysets (NUT-01, NUT-02): creation with v2 ids, rotation, blind signatures with DLEQ (NUT-12), verification. */
import { createBlindSignature, createDLEQProof, createNewMintKeys, pointFromHex, serializeMintKeys, verifyUnblindedSignature } from '@cashu/cashu-ts'
import { createHash } from 'node:crypto'
import { type Input, MintError, type Output, type Signature } from './wire.ts'

export interface Keyset {
  readonly id: string
  readonly unit: string
  readonly feePpk: number
  readonly publicKeys: Record<string, string>
  readonly privateKeys: Record<string, Uint8Array>
  active: boolean
}

export interface KeysetOptions {
  feePpk: number
  unit: string
  /** 1 = v2 id (`01…`), 0 = v1 id (`00…`) */
  versionByte?: number
  /** same seed, same keys: notes survive a restart of the development network */
  seed?: string
}

/** Powers of two from 1 to 2^31. */
const DENOMINATIONS = 32

export function createKeyset(options: KeysetOptions): Keyset {
  const seed = options.seed === undefined ? undefined : new Uint8Array(createHash('sha512').update(options.seed).digest())
  const pair = createNewMintKeys(DENOMINATIONS, seed, {
    input_fee_ppk: options.feePpk,
    unit: options.unit,
    versionByte: options.versionByte ?? 1,
  })
  return {
    id: pair.keysetId,
    unit: options.unit,
    feePpk: options.feePpk,
    publicKeys: serializeMintKeys(pair.pubKeys),
    privateKeys: pair.privKeys,
    active: true,
  }
}

export type Keysets = Map<string, Keyset>

function privateKeyOf(keyset: Keyset, amount: number): Uint8Array {
  const key = keyset.privateKeys[String(amount)]
  if (!key) throw new MintError(11006, `no key for amount ${amount}`)
  return key
}

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The keyset that this output may be signed with. @throws MintError 12001, 12002 */
export function signingKeyset(keysets: Keysets, output: Pick<Output, 'id'>): Keyset {
  const keyset = keysets.get(output.id)
  if (!keyset) throw new MintError(12001, 'Keyset is not known')
  if (!keyset.active) throw new MintError(12002, 'Keyset is inactive, cannot sign messages')
  return keyset
}

/** Signs one blinded message; whether its keyset may sign is the caller's question. */
export function signOutput(keyset: Keyset, output: Output, amount: number): Signature {
  const key = privateKeyOf(keyset, amount)
  const blinded = pointFromHex(output.B_)
  const proof = createDLEQProof(blinded, key)
  return {
    id: output.id,
    amount,
    C_: createBlindSignature(blinded, key, output.id).C_.toHex(true),
    dleq: { e: toHex(proof.e), s: toHex(proof.s) },
  }
}

export function isSignatureValid(keysets: Keysets, input: Input): boolean {
  const keyset = keysets.get(input.id)
  const key = keyset?.privateKeys[String(input.amount)]
  if (!key) return false
  try {
    const secret = new TextEncoder().encode(input.secret)
    return verifyUnblindedSignature({ C: pointFromHex(input.C), secret, id: input.id }, key)
  } catch {
    return false // not a point on the curve
  }
}

/** NUT-02: `ceil(Σ ppk / 1000)` over the inputs, each with the fee of its own keyset. */
export function inputFeeSat(keysets: Keysets, inputs: readonly Pick<Input, 'id'>[]): number {
  const sum = inputs.reduce((total, input) => total + (keysets.get(input.id)?.feePpk ?? 0), 0)
  return Math.ceil(sum / 1000)
}
