/** Kept answers on Dexie. */
import type { CacheStore } from '../engine/cache-store.ts'
import type { RoutstrDatabase } from './database.ts'

export function createCacheStore(db: RoutstrDatabase): CacheStore {
  return {
    answer: (id) => db.answers.get(id),
    keep: (answer, bounds, since) =>
      db.transaction('rw', db.answers, async () => {
        await db.answers.put(answer)
        const own = (await db.answers.where('origin').equals(answer.origin).toArray()).sort((a, b) => b.usedAt - a.usedAt)
        let kept = 0
        for (const [place, row] of own.entries()) {
          kept += row.kept
          if (row.at < since || place >= bounds.answers || kept > bounds.kept) await db.answers.delete(row.id)
        }
      }),
    used: (id, at) =>
      db.transaction('rw', db.answers, async () => {
        const row = await db.answers.get(id)
        if (row !== undefined) await db.answers.put({ ...row, usedAt: at })
      }),
    async sizeOf(origin) {
      const own = await db.answers.where('origin').equals(origin).toArray()
      return { answers: own.length, kept: own.reduce((sum, { kept }) => sum + kept, 0) }
    },
    clear: async (origin) => void (await db.answers.where('origin').equals(origin).delete()),
  }
}
