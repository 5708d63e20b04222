/**
 * What the mint remembers: spent and pending notes, signatures by blinded message, running totals. Every change is
 * synchronous between check and commit, so two requests can never both spend one note.
 */
import { Amount, hashToCurve, isP2PKSpendAuthorised } from '@cashu/cashu-ts'
import { inputFeeSat, isSignatureValid, type Keysets, signOutput } from './keysets.ts'
import { type Input, MintError, type Output, type Signature } from './wire.ts'

export type NoteState = 'UNSPENT' | 'PENDING' | 'SPENT'

/** Sums in sat. Always: `outstanding = minted − melted − fees = issued − redeemed`. */
export interface MintTotals {
  mintedSat: number
  meltedSat: number
  feesSat: number
  issuedSat: number
  redeemedSat: number
}

export interface Ledger {
  readonly keysets: Keysets
  readonly totals: MintTotals
  /** real mints differ: Nutshell answers 11001 where an outputs-first mint says 11003 (cashu.md §3.3) */
  checkOrder: 'outputs-first' | 'inputs-first'
  stateOf(y: string): { state: NoteState; witness: string | null }
  signatureOf(blinded: string): Signature | undefined
  spentCount(): number
  checkOutputs(outputs: readonly Output[]): void
  /** 11007, 11002, 11001, 10001, spending conditions, in this order (cashu.md §9.1) */
  checkInputs(inputs: readonly Input[]): void
  sign(outputs: readonly Output[], amounts?: readonly number[]): Signature[]
  setPending(inputs: readonly Input[], pending: boolean): void
  spend(inputs: readonly Input[]): void
  swap(inputs: readonly Input[], outputs: readonly Output[]): Signature[]
}

export const yOf = (secret: string): string => hashToCurve(new TextEncoder().encode(secret)).toHex(true)

const sumOf = (notes: readonly { amount: number }[]): number => notes.reduce((total, note) => total + note.amount, 0)

export function createLedger(keysets: Keysets, onNoteState: (y: string, state: NoteState, witness: string | null) => void): Ledger {
  const spent = new Map<string, string | null>()
  const pending = new Set<string>()
  const signatures = new Map<string, Signature>()
  const totals: MintTotals = { mintedSat: 0, meltedSat: 0, feesSat: 0, issuedSat: 0, redeemedSat: 0 }

  const ledger: Ledger = {
    keysets,
    totals,
    checkOrder: 'outputs-first',
    stateOf(y) {
      if (spent.has(y)) return { state: 'SPENT', witness: spent.get(y) ?? null }
      return { state: pending.has(y) ? 'PENDING' : 'UNSPENT', witness: null }
    },
    signatureOf: (blinded) => signatures.get(blinded),
    spentCount: () => spent.size,
    checkOutputs(outputs) {
      if (new Set(outputs.map((output) => output.B_)).size !== outputs.length) throw new MintError(11008, 'Duplicate outputs provided')
      if (outputs.some((output) => signatures.has(output.B_))) throw new MintError(11003, 'Blinded message of output already signed')
    },
    checkInputs(inputs) {
      const ys = inputs.map((input) => yOf(input.secret))
      if (new Set(ys).size !== ys.length) throw new MintError(11007, 'Duplicate inputs provided')
      if (ys.some((y) => pending.has(y))) throw new MintError(11002, 'Proofs are pending')
      if (ys.some((y) => spent.has(y))) throw new MintError(11001, 'Token already spent')
      if (!inputs.every((input) => isSignatureValid(keysets, input))) throw new MintError(10001, 'Proof could not be verified')
      if (!inputs.every(isSpendAllowed)) throw new MintError(0, 'Witness is missing or does not satisfy the spending conditions')
    },
    sign(outputs, amounts) {
      const made = outputs.map((output, index) => signOutput(keysets, output, amounts?.[index]))
      for (const [index, signature] of made.entries()) {
        signatures.set(outputs[index]?.B_ ?? '', signature)
        totals.issuedSat += signature.amount
      }
      return made
    },
    setPending(inputs, isPending) {
      for (const y of inputs.map((input) => yOf(input.secret))) {
        if (isPending) pending.add(y)
        else pending.delete(y)
        if (!spent.has(y)) onNoteState(y, isPending ? 'PENDING' : 'UNSPENT', null)
      }
    },
    spend(inputs) {
      for (const input of inputs) {
        const y = yOf(input.secret)
        pending.delete(y)
        spent.set(y, input.witness ?? null)
        totals.redeemedSat += input.amount
        onNoteState(y, 'SPENT', input.witness ?? null)
      }
    },
    swap(inputs, outputs) {
      if (ledger.checkOrder === 'inputs-first') ledger.checkInputs(inputs)
      ledger.checkOutputs(outputs)
      if (ledger.checkOrder === 'outputs-first') ledger.checkInputs(inputs)
      const fee = inputFeeSat(keysets, inputs)
      if (inputs.length === 0 || sumOf(inputs) - fee !== sumOf(outputs)) throw new MintError(11005, 'Transaction is not balanced')
      const made = ledger.sign(outputs)
      ledger.spend(inputs)
      totals.feesSat += fee
      return made
    },
  }
  return ledger
}

/** NUT-10/11: a P2PK secret needs its signatures; every other secret is a bearer note. */
function isSpendAllowed(input: Input): boolean {
  if (!input.secret.startsWith('["P2PK"')) return true
  const { witness, amount, ...rest } = input
  try {
    return isP2PKSpendAuthorised({ ...rest, amount: Amount.from(amount), ...(witness === undefined ? {} : { witness }) })
  } catch {
    return false // malformed conditions
  }
}
