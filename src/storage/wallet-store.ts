/** The wallet's memory on Dexie. Compare-and-set happens inside each transaction (`cashu.md` §1.2). */
import { isSwap, type SwapOperation } from '../wallet/journal.ts'
import type { WalletStore } from '../wallet/store.ts'
import { readBuckets, readChosen } from './note-buckets.ts'
import { noteId, noteRow } from './note-row.ts'
import type { RoutstrDatabase } from './database.ts'
import { dropSpentNote, spentElsewhereMsat } from './spent-elsewhere.ts'
import { remember } from './remembering.ts'
import { allOrNothing, Raced, takeNotes } from './taking-notes.ts'

export function createWalletStore(db: RoutstrDatabase): WalletStore {
  return {
    seedWords: (make) =>
      db.transaction('rw', db.values, async () => {
        const row = await db.values.get('seed')
        if (typeof row?.value === 'string') return row.value
        const words = make()
        await db.values.add({ key: 'seed', value: words })
        return words
      }),

    mints: () => db.mints.toArray(),
    mint: (url) => db.mints.get(url),
    saveMint: (url, changes) =>
      db.transaction('rw', db.mints, async () => {
        const row = (await db.mints.get(url)) ?? { url, name: '', addedAt: 0, trusted: false, cache: null }
        await db.mints.put({ ...row, ...changes })
      }),

    reserveCounters: (keysetId, count) =>
      db.transaction('rw', db.counters, async () => {
        const next = (await db.counters.get(keysetId))?.next ?? 0
        if (count > 0) await db.counters.put({ keysetId, next: next + count })
        return next
      }),
    advanceCounter: (keysetId, atLeast) =>
      db.transaction('rw', db.counters, async () => {
        const next = (await db.counters.get(keysetId))?.next ?? 0
        if (atLeast > next) await db.counters.put({ keysetId, next: atLeast })
      }),

    buckets: (of) => readBuckets(db, of),
    glance: remember(db, [db.purse, db.mints], async () => {
      const [mints, buckets] = await Promise.all([db.mints.toArray(), readBuckets(db, null)])
      return { mints, buckets }
    }),
    readyNotes: (account, choice) => readChosen(db, account, choice),
    notes: (account, states) =>
      account === null
        ? db.purse
            .where('state')
            .anyOf([...states])
            .toArray()
        : db.purse
            .where('[mint+unit+state]')
            .anyOf(states.map((state) => [account.mint, account.unit, state]))
            .toArray(),

    operation: (id) => db.operations.get(id),
    operations({ kind, state }) {
      if (kind !== undefined && state !== undefined) return db.operations.where('[kind+state]').equals([kind, state]).toArray()
      if (kind !== undefined) return db.operations.where('kind').equals(kind).toArray()
      return state === undefined ? db.operations.toArray() : db.operations.where('state').equals(state).toArray()
    },
    postponeSwap: (id, at, problem) =>
      db.transaction('rw', db.operations, async () => {
        const row = await db.operations.get(id)
        if (row !== undefined && isSwap(row) && row.state === 'requested')
          await db.operations.put({ ...row, tries: row.tries + 1, nextTryAt: at(row.tries), problem })
      }),
    changeIncoming: (id, from, changes) =>
      db.transaction('rw', db.incoming, async () => {
        const row = await db.incoming.get(id)
        if (row === undefined || !from.includes(row.state)) return false
        await db.incoming.put({ ...row, ...changes })
        return true
      }),

    incoming: (id) => db.incoming.get(id),
    incomingTokens: (states) =>
      db.incoming
        .where('state')
        .anyOf([...states])
        .toArray(),
    addIncoming: (row) =>
      db.transaction('rw', db.incoming, async () => {
        const existing = await db.incoming.get(row.id)
        if (existing === undefined) await db.incoming.add(row)
        return existing ?? row
      }),
    beginSwap: (operation) =>
      allOrNothing(() =>
        db.transaction('rw', db.purse, db.incoming, db.operations, async () => {
          await takeNotes(db, operation.ownSecrets, 'swapping', operation.id)
          for (const id of operation.incomingIds) {
            const row = await db.incoming.get(id)
            if (row?.state !== 'stored') throw new Raced()
            await db.incoming.put({ ...row, state: 'redeeming', operationId: operation.id })
          }
          if (operation.sendId !== null) {
            const send = await db.operations.get(operation.sendId)
            if (send?.state !== 'sent' || (await openTakeBack(db, operation.sendId)) !== undefined) throw new Raced()
          }
          await db.operations.add(operation)
        }),
      ),

    finishSwap: (operationId, outputs) =>
      db.transaction('rw', db.purse, db.incoming, db.operations, db.elsewhere, async () => {
        const operation = await db.operations.get(operationId)
        if (operation === undefined || !isSwap(operation) || operation.state !== 'requested') return false
        const secrets = operation.swap.inputs.map(({ secret }) => secret)
        const own = await db.purse.bulkGet(secrets.map(noteId))
        // found with the seed, and then its token was pasted: it came in twice, and is here once
        for (const note of own)
          if (note?.state === 'ready' && !operation.ownSecrets.includes(note.secret)) await dropSpentNote(db, note.id, operation.createdAt)
        await db.purse.bulkDelete(secrets.map(noteId))
        // a token of our own that came back by pasting it
        for (const sendId of new Set(own.map((note) => (note?.state === 'sent' ? note.operationId : null)))) {
          if (sendId === null || sendId === operation.sendId || (await db.purse.where('operationId').equals(sendId).count()) > 0) continue
          await db.operations.update(sendId, { state: 'claimed' })
        }
        await db.purse.bulkPut(outputs.map((note) => noteRow({ ...note, state: 'ready', operationId: null })))
        for (const id of operation.incomingIds) await db.incoming.update(id, { state: 'redeemed', problem: null })
        if (operation.sendId !== null) {
          await db.purse.where('operationId').equals(operation.sendId).delete()
          await db.operations.update(operation.sendId, { state: 'takenBack' })
        }
        await db.operations.put({ ...operation, state: 'done', problem: null })
        return true
      }),

    failSwap: (operationId, { spent, retry, problem }) =>
      db.transaction('rw', db.purse, db.incoming, db.operations, db.elsewhere, async () => {
        const operation = await db.operations.get(operationId)
        if (operation === undefined || !isSwap(operation) || operation.state !== 'requested') return
        const gone = new Set(spent)
        for (const secret of operation.ownSecrets) {
          if (gone.has(secret)) await dropSpentNote(db, noteId(secret), operation.createdAt)
          else await db.purse.update(noteId(secret), { state: 'ready', operationId: null })
        }
        for (const id of operation.incomingIds) await db.incoming.update(id, { state: retry ? 'stored' : 'refused', problem, operationId: null })
        await db.operations.put({ ...operation, state: 'failed', problem })
      }),

    beginSend: (operation) =>
      allOrNothing(() =>
        db.transaction('rw', db.purse, db.operations, async () => {
          await takeNotes(db, operation.secrets, 'sent', operation.id)
          await db.operations.add(operation)
        }),
      ),
    finishSend: (operationId) =>
      db.transaction('rw', db.purse, db.operations, async () => {
        const operation = await db.operations.get(operationId)
        // SPENT may be our own claim whose answer was lost: its operation decides, not we
        if (operation?.state !== 'sent' || (await openTakeBack(db, operationId)) !== undefined) return
        await db.purse.where('operationId').equals(operationId).delete()
        await db.operations.update(operationId, { state: 'claimed' })
      }),
    spentElsewhereMsat: (operationId) => db.transaction('r', db.operations, db.elsewhere, () => spentElsewhereMsat(db, operationId)),
  }
}

function openTakeBack(db: RoutstrDatabase, sendId: string): Promise<SwapOperation | undefined> {
  return db.operations
    .where('[kind+state]')
    .equals(['takeBack', 'requested'])
    .toArray()
    .then((operations) => operations.filter(isSwap).find((operation) => operation.sendId === sendId))
}
