import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { expect, it, onTestFinished } from 'vitest'
import { RoutstrDatabase } from '../../../src/storage/database.ts'
import { readBuckets } from '../../../src/storage/note-buckets.ts'
import type { NoteRow } from '../../../src/storage/note-row.ts'
import { remember } from '../../../src/storage/remembering.ts'

const MINT = 'https://mint.example'

function open(indexedDB: IDBFactory): RoutstrDatabase {
  const database = new RoutstrDatabase('routstr', { indexedDB, IDBKeyRange })
  onTestFinished(() => database.close())
  return database
}

function note(id: string, amount: number): NoteRow {
  return { id, mint: MINT, unit: 'sat', state: 'ready', keysetId: '00aa', amount, secret: id, C: '', dleq: null, operationId: null }
}

it('what was read is remembered, and read again after each change of its tables, whoever made it', async () => {
  const factory = new IDBFactory()
  const database = open(factory)
  const remembered = remember(database, [database.purse], () => readBuckets(database, null))
  const counts = async () => (await remembered()).map(({ amount, count }) => [amount, count])

  expect(await counts()).toEqual([])
  await database.purse.bulkAdd([note('a', 1), note('b', 1), note('c', 8)])
  expect(await counts()).toEqual([[1, 2], [8, 1]])
  const before = await remembered()
  await database.values.put({ key: 'something else', value: 1 })
  expect(await remembered()).toBe(before)

  await database.transaction('rw', database.purse, () => database.purse.update('a', { state: 'sent' }))
  expect((await remembered()).map(({ state, amount, count }) => [state, amount, count])).toEqual([['ready', 1, 1], ['ready', 8, 1], ['sent', 1, 1]])

  // another worker on the same database
  await open(factory).purse.bulkDelete(['a', 'b'])
  expect(await counts()).toEqual([[8, 1]])

  // what happens while it is closed is not heard
  const open8 = await remembered()
  database.close({ disableAutoOpen: false })
  expect(await remembered()).not.toBe(open8)
  expect(await counts()).toEqual([[8, 1]])
})
