/** What trust remembers, on Dexie. */
import * as v from 'valibot'
import type { TrustStore, WordStore } from '../trust/store.ts'
import type { RoutstrDatabase } from './database.ts'

const ONLY = 'around-the-user'
const SIGNER = 'signer'

const signerSchema = v.object({ remote: v.string(), relays: v.array(v.string()), secret: v.string(), user: v.string(), connectedAt: v.number() })

export function createTrustStore(db: RoutstrDatabase): TrustStore & WordStore {
  return {
    loadAudits: () => db.audits.toArray(),
    saveAudits: async (rows) => void (await db.audits.bulkPut([...rows])),
    deleteAudits: (ids) => db.audits.bulkDelete([...ids]),
    loadPeople: async () => (await db.people.get(ONLY))?.row ?? null,
    savePeople: async (row) => void (row === null ? await db.people.delete(ONLY) : await db.people.put({ id: ONLY, row })),
    async loadReviews() {
      const kept = await db.heard.get('reviews')
      return kept?.id === 'reviews' ? kept.row : null
    },
    saveReviews: async (row) => void (await db.heard.put({ id: 'reviews', row })),
    async loadFollowers() {
      const kept = await db.heard.get('followers')
      return kept?.id === 'followers' ? kept.rows : []
    },
    saveFollowers: async (rows) => void (await db.heard.put({ id: 'followers', rows })),
    words: () => db.words.toArray(),
    saveWord: async (row) => void (await db.words.put(row)),
    async signer() {
      const saved = v.safeParse(signerSchema, (await db.values.get(SIGNER))?.value)
      return saved.success ? saved.output : null
    },
    saveSigner: async (row) => void (row === null ? await db.values.delete(SIGNER) : await db.values.put({ key: SIGNER, value: row })),
  }
}
