import { Dexie, type ObservabilitySet, type Table } from 'dexie'
import type { RoutstrDatabase } from './database.ts'

/**
 * What was read of these tables, kept until one of them changes: a page waits for each turn at the database. Exact in the worker that
 * writes, a moment behind another one on the same database: to plan with; whoever pays or promises reads in his own transaction.
 */
export function remember<T>(db: RoutstrDatabase, tables: readonly Table[], read: () => Promise<T>): () => Promise<T> {
  const parts = tables.map(({ name }) => `idb://${db.name}/${name}/`)
  let remembered: Promise<T> | null = null
  const changed = (set: ObservabilitySet): void => {
    if (Object.keys(set).some((part) => parts.some((ours) => part.startsWith(ours)))) forget()
  }
  function forget(): void {
    remembered = null
    Dexie.on.storagemutated.unsubscribe(changed)
  }
  db.on('close', forget)
  return () => {
    if (remembered !== null) return remembered
    Dexie.on.storagemutated.subscribe(changed)
    const reading = read()
    remembered = reading
    reading.catch(forget)
    return reading
  }
}
