import { Dexie } from 'dexie'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { RoutstrDatabase } from '../../../src/storage/database.ts'

/** A database as an older version left it: the tables of today, but for those that were others. @param others Dexie's schema of them */
export async function openOlder(indexedDB: IDBFactory, version: number, others: Readonly<Record<string, string>> = {}): Promise<Dexie> {
  const model = new RoutstrDatabase('model', { indexedDB: new IDBFactory(), IDBKeyRange })
  await model.open()
  const tables = Object.fromEntries(model.tables.map(({ name, schema }) => [name, [schema.primKey.src, ...schema.indexes.map(({ src }) => src)].join()]))
  model.close()
  const older = new Dexie('routstr', { indexedDB, IDBKeyRange })
  older.version(version).stores({ ...tables, ...others })
  return older
}
