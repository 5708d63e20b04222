/** A note is one Cashu proof; how to choose some of them without asking the mint. Amounts are whole units of the account. */
import { type AtLeast, type Bucket, chooseAtLeastAmong, chooseExactAmong, type KeysetChoice, keysetsOf } from './denominations.ts'

export interface Note {
  /** Unique; also what the mint will remember once it is spent. */
  readonly secret: string
  readonly mint: string
  /** An account is mint × unit; see `domain/units.ts`. */
  readonly unit: string
  readonly keysetId: string
  readonly amount: number
  readonly C: string
  readonly dleq: { readonly e: string; readonly s: string; readonly r?: string } | null
  /** ready → swapping | sent; rows of spent notes are deleted when their value has arrived elsewhere. */
  readonly state: 'ready' | 'swapping' | 'sent'
  readonly operationId: string | null
}

export function sumAmounts(notes: readonly { readonly amount: number }[]): number {
  return notes.reduce((sum, note) => sum + note.amount, 0)
}

/** NUT-02: `ceil(Σ ppk / 1000)` units, once per transaction. */
export function inputFee(count: number, ppk: number): number {
  return Math.ceil((count * ppk) / 1000)
}

/**
 * Notes worth exactly `amount`, all of one keyset (a node refuses tokens of several, `routstr-node.md` §3.1), as few as
 * possible; or null.
 */
export function selectExact(notes: readonly Note[], amount: number): Note[] | null {
  return taken(notes, chooseExactAmong(keysetsOf(notes), amount))
}

/**
 * Notes of one keyset whose value after the redeemer's input fee is at least `need` and at most `cap`, with the least
 * overshoot; or null. For deposits, where the rest comes back.
 */
export function selectAtLeast(notes: readonly Note[], request: AtLeast): Note[] | null {
  return taken(notes, chooseAtLeastAmong(keysetsOf(notes), request))
}

function taken(notes: readonly Note[], chosen: KeysetChoice | null): Note[] | null {
  if (chosen === null) return null
  return chosen.choice.flatMap(({ amount, count }) => notes.filter((note) => note.keysetId === chosen.keysetId && note.amount === amount).slice(0, count))
}

/** The least face value whose notes (powers of two) are worth `value` after the redeemer's input fee. */
export function faceFor(value: number, ppk: number): number {
  let face = value
  while (face - inputFee(powersOfTwo(face).length, ppk) < value) face++
  return face
}

/** Steps of the ladder above its lowest, and how many notes of each step a wallet likes to hold. */
const LADDER_STEPS = 7
const LADDER_COPIES = 3
/** The lowest step per unit: a ladder of single msat would be made of notes that nobody pays with. */
const LOWEST_STEP: Readonly<Record<string, number>> = { msat: 1024 }

/**
 * Denominations for `total` of fresh notes: exactly `exact` first, then the steps 1, 2, 4 … 64 of which fewer than
 * three are at hand, then the rest in as few notes as possible. So payments find exact notes without asking the mint; on
 * small totals at most half goes into steps, because every note costs an input fee when it is spent; steps that are not
 * worth their own fee are left out.
 * @param account `have`: notes at hand; `ppk`: input fee of one note
 */
export function ladder(
  total: number,
  exact: number,
  account: { readonly unit?: string; readonly have: readonly { readonly amount: number; readonly count?: number }[]; readonly ppk?: number },
): number[] {
  const { unit = 'sat', have, ppk = 0 } = account
  const lowest = LOWEST_STEP[unit] ?? 1
  const amounts = powersOfTwo(exact)
  let rest = total - exact
  let forSteps = Math.floor(rest / 2)
  for (let copy = 1; copy <= LADDER_COPIES; copy++) {
    for (let step = lowest; step < lowest * 2 ** LADDER_STEPS && step <= forSteps; step *= 2) {
      if (step * 1000 <= ppk * 2 || copiesOf(step, have) >= copy) continue
      amounts.push(step)
      rest -= step
      forSteps -= step
    }
  }
  return [...amounts, ...powersOfTwo(rest)]
}

function copiesOf(step: number, have: readonly { readonly amount: number; readonly count?: number }[]): number {
  return have.reduce((copies, { amount, count = 1 }) => copies + (amount === step ? count : 0), 0)
}

/** With so many steps gone the ladder is worth the fee of a swap. */
const STEPS_GONE = 3

/**
 * The note to exchange for a new ladder, or null while the old one does: at least three steps have no note left, and a note
 * is large enough to fill them. The smallest such note: large ones are good for large payments.
 */
export function noteForLadder<N extends Bucket>(notes: readonly N[], account: { readonly unit: string; readonly ppk: number }): N | null {
  const lowest = LOWEST_STEP[account.unit] ?? 1
  const steps = Array.from({ length: LADDER_STEPS }, (_, index) => lowest * 2 ** index).filter((step) => step * 1000 > account.ppk * 2)
  const gone = steps.filter((step) => copiesOf(step, notes) === 0)
  if (gone.length < STEPS_GONE) return null
  const least = lowest * 2 ** (LADDER_STEPS + 1)
  return notes.filter(({ amount }) => amount >= least).reduce<N | null>((found, note) => (found === null || note.amount < found.amount ? note : found), null)
}

function powersOfTwo(value: number): number[] {
  const amounts: number[] = []
  for (let bit = 1; bit <= value; bit *= 2) if (Math.floor(value / bit) % 2 === 1) amounts.push(bit)
  return amounts
}
