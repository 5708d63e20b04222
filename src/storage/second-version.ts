/** Rows of the first schema → rows of the second: amounts got a unit, notes a key that is not their secret. */
import type { Transaction } from 'dexie'
import { noteId } from './note-row.ts'

type OldRow = Readonly<Record<string, unknown>>

export async function toSecondVersion(transaction: Transaction): Promise<void> {
  const notes: OldRow[] = await transaction.table('notes').toArray()
  await transaction.table('purse').bulkPut(
    notes.map(({ amountSat, ...note }) => ({ ...note, id: noteId(String(note['secret'])), unit: 'sat', amount: amountSat })),
  )
  const operations: OldRow[] = await transaction.table('operations').toArray()
  await transaction.table('operations').bulkPut(
    operations.map(({ amountSat, inputSat, outputSat, ...operation }) => ({
      ...operation,
      unit: 'sat',
      ...(operation['kind'] === 'send' ? { amount: amountSat } : { inputAmount: inputSat, outputAmount: outputSat }),
    })),
  )
  const incoming: OldRow[] = await transaction.table('incoming').toArray()
  await transaction.table('incoming').bulkPut(incoming.map((row) => ({ ...row, unit: 'sat', amount: Number(row['amountMsat']) / 1000 })))
}
