/** What the rows say after a case: are they all in a final state, and what do they look like to the byte. */
import type { Dexie } from 'dexie'

const MONEY = ['purse', 'counters', 'operations', 'incoming', 'sessions', 'attempts', 'holds', 'topUps', 'withdrawals', 'restores']

/** States in which something is still to be done. */
const OPEN: Readonly<Record<string, readonly string[]>> = {
  purse: ['swapping'],
  operations: ['requested'],
  incoming: ['stored', 'redeeming'],
  sessions: ['prepared', 'open', 'settling', 'refunded'],
  attempts: ['open', 'ended'],
  holds: ['held'],
  topUps: ['paid', 'minting'],
  withdrawals: ['requested', 'pending'],
  restores: ['running'],
  bundles: ['claiming'],
}

/** Every row of money, as text. */
export async function dump(database: Dexie): Promise<string> {
  const tables = await Promise.all(MONEY.map(async (name) => [name, await database.table(name).toArray()]))
  return JSON.stringify(Object.fromEntries(tables))
}

/** Rows that wait for something, as `table id state: problem`. */
export async function openRows(database: Dexie): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(OPEN).map(async ([name, states]) => {
      const rows: unknown[] = await database.table(name).toArray()
      return rows.filter(isRow).flatMap((row) => (states.includes(row.state) ? [`${name} ${row.id ?? ''} ${row.state}: ${row.problem ?? ''}`] : []))
    }),
  )
  return found.flat()
}

function isRow(row: unknown): row is { readonly state: string; readonly id?: string; readonly problem?: string | null } {
  return typeof row === 'object' && row !== null && 'state' in row && typeof row.state === 'string'
}
