/** The connected wallet on Dexie: two values, because there is one connection and only a few days of payments. */
import * as v from 'valibot'
import type { Connection, NwcStore, WalletPayment } from '../wallet/nwc/store.ts'
import type { RoutstrDatabase } from './database.ts'

const CONNECTION = 'nwc'
const PAYMENTS = 'nwc payments'
/** Finished payments are kept longer than the day that the cap looks at. */
const KEPT_MS = 8 * 24 * 60 * 60_000

const refillSchema = v.object({ mint: v.string(), thresholdSat: v.number(), amountSat: v.number(), dailyCapSat: v.number() })
const connectionSchema = v.object({
  service: v.string(),
  relays: v.array(v.string()),
  secret: v.string(),
  lud16: v.nullable(v.string()),
  encryption: v.picklist(['nip44_v2', 'nip04']),
  methods: v.array(v.string()),
  refill: v.nullable(refillSchema),
  connectedAt: v.number(),
})
const paymentsSchema = v.array(
  v.object({
    id: v.string(),
    by: v.picklist(['user', 'refill']),
    mint: v.string(),
    amountSat: v.number(),
    topUpId: v.nullable(v.string()),
    requestId: v.nullable(v.string()),
    createdAt: v.number(),
    requestExpiresAt: v.nullable(v.number()),
    state: v.picklist(['planned', 'asked', 'paid', 'refused', 'dropped', 'unknown']),
    problem: v.nullable(v.string()),
  }),
)

export function createNwcStore(db: RoutstrDatabase): NwcStore {
  async function connection(): Promise<Connection | null> {
    const saved = v.safeParse(connectionSchema, (await db.values.get(CONNECTION))?.value)
    return saved.success ? saved.output : null
  }
  async function payments(): Promise<readonly WalletPayment[]> {
    const row = await db.values.get(PAYMENTS)
    // rows that can not be read would be payments forgotten, and a cap that does not hold: better to fail
    return row === undefined ? [] : v.parse(paymentsSchema, row.value)
  }
  const savePayments = async (rows: readonly WalletPayment[]): Promise<void> => void (await db.values.put({ key: PAYMENTS, value: rows }))

  return {
    connection,
    saveConnection: async (next) => void (next === null ? await db.values.delete(CONNECTION) : await db.values.put({ key: CONNECTION, value: next })),
    setRefill: (refill) =>
      db.transaction('rw', db.values, async () => {
        const before = await connection()
        if (before !== null) await db.values.put({ key: CONNECTION, value: { ...before, refill } })
      }),
    payments,
    addPayment: (payment, allowed) =>
      db.transaction('rw', db.values, async () => {
        const rows = await payments()
        if (!allowed(rows)) return false
        const kept = rows.filter(({ state, createdAt }) => state === 'planned' || state === 'asked' || createdAt > payment.createdAt - KEPT_MS)
        await savePayments([...kept, payment])
        return true
      }),
    changePayment: (id, from, change, allowed = () => true) =>
      db.transaction('rw', db.values, async () => {
        const rows = await payments()
        const row = rows.find((one) => one.id === id)
        if (row === undefined || row.state !== from || !allowed(rows.filter((one) => one.id !== id))) return false
        await savePayments(rows.map((one) => (one.id === id ? { ...one, ...change } : one)))
        return true
      }),
  }
}
