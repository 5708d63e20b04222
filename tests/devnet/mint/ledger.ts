/**
 * What the mint remembers: spent and pending notes, signatures by blinded message, running totals. Every change is
 * synchronous between check and commit, so two requests can never both spend one note.
 */
import { hashToCurve } from '@cashu/cashu-ts'
import { areConditionsMet, type Transaction } from './conditions.ts'
import { inputFeeSat, isSignatureValid, type Keysets, signingKeyset, signOutput } from './keysets.ts'
import { type Input, MintError, type Output, type Signature } from './wire.ts'

export type NoteState = 'UNSPENT' | 'PENDING' | 'SPENT'

/** Sums in the unit asked for (the names are those of unit sat). Always: `outstanding = minted − melted − fees = issued − redeemed`. */
export interface MintTotals {
  mintedSat: number
  meltedSat: number
  feesSat: number
  issuedSat: number
  redeemedSat: number
}

export interface Ledger {
  readonly keysets: Keysets
  totalsOf(unit: string): MintTotals
  /** real mints differ: Nutshell answers 11001 where an outputs-first mint says 11003 (cashu.md §3.3) */
  checkOrder: 'outputs-first' | 'inputs-first'
  stateOf(y: string): { state: NoteState; witness: string | null }
  signatureOf(blinded: string): Signature | undefined
  spentCount(): number
  checkOutputs(outputs: readonly Output[]): void
  /** 11007, 11002, 11001, 10001, spending conditions, in this order (cashu.md §9.1) */
  checkInputs(transaction: Transaction): void
  /** 11009 for notes of several units, 11010 for notes of another unit than this one */
  checkUnit(notes: readonly { id: string }[], unit: string): void
  /** 12001, 12002 */
  checkSignable(outputs: readonly Output[]): void
  /** on active keysets only */
  sign(outputs: readonly Output[]): Signature[]
  /** NUT-08: blanks taken when their keyset was active are signed with these amounts, even if it has been retired since */
  signChange(blanks: readonly Output[], amounts: readonly number[]): Signature[]
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
  const totals = new Map<string, MintTotals>()

  function totalsOf(unit: string): MintTotals {
    const known = totals.get(unit) ?? { mintedSat: 0, meltedSat: 0, feesSat: 0, issuedSat: 0, redeemedSat: 0 }
    totals.set(unit, known)
    return known
  }

  /** Units of the keysets that this mint knows; an unknown one is refused elsewhere, by its own code. */
  function unitsOf(notes: readonly { id: string }[]): string[] {
    return [...new Set(notes.flatMap(({ id }) => keysets.get(id)?.unit ?? []))]
  }

  function checkUnit(notes: readonly { id: string }[], unit: string): void {
    const units = unitsOf(notes)
    if (units.length > 1) throw new MintError(11009, `Inputs or outputs of several units: ${units.join(', ')}`)
    if (units[0] !== undefined && units[0] !== unit) throw new MintError(11010, `Inputs and outputs are not of the same unit: ${units[0]}, ${unit}`)
  }

  const unitOfKeyset = (id: string): string => keysets.get(id)?.unit ?? 'sat'

  const ledger: Ledger = {
    keysets,
    totalsOf,
    checkUnit,
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
    checkInputs(transaction) {
      const { inputs } = transaction
      const ys = inputs.map((input) => yOf(input.secret))
      if (new Set(ys).size !== ys.length) throw new MintError(11007, 'Duplicate inputs provided')
      if (ys.some((y) => pending.has(y))) throw new MintError(11002, 'Proofs are pending')
      if (ys.some((y) => spent.has(y))) throw new MintError(11001, 'Token already spent')
      if (!inputs.every((input) => isSignatureValid(keysets, input))) throw new MintError(10001, 'Proof could not be verified')
      if (!areConditionsMet(transaction)) throw new MintError(0, 'Witness is missing or does not satisfy the spending conditions')
    },
    checkSignable(outputs) {
      for (const output of outputs) signingKeyset(keysets, output)
    },
    sign(outputs) {
      ledger.checkSignable(outputs)
      return ledger.signChange(
        outputs,
        outputs.map(({ amount }) => amount),
      )
    },
    signChange(outputs, amounts) {
      const made = outputs.flatMap((output, index) => {
        const keyset = keysets.get(output.id)
        const amount = amounts[index]
        return keyset && amount !== undefined ? [signOutput(keyset, output, amount)] : []
      })
      for (const [index, signature] of made.entries()) {
        signatures.set(outputs[index]?.B_ ?? '', signature)
        totalsOf(unitOfKeyset(signature.id)).issuedSat += signature.amount
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
        totalsOf(unitOfKeyset(input.id)).redeemedSat += input.amount
        onNoteState(y, 'SPENT', input.witness ?? null)
      }
    },
    swap(inputs, outputs) {
      if (ledger.checkOrder === 'inputs-first') ledger.checkInputs({ inputs, outputs })
      ledger.checkOutputs(outputs)
      if (ledger.checkOrder === 'outputs-first') ledger.checkInputs({ inputs, outputs })
      const unit = unitsOf(inputs)[0] ?? 'sat'
      checkUnit(inputs, unit)
      checkUnit(outputs, unit)
      const fee = inputFeeSat(keysets, inputs)
      if (inputs.length === 0 || sumOf(inputs) - fee !== sumOf(outputs)) throw new MintError(11005, 'Transaction is not balanced')
      const made = ledger.sign(outputs)
      ledger.spend(inputs)
      totalsOf(unit).feesSat += fee
      return made
    },
  }
  return ledger
}
