/** Batches and their requests on Dexie. */
import type { ScheduleStore } from '../engine/schedule-store.ts'
import type { RoutstrDatabase } from './database.ts'

export function createScheduleStore(db: RoutstrDatabase): ScheduleStore {
  return {
    add: (batch, items) =>
      db.transaction('rw', db.batches, db.scheduled, async () => {
        await db.batches.add(batch)
        await db.scheduled.bulkAdd([...items])
      }),
    batches: async () => (await db.batches.toArray()).sort((a, b) => b.createdAt - a.createdAt),
    batch: (id) => db.batches.get(id),
    itemsOf: async (batchId) => (await db.scheduled.where('batchId').equals(batchId).toArray()).sort((a, b) => a.index - b.index),
    itemsOfSite: (origin) => db.scheduled.where('origin').equals(origin).toArray(),
    inState: async (state) => (await db.scheduled.where('state').equals(state).toArray()).sort((a, b) => a.before - b.before || a.index - b.index),
    countOpen: () => db.scheduled.where('state').anyOf('waiting', 'running').count(),
    change: (id, from, change) =>
      db.transaction('rw', db.scheduled, async () => {
        const item = await db.scheduled.get(id)
        if (item?.state !== from) return false
        await db.scheduled.put(change(item))
        return true
      }),
    remove: (batchId) =>
      db.transaction('rw', db.batches, db.scheduled, async () => {
        await db.scheduled.where('batchId').equals(batchId).delete()
        await db.batches.delete(batchId)
      }),
  }
}
