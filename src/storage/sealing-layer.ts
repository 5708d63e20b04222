/** Below the stores, above IndexedDB: rows of sealed tables are sealed when they are written and opened when they are read. */
import { Dexie, type DBCore, type DBCoreCursor, type DBCoreMutateRequest, type DBCoreTable, type DBCoreTransaction, type Middleware, type Table } from 'dexie'
import { RoutstrError } from '../domain/errors.ts'
import { isSealed, openRow, type Row, sealRow } from './sealing.ts'
import { isSealable, PLAIN_FIELDS } from './sealed-tables.ts'

/** Whether this wallet is sealed, and the key while it is unlocked. One per database connection. */
export interface SealState {
  /** Rows are sealed when they are written. Rows that are read say themselves whether they are. */
  protected: boolean
  /** 32 bytes; null while locked. */
  key: Uint8Array | null
  /** Transactions that write sealed rows although the wallet is not protected yet. */
  readonly sealing: WeakSet<object>
  /** Transactions that see rows as they lie there. */
  readonly raw: WeakSet<object>
}

export function createSealState(): SealState {
  return { protected: false, key: null, sealing: new WeakSet(), raw: new WeakSet() }
}

/** On every opening of the database, before anything reads or writes it: nothing may be written plain beside a lock. */
export async function noticeProtection(state: SealState, values: Table<unknown, string>): Promise<void> {
  state.protected = (await values.get('lock')) !== undefined
}

export function walletLocked(): RoutstrError {
  return new RoutstrError('wallet_locked', 'The wallet is locked. Your money is safe; unlock it to go on.')
}

/** Below all of Dexie's own layers (the lowest is −1): those keep rows in memory, and must keep what the stores see. */
export function sealingLayer(state: SealState): Middleware<DBCore> {
  return {
    stack: 'dbcore',
    name: 'sealing',
    level: -2,
    create: (core) => ({ table: (name) => (name in PLAIN_FIELDS ? sealedTable(core.table(name), state) : core.table(name)) }),
  }
}

function sealedTable(table: DBCoreTable, state: SealState): DBCoreTable {
  const { primaryKey, indexes } = table.schema
  const plain = new Set([primaryKey, ...indexes].flatMap(({ keyPath }) => keyPath ?? []).concat(PLAIN_FIELDS[table.name] ?? []))
  const keyOf = (row: unknown): unknown => primaryKey.extractKey?.(row)

  const key = (): Uint8Array => {
    if (state.key === null) throw walletLocked()
    return state.key
  }
  const open = (row: unknown): unknown => {
    if (!isSealed(row)) return row
    // now, not at the first hidden field: a locked reading fails as a whole
    key()
    return openRow(row, { table: table.name, key: keyOf(row) }, key)
  }
  const seal = (row: Row): Row => {
    const place = { table: table.name, key: keyOf(row) }
    return isSealable(place.table, place.key) ? sealRow(row, place, (field) => plain.has(field), key()) : row
  }
  const seals = (trans: DBCoreTransaction): boolean => (state.protected || state.sealing.has(trans)) && !state.raw.has(trans)
  const opens = ({ trans }: { readonly trans: DBCoreTransaction }): boolean => !state.raw.has(trans)

  /** What is thrown here must reject, or the caller's transaction would not be aborted. */
  const mutate = (request: DBCoreMutateRequest): ReturnType<DBCoreTable['mutate']> => {
    if ((request.type !== 'add' && request.type !== 'put') || !seals(request.trans)) return table.mutate(request)
    try {
      return table.mutate({ ...request, values: request.values.map(seal) })
    } catch (error) {
      return Dexie.Promise.reject(error)
    }
  }

  return {
    ...table,
    mutate,
    get: (request) => table.get(request).then((row: unknown) => (opens(request) ? open(row) : row)),
    getMany: (request) => table.getMany(request).then((rows) => (opens(request) ? rows.map(open) : rows)),
    query: (request) =>
      table.query(request).then((response) => (request.values && opens(request) ? { ...response, result: response.result.map(open) } : response)),
    openCursor: (request) =>
      table.openCursor(request).then((cursor) => (cursor === null || !request.values || !opens(request) ? cursor : openingCursor(cursor, open))),
  }
}

/** The getters of a native cursor refuse any other object than itself. */
function openingCursor(cursor: DBCoreCursor, open: (row: unknown) => unknown): DBCoreCursor {
  return Object.create(cursor, {
    key: { get: () => cursor.key },
    primaryKey: { get: () => cursor.primaryKey },
    value: { get: () => open(cursor.value) },
  })
}
