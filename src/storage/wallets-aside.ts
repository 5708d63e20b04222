/**
 * Wallets beside the one in use, in the same database: their rows lie in one table, as they were, sealed or not. So a forgotten
 * passphrase costs nothing for good, and changing places is one transaction. What belongs to the person and not to a wallet stays:
 * settings, limits of sites, receipts, mints, providers.
 */
import type { Table, Transaction } from 'dexie'
import { RoutstrError } from '../domain/errors.ts'
import type { SetAside } from '../wallet/vault.ts'
import type { RoutstrDatabase } from './database.ts'
import { PLAIN_FIELDS } from './sealed-tables.ts'
import { noticeProtection } from './sealing-layer.ts'
import type { Row } from './sealing.ts'

/** One row of a wallet beside. */
export interface AsideRow {
  /** Wallet, table and key. */
  readonly id: string
  readonly wallet: string
  readonly at: number
  readonly table: string
  readonly row: Row
}

export function createWalletsAside(db: RoutstrDatabase): {
  list(): Promise<readonly SetAside[]>
  /** The wallet in use is put beside under this id; the one named `next`, or an empty one, takes its place. */
  put(id: string, at: number, next: string | null): Promise<void>
} {
  return {
    async list() {
      // one row of each wallet says all that is to be known: its lock, or its absence
      const wallets = new Map<string, SetAside>()
      await db.aside.each(({ wallet, at, table, row }) => {
        const isLock = table === 'values' && row['key'] === 'lock'
        wallets.set(wallet, { id: wallet, at, protected: isLock || wallets.get(wallet)?.protected === true })
      })
      return [...wallets.values()].sort((a, b) => b.at - a.at)
    },

    async put(id, at, next) {
      const tables = tablesOfWallet(db)
      // no key, no protection: from here to the end of the transaction nobody can write a sealed row into the next wallet
      db.seal.key?.fill(0)
      db.seal.key = null
      await db.transaction('rw', [...tables, db.aside], async (transaction) => {
        db.seal.raw.add(transaction.idbtrans)
        const coming = next === null ? [] : await db.aside.where('wallet').equals(next).toArray()
        if (next !== null && coming.length === 0) throw new RoutstrError('not_found', 'There is no such wallet beside this one.')
        for (const table of tables) await moveAway(table, id, at)
        for (const { table, row } of coming) await tableOf(transaction, table).put(row)
        await db.aside.bulkDelete(coming.map((row) => row.id))
      })
      await noticeProtection(db.seal, db.values)
    },
  }

  async function moveAway(table: Table<Row>, wallet: string, at: number): Promise<void> {
    const keys: unknown[] = []
    const rows: AsideRow[] = []
    await table.each((row, { primaryKey }) => {
      if (table.name === 'values' && primaryKey === 'settings') return
      keys.push(primaryKey)
      rows.push({ id: JSON.stringify([wallet, table.name, primaryKey]), wallet, at, table: table.name, row })
    })
    await db.aside.bulkPut(rows)
    await table.bulkDelete(keys)
  }
}

/** The counters belong to the seed: another wallet starts at its own. */
function tablesOfWallet(db: RoutstrDatabase): Table<Row>[] {
  return db.tables.filter(({ name }) => name in PLAIN_FIELDS || name === 'counters')
}

function tableOf(transaction: Transaction, name: string): Table<Row> {
  return transaction.table<Row>(name)
}
