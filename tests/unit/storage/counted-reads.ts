/** A connection that counts what it reads: a worker of its own on the same disk. */
import { type IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { onTestFinished } from 'vitest'
import { RoutstrDatabase } from '../../../src/storage/database.ts'

export interface CountedReads {
  readonly database: RoutstrDatabase
  /** Rows of the table that were read since the last time. */
  rowsRead(): number
}

export function openCounted(indexedDB: IDBFactory, counted: string): CountedReads {
  const database = new RoutstrDatabase('routstr', { indexedDB, IDBKeyRange })
  onTestFinished(() => database.close())
  let rows = 0
  database.use({
    stack: 'dbcore',
    name: 'counting',
    level: -3,
    create: (core) => ({
      ...core,
      table(name) {
        const table = core.table(name)
        const query: typeof table.query = (request) =>
          table.query(request).then((answer) => {
            if (name === counted) rows += answer.result.length
            return answer
          })
        return { ...table, query }
      },
    }),
  })
  return {
    database,
    rowsRead() {
      const read = rows
      rows = 0
      return read
    },
  }
}
