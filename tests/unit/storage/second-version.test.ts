/** A wallet of the first schema opens with all its money in the second. */
import { Dexie } from 'dexie'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect, it } from 'vitest'
import { RoutstrDatabase } from '../../../src/storage/database.ts'
import { noteId } from '../../../src/storage/note-row.ts'
import { createWalletStore } from '../../../src/storage/wallet-store.ts'

const MINT = 'https://mint.example.com'
const old = {
  note: { secret: 'a secret', mint: MINT, keysetId: '01ab', amountSat: 64, C: '02cc', dleq: null, state: 'ready', operationId: null },
  send: { id: 'send', kind: 'send', state: 'sent', mint: MINT, token: 'cashuB…', amountSat: 8, secrets: ['x'], purpose: 'user', memo: null, createdAt: 1 },
  swap: { id: 'swap', kind: 'receive', state: 'done', mint: MINT, inputSat: 10, outputSat: 9, createdAt: 1 },
  incoming: { id: 'token', token: 'cashuB…', mint: MINT, amountMsat: 21_000, from: 'user', state: 'stored', at: 1 },
}

it('gives every row of money its unit, and every note a key that is not its secret', async () => {
  const indexedDB = new IDBFactory()
  const first = new Dexie('routstr', { indexedDB, IDBKeyRange })
  first.version(1).stores({ notes: 'secret, [mint+state], state, operationId', operations: 'id, [kind+state], kind, state', incoming: 'id, state' })
  await first.table('notes').add(old.note)
  await first.table('operations').bulkAdd([old.send, old.swap])
  await first.table('incoming').add(old.incoming)
  first.close()

  const database = new RoutstrDatabase('routstr', { indexedDB, IDBKeyRange })
  const store = createWalletStore(database)
  expect(await store.notes({ mint: MINT, unit: 'sat' }, ['ready'])).toMatchObject([{ secret: 'a secret', amount: 64, unit: 'sat', C: '02cc' }])
  expect(await database.purse.toCollection().primaryKeys()).toEqual([noteId('a secret')])
  expect(await store.operation('send')).toMatchObject({ amount: 8, unit: 'sat', secrets: ['x'] })
  expect(await store.operation('swap')).toMatchObject({ inputAmount: 10, outputAmount: 9, unit: 'sat' })
  expect(await store.incoming('token')).toMatchObject({ amount: 21, amountMsat: 21_000, unit: 'sat' })
  expect(database.tables.map(({ name }) => name)).not.toContain('notes')
  database.close()
})
