/** A database of before the lists of follows were kept: the people around the user are forgotten, and read anew; nothing else is touched. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import { RoutstrDatabase } from '../../../src/storage/database.ts'
import { createTrustStore } from '../../../src/storage/trust-store.ts'
import { openOlder } from './older-database.ts'

test('people of the sixth version are read anew', async () => {
  const indexedDB = new IDBFactory()
  const sixth = await openOlder(indexedDB, 6)
  await sixth.table('people').put({ id: 'around-the-user', row: { graph: { root: 'ab'.repeat(32), at: 1, hops: [], muted: [] }, words: [], audits: [] } })
  await sixth.table('heard').put({ id: 'followers', rows: [{ key: 'ab', count: 3, sampled: false, at: 1 }] })
  sixth.close()
  const store = createTrustStore(new RoutstrDatabase('routstr', { indexedDB, IDBKeyRange }))
  expect(await store.loadPeople()).toBeNull()
  expect(await store.loadFollowers()).toHaveLength(1)
})
