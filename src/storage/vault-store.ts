/**
 * Sealing and opening the whole wallet on Dexie. Protecting and unprotecting rewrite every row in one transaction; single rows
 * that another transaction wrote in between are put right by a second look, and are readable all the same.
 */
import type { Table, Transaction } from 'dexie'
import * as v from 'valibot'
import { RoutstrError } from '../domain/errors.ts'
import type { VaultStore } from '../wallet/vault.ts'
import type { RoutstrDatabase } from './database.ts'
import { keyIdOf, type LockRow, lockRowSchema, unwrapKey, wrapKey } from './passphrase.ts'
import { PLAIN_FIELDS } from './sealed-tables.ts'
import { isSealed, type Row } from './sealing.ts'
import { createWalletsAside } from './wallets-aside.ts'

const LOCK = 'lock'

export function createVaultStore(db: RoutstrDatabase): VaultStore {
  const { seal } = db
  const aside = createWalletsAside(db)

  /** A row that can not be read is not a wallet without a passphrase: that one is locked for good, and can be put aside. */
  async function lockRow(): Promise<LockRow | 'damaged' | null> {
    const row = await db.values.get(LOCK)
    if (row === undefined) return null
    const parsed = v.safeParse(lockRowSchema, row.value)
    return parsed.success ? parsed.output : 'damaged'
  }
  async function protectedRow(): Promise<LockRow> {
    const row = await lockRow()
    if (row === null) throw new RoutstrError('invalid_request_error', 'This wallet has no passphrase.')
    if (row !== 'damaged') return row
    throw new RoutstrError(
      'internal_error',
      'What belongs to the passphrase is damaged, so it can not be checked. The twelve words bring the notes back into an empty wallet.',
    )
  }
  const saveLockRow = (row: LockRow): Promise<unknown> => db.values.put({ key: LOCK, value: row })

  async function useKey(key: Uint8Array): Promise<void> {
    seal.protected = true
    seal.key = key
    await sealStragglers()
  }

  /** Rows written plain while the wallet was being sealed. */
  async function sealStragglers(): Promise<void> {
    const tables = sealedTables(db)
    await db.transaction('rw', tables, async (transaction) => {
      for (const table of tables) {
        const plain = (await lyingThere(table, transaction)).filter((row) => !isSealed(row))
        if (plain.length > 0) await table.bulkPut(plain)
      }
    })
  }

  async function lyingThere(table: Table<Row>, transaction: Transaction): Promise<Row[]> {
    seal.raw.add(transaction.idbtrans)
    try {
      return await table.toArray()
    } finally {
      seal.raw.delete(transaction.idbtrans)
    }
  }

  return {
    async state() {
      const row = await lockRow()
      return {
        protected: row !== null,
        locked: row !== null && seal.key === null,
        autoLockMinutes: row === null || row === 'damaged' ? null : row.autoLockMinutes,
      }
    },

    async protect(passphrase, autoLockMinutes) {
      if ((await lockRow()) !== null) throw new RoutstrError('invalid_request_error', 'This wallet has a passphrase already.')
      const key = crypto.getRandomValues(new Uint8Array(32))
      const row = await wrapKey(key, passphrase, autoLockMinutes)
      // readable before anything is sealed: a reading that waits for the transaction sees sealed rows
      seal.key = key
      try {
        const tables = sealedTables(db)
        await db.transaction('rw', tables, async (transaction) => {
          if ((await lockRow()) !== null) throw new RoutstrError('invalid_request_error', 'This wallet has a passphrase already.')
          seal.sealing.add(transaction.idbtrans)
          await saveLockRow(row)
          for (const table of tables) await table.bulkPut(await table.toArray())
        })
      } catch (error) {
        seal.key = null
        throw error
      }
      await useKey(key)
      return key
    },

    async unlock(passphrase) {
      const key = await unwrapKey(await protectedRow(), passphrase)
      await useKey(key)
      return key
    },
    async unlockWith(key) {
      const row = await lockRow()
      if (row === null || row === 'damaged' || row.keyId !== keyIdOf(key)) return false
      await useKey(key)
      return true
    },
    lock() {
      seal.key?.fill(0)
      seal.key = null
    },

    async change(current, next) {
      const before = await protectedRow()
      const row = await wrapKey(await unwrapKey(before, current), next, before.autoLockMinutes)
      await saveLockRow(row)
    },

    async unprotect(current) {
      const key = await unwrapKey(await protectedRow(), current)
      seal.key = key
      // before the transaction: whatever is written from now on, by whomever, is plain
      seal.protected = false
      try {
        const tables = sealedTables(db)
        await db.transaction('rw', tables, async () => {
          for (const table of tables) await table.bulkPut(await table.toArray())
          await db.values.delete(LOCK)
        })
      } catch (error) {
        await useKey(key)
        throw error
      }
      seal.key = null
    },
    setAutoLock: (minutes) =>
      db.transaction('rw', db.values, async () => {
        await saveLockRow({ ...(await protectedRow()), autoLockMinutes: minutes })
      }),

    setAside: aside.list,
    startOver: (id, at) => aside.put(id, at, null),
    reopen: (id, newId, at) => aside.put(newId, at, id),
  }
}

function sealedTables(db: RoutstrDatabase): Table<Row>[] {
  return db.tables.filter(({ name }) => name in PLAIN_FIELDS)
}
