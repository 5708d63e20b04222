/**
 * Notes of this wallet that another browser of the user has spent (NIP-60), or a copy of this one. Without these rows such money
 * would look lost; with them it counts as sent, and here the books are right again.
 */
import { worthMsat } from '../domain/units.ts'
import { isSwap } from '../wallet/journal.ts'
import type { RoutstrDatabase } from './database.ts'
import { noteId } from './note-row.ts'

export interface ElsewhereRow {
  /** Of the note. */
  readonly id: string
  readonly mint: string
  readonly unit: string
  /** Whole units. */
  readonly amount: number
  /** ms */
  readonly at: number
  /** It has left the wallet this way. false: the other browser says so, and it explains what became of a token that was handed out. */
  readonly dropped: boolean
}

/** A note that is spent, and not by us, leaves. Inside a transaction over `purse` and `elsewhere`. @param at ms */
export async function dropSpentNote(db: RoutstrDatabase, id: string, at: number): Promise<void> {
  const note = await db.purse.get(id)
  if (note === undefined) return
  await db.purse.delete(id)
  await db.elsewhere.put({ id, mint: note.mint, unit: note.unit, amount: note.amount, at, dropped: true })
}

/** Worth of the notes of a send that another browser has spent, msat. Inside a transaction over `operations` and `elsewhere`. */
export async function spentElsewhereMsat(db: RoutstrDatabase, operationId: string): Promise<number> {
  if ((await db.elsewhere.count()) === 0) return 0
  const send = await db.operations.get(operationId)
  if (send === undefined || isSwap(send)) return 0
  const rows = await db.elsewhere.bulkGet(send.secrets.map(noteId))
  return rows.reduce((sum, row) => sum + (row === undefined || row.dropped ? 0 : worthMsat(row.amount, row.unit)), 0)
}
