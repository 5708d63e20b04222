/** Receipts and settings on Dexie. */
import * as v from 'valibot'
import type { EngineStore } from '../engine/store.ts'
import type { RoutstrDatabase } from './database.ts'

const settingsSchema = v.partial(
  v.object({
    paused: v.boolean(),
    maxTokensCap: v.nullable(v.number()),
    sessionIdleMs: v.number(),
    floatSat: v.number(),
    relays: v.array(v.string()),
    developer: v.boolean(),
  }),
)

export function createEngineStore(db: RoutstrDatabase): EngineStore {
  return {
    receipt: (id) => db.receipts.get(id),
    saveReceipt: async (receipt) => void (await db.receipts.put(receipt)),
    setCharged: async (id, chargedMsat) => void (await db.receipts.update(id, { chargedMsat })),
    receipts: (before, limit) =>
      db.receipts
        .where('[finishedAt+id]')
        .below(before === null ? [Number.MAX_SAFE_INTEGER] : [before.finishedAt, before.id])
        .reverse()
        .limit(limit)
        .toArray(),
    async loadSettings() {
      const saved = v.safeParse(settingsSchema, (await db.values.get('settings'))?.value)
      return saved.success ? definedOnly(saved.output) : {}
    },
    saveSettings: async (settings) => void (await db.values.put({ key: 'settings', value: settings })),
  }
}

type SavedSettings = Awaited<ReturnType<EngineStore['loadSettings']>>

function definedOnly(saved: v.InferOutput<typeof settingsSchema>): SavedSettings {
  return Object.fromEntries(Object.entries(saved).filter(([, value]) => value !== undefined))
}
