/** Which notes pay a melt. What is too much comes back as change (NUT-08), so no split is ever needed. Pure but for the fee table. */
import { RoutstrError } from '../../domain/errors.ts'
import { unitText } from '../../domain/units.ts'
import type { MintConnection } from '../mint.ts'
import { type Note, selectAtLeast, sumAmounts } from '../notes.ts'

/** Notes worth at least `needSat` after the mint's input fee, with little overshoot. @throws RoutstrError `insufficient_balance` */
export function notesFor(connection: MintConnection, ready: readonly Note[], needSat: number): Note[] {
  const found =
    selectAtLeast(ready, { need: needSat, aim: needSat, cap: Number.MAX_SAFE_INTEGER, feePpk: connection.feePpk }) ?? fromAllKeysets(connection, ready, needSat)
  if (found !== null) return found
  const worth = Math.max(0, sumAmounts(ready) - connection.fee(ready))
  throw new RoutstrError(
    'insufficient_balance',
    `${unitText(needSat, 'sat')} are needed at ${connection.mint}, the reserve for routing included; ${unitText(needSat - worth, 'sat')} are missing. Nothing was paid.`,
  )
}

/** A mint takes notes of several keysets of one unit together. Largest first; then back with what became unnecessary. */
function fromAllKeysets(connection: MintConnection, ready: readonly Note[], needSat: number): Note[] | null {
  const useful = ready.filter((note) => note.amount * 1000 > connection.feePpk(note.keysetId)).sort((a, b) => b.amount - a.amount)
  const chosen: Note[] = []
  const covers = (notes: readonly Note[]): boolean => sumAmounts(notes) - connection.fee(notes) >= needSat
  for (const note of useful) {
    if (covers(chosen)) break
    chosen.push(note)
  }
  if (!covers(chosen)) return null
  for (const note of [...chosen].reverse()) {
    const without = chosen.filter((other) => other !== note)
    if (covers(without)) chosen.splice(chosen.indexOf(note), 1)
  }
  return chosen
}
