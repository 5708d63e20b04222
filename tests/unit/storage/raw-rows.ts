/** What really lies in IndexedDB, past Dexie and every layer of ours. */
import type { IDBFactory } from 'fake-indexeddb'

export interface RawRows {
  /** Every row of every store. */
  all(): Promise<ReadonlyMap<string, readonly unknown[]>>
  /** The bytes of everything, as one text: numbers and strings as JSON, bytes as Latin-1 and as hex. */
  dump(): Promise<string>
  change(table: string, change: (row: Record<string, unknown>) => void): Promise<void>
}

export function rawRows(factory: IDBFactory, name = 'routstr'): RawRows {
  const open = (): Promise<IDBDatabase> => settled(factory.open(name))

  async function all(): Promise<Map<string, unknown[]>> {
    const database = await open()
    const names = [...database.objectStoreNames]
    const transaction = database.transaction(names, 'readonly')
    const rows = await Promise.all(names.map(async (table) => [table, await settled(transaction.objectStore(table).getAll())] as const))
    database.close()
    return new Map(rows)
  }

  return {
    all,
    async dump() {
      const texts: string[] = []
      const replacer = (_: string, value: unknown): unknown => {
        if (!(value instanceof Uint8Array)) return value
        texts.push(Buffer.from(value).toString('latin1'), Buffer.from(value).toString('hex'))
        return null
      }
      texts.push(JSON.stringify([...(await all())], replacer))
      return texts.join('\n')
    },
    async change(table, change) {
      const database = await open()
      const store = database.transaction([table], 'readwrite').objectStore(table)
      for (const row of await settled(store.getAll())) {
        change(row)
        await settled(store.put(row))
      }
      database.close()
    },
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
