/** Receipts and settings on Dexie. */
import * as v from 'valibot'
import { choosingSchema } from '../domain/choosing.ts'
import { fallbackSchema } from '../domain/fallback.ts'
import { SESSION_LIVES } from '../domain/session.ts'
import type { EngineStore } from '../engine/store.ts'
import type { RoutstrDatabase } from './database.ts'

const settingsSchema = v.partial(
  v.object({
    paused: v.boolean(),
    maxTokensCap: v.nullable(v.number()),
    sessionIdleMs: v.number(),
    floatSat: v.number(),
    openAhead: v.boolean(),
    sessionLife: v.picklist(SESSION_LIVES),
    firstDepositSat: v.number(),
    fuseSatPerMinute: v.number(),
    fuse: v.object({ trippedAt: v.nullable(v.number()), countsFrom: v.number() }),
    relays: v.array(v.string()),
    developer: v.boolean(),
    hedge: v.boolean(),
    probeSatPerDay: v.nullable(v.number()),
    choosing: choosingSchema,
    fallback: fallbackSchema,
    favourites: v.array(v.string()),
    npub: v.nullable(v.string()),
  }),
)

export function createEngineStore(db: RoutstrDatabase): EngineStore {
  return {
    receipt: (id) => db.receipts.get(id),
    saveReceipt: async (receipt) => void (await db.receipts.put(receipt)),
    changeReceipt: (id, change) =>
      db.transaction('rw', db.receipts, async () => {
        const receipt = await db.receipts.get(id)
        if (receipt !== undefined) await db.receipts.put(change(receipt))
      }),
    untoldReceipts: () => db.receipts.where('untold').equals(1).toArray(),
    receipts: (before, limit) =>
      db.receipts
        .where('[finishedAt+id]')
        .below(before === null ? [Number.MAX_SAFE_INTEGER] : [before.finishedAt, before.id])
        .reverse()
        .limit(limit)
        .toArray(),
    receiptsBetween: (from, to) => db.receipts.where('[finishedAt+id]').between([from, ''], [to, '']).toArray(),
    receiptsOf: (providerUrl, limit) =>
      db.receipts
        .orderBy('[finishedAt+id]')
        .reverse()
        .filter((receipt) => receipt.providerUrl === providerUrl || receipt.attempts.some((attempt) => attempt.providerUrl === providerUrl))
        .limit(limit)
        .toArray(),
    async firstTokenTimes(providerUrl, limit) {
      const rows = await db.receipts
        .orderBy('[finishedAt+id]')
        .reverse()
        .filter((receipt) => receipt.providerUrl === providerUrl && receipt.stream && receipt.state === 'completed')
        .limit(limit)
        .toArray()
      return rows.map(({ firstTokenMs }) => firstTokenMs).filter((ms) => ms !== null)
    },
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
