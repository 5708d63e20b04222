/** What was seen of providers, on Dexie. */
import { newStanding } from '../domain/standing.ts'
import type { StandingStore } from '../sessions/standing.ts'
import type { RoutstrDatabase } from './database.ts'
import { remember } from './remembering.ts'

export function createStandingStore(db: RoutstrDatabase): StandingStore {
  return {
    standing: (providerId) => db.standings.get(providerId),
    standings: remember(db, [db.standings], () => db.standings.toArray()),
    changeStanding: (providerId, change) =>
      db.transaction('rw', db.standings, async () => {
        await db.standings.put(change((await db.standings.get(providerId)) ?? newStanding(providerId)))
      }),
  }
}
