/** Every movement of money, newest first, read from the rows in one transaction. */
import { type HistoryPage, type HistoryWish, isShown, type Movement } from '../domain/movement.ts'
import { readToken } from '../wallet/token.ts'
import type { RoutstrDatabase } from './database.ts'
import { type HistoryLine, told } from './history-line.ts'
import { linesOf } from './history-lines.ts'

export async function readHistory(db: RoutstrDatabase, { before, limit, filter }: HistoryWish): Promise<HistoryPage> {
  const shown = (await readLines(db)).filter((line) => isShown(line, filter)).sort(newestFirst)
  const from = before === null ? shown : shown.filter((line) => newestFirst(before, line) < 0)
  return { movements: from.slice(0, limit).map(withMemo), more: from.length > limit }
}

function readLines(db: RoutstrDatabase): Promise<HistoryLine[]> {
  return db.transaction('r', [db.incoming, db.operations, db.sessions, db.restores, db.topUps, db.withdrawals, db.elsewhere], async () =>
    linesOf({
      incoming: await db.incoming.toArray(),
      operations: await db.operations.toArray(),
      sessions: await db.sessions.toArray(),
      topUps: await db.topUps.toArray(),
      withdrawals: await db.withdrawals.toArray(),
      restores: (await db.restores.toArray()).flatMap((row) => (row.kind === 'job' ? [row] : [])),
      elsewhere: await db.elsewhere.toArray(),
    }),
  )
}

/** Time alone does not decide: what happened in the same millisecond must not be split by a page in two orders. */
function newestFirst(a: Pick<Movement, 'at' | 'id'>, b: Pick<Movement, 'at' | 'id'>): number {
  return b.at - a.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** The memo of a received token stands in the token itself; decoded only for lines that are shown. */
function withMemo({ token, ...line }: HistoryLine): Movement {
  return token === undefined || line.counterparty !== null ? line : { ...line, counterparty: memoOf(token) }
}

function memoOf(token: string): string | null {
  try {
    return told(readToken(token).memo)
  } catch {
    return null
  }
}
