/** Notes change hands by comparing their state in the transaction that takes them (`cashu.md` §1.2). */
import { RoutstrError } from '../domain/errors.ts'
import type { RoutstrDatabase } from './database.ts'
import { noteId } from './note-row.ts'

/** Somebody else took a note, a token or a send between our reading and our writing. */
export class Raced extends Error {}

/** @returns false when somebody was faster; then nothing was written. @throws RoutstrError `internal_error` when the disk is full */
export async function allOrNothing(transaction: () => PromiseLike<unknown>): Promise<boolean> {
  try {
    await transaction()
    return true
  } catch (error) {
    if (error instanceof Raced) return false
    throw error instanceof Error && /Quota/.test(error.name)
      ? new RoutstrError(
          'internal_error',
          'The browser refuses to store more data for the extension, so nothing was paid. Free some disk space and try again.',
          { cause: error },
        )
      : error
  }
}

/** ready → taken, all of them. Inside a transaction over `purse`. @throws Raced */
export async function takeNotes(db: RoutstrDatabase, secrets: readonly string[], state: 'swapping' | 'sent', operationId: string): Promise<void> {
  const rows = (await db.purse.bulkGet(secrets.map(noteId))).map((row) => {
    if (row?.state !== 'ready') throw new Raced()
    return { ...row, state, operationId }
  })
  await db.purse.bulkPut(rows)
}
