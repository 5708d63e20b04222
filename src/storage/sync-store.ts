/** The memory of the sync (NIP-60) on Dexie. */
import * as v from 'valibot'
import { isSwap } from '../wallet/journal.ts'
import type { SyncConfig, SyncStore } from '../wallet/backup/sync/store.ts'
import type { RoutstrDatabase } from './database.ts'
import { noteId } from './note-row.ts'
import { remember } from './remembering.ts'
import { dropSpentNote } from './spent-elsewhere.ts'
import { allOrNothing, Raced } from './taking-notes.ts'

const CONFIG = 'sync'
const configSchema = v.object({
  on: v.boolean(),
  secret: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  madeHere: v.boolean(),
  lastSyncAt: v.nullable(v.number()),
  problem: v.nullable(v.string()),
  heard: v.record(v.string(), v.number()),
})

export function createSyncStore(db: RoutstrDatabase): SyncStore {
  async function config(): Promise<SyncConfig | null> {
    const row = await db.values.get(CONFIG)
    // a key that can not be read must not look like no key: another one would take its place
    return row === undefined ? null : v.parse(configSchema, row.value)
  }

  return {
    config,
    isOn: remember(db, [db.values], async () => (await config())?.on === true),
    saveConfig: async (next) => void (await db.values.put({ key: CONFIG, value: next })),
    changeConfig: (changes) =>
      db.transaction('rw', db.values, async () => {
        const before = await config()
        if (before !== null) await db.values.put({ key: CONFIG, value: { ...before, ...changes } })
      }),

    bundles: (states) =>
      db.bundles
        .where('state')
        .anyOf([...states])
        .toArray(),
    forgetBundles: () => db.bundles.clear(),
    bundlesById: (ids) => db.bundles.bulkGet([...ids]),
    addBundles: async (rows) => {
      if (rows.length === 0) return
      await db.transaction('rw', db.bundles, async () => {
        for (const row of rows) if ((await db.bundles.get(row.id)) === undefined) await db.bundles.add(row)
      })
    },
    changeBundles: async (ids, from, changes) => {
      if (ids.length === 0) return
      await db.transaction('rw', db.bundles, async () => {
        for (const row of await db.bundles.bulkGet([...ids])) if (row !== undefined && from.includes(row.state)) await db.bundles.put({ ...row, ...changes })
      })
    },
    replaceBundles: async ({ add, end, named }) => {
      if (add.length + end.length + named.length === 0) return
      await db.transaction('rw', db.bundles, async () => {
        await db.bundles.bulkPut([...add])
        for (const row of await db.bundles.bulkGet([...end])) if (row?.state === 'shown') await db.bundles.put({ ...row, state: 'ended', event: null })
        for (const row of await db.bundles.bulkGet([...named])) if (row !== undefined) await db.bundles.put({ ...row, named: true })
      })
    },
    beginClaim: (claims) =>
      allOrNothing(() =>
        db.transaction('rw', db.bundles, db.incoming, async () => {
          for (const { bundleId, incoming } of claims) {
            const row = await db.bundles.get(bundleId)
            if (row?.state !== 'offered') throw new Raced()
            // the same notes make the same token: one that was taken before stays as it is
            for (const token of incoming) if ((await db.incoming.get(token.id)) === undefined) await db.incoming.add(token)
            await db.bundles.put({ ...row, state: 'claiming', incomingIds: incoming.map(({ id }) => id) })
          }
        }),
      ),

    heldIds: () =>
      db.transaction('r', db.purse, async () => ({
        ready: new Set(await db.purse.where('state').equals('ready').primaryKeys()),
        swapping: new Set(await db.purse.where('state').equals('swapping').primaryKeys()),
      })),
    heldNotes: async (ids) => (await db.purse.bulkGet([...ids])).filter((row) => row !== undefined),
    dropSpent: async (ids, at) => {
      if (ids.length === 0) return
      await db.transaction('rw', db.purse, db.elsewhere, async () => {
        const ready = (await db.purse.bulkGet([...ids])).filter((row) => row !== undefined).filter(({ state }) => state === 'ready')
        for (const { id } of ready) await dropSpentNote(db, id, at)
      })
    },
    noteTaken: ({ mint, unit, notes }, at) =>
      db.transaction('rw', db.purse, db.operations, db.sessions, db.elsewhere, async () => {
        const open = await openNotes()
        const held = await db.purse.bulkGet(notes.map(({ id }) => id))
        const known = await db.elsewhere.bulkGet(notes.map(({ id }) => id))
        for (const [index, { id, amount }] of notes.entries()) {
          const note = held[index]
          if (known[index] !== undefined || open.swapping.has(id) || (note === undefined && !open.handedOut.has(id))) continue
          await db.elsewhere.put({ id, mint: note?.mint ?? mint, unit: note?.unit ?? unit, amount: note?.amount ?? amount, at, dropped: false })
        }
      }),
    noteId,
  }

  /** Own swaps will say themselves what became of their notes; a provider that denies an account can not say what became of its token. */
  async function openNotes(): Promise<{ readonly swapping: ReadonlySet<string>; readonly handedOut: ReadonlySet<string> }> {
    const swaps = (await db.operations.where('state').equals('requested').toArray()).filter(isSwap)
    const unclear = (await db.sessions.where('state').anyOf('prepared', 'lost', 'cancelled').toArray()).filter(({ creditedMsat }) => creditedMsat === null)
    const sends = (await db.operations.bulkGet(unclear.map(({ operationId }) => operationId))).flatMap((row) => (row === undefined || isSwap(row) ? [] : [row]))
    return {
      swapping: new Set(swaps.flatMap(({ ownSecrets }) => ownSecrets.map(noteId))),
      handedOut: new Set(sends.flatMap(({ secrets }) => secrets.map(noteId))),
    }
  }
}
