/** The layer that seals rows: every way Dexie reads and writes gives what a plain database gives, and the disk tells nothing. */
import { type IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RoutstrDatabase } from '../../../src/storage/database.ts'
import { PLAIN_FIELDS } from '../../../src/storage/sealed-tables.ts'
import { openRow, sealRow } from '../../../src/storage/sealing.ts'
import { createVaultStore } from '../../../src/storage/vault-store.ts'
import { createWalletStore } from '../../../src/storage/wallet-store.ts'
import type { VaultStore } from '../../../src/wallet/vault.ts'
import { WatchedIndexedDb } from '../../app/dying-stores.ts'
import { rawRows } from './raw-rows.ts'
import { MINT, note, NOTES, PASSPHRASE } from './some-rows.ts'

let factory: IDBFactory
let database: RoutstrDatabase
let vault: VaultStore
const open = (): RoutstrDatabase => new RoutstrDatabase('routstr', { indexedDB: factory, IDBKeyRange })
const use = (next: RoutstrDatabase): void => {
  database = next
  vault = createVaultStore(next)
}
beforeEach(() => {
  factory = new WatchedIndexedDb()
  use(open())
})
afterEach(() => database.close())

describe('every way of reading and writing', () => {
  beforeEach(async () => {
    await vault.protect(PASSPHRASE, null)
    await database.purse.bulkAdd(NOTES)
  })

  it('reads what was written: by key, by keys, by index, by cursor, filtered, sorted, counted', async () => {
    const bySecret = (rows: readonly { secret: string }[]): string[] => rows.map(({ secret }) => secret).sort()
    expect(await database.purse.get(NOTES[0]?.id ?? '')).toEqual(NOTES[0])
    expect(await database.purse.bulkGet([NOTES[1]?.id ?? '', 'nobody'])).toEqual([NOTES[1], undefined])
    expect(bySecret(await database.purse.toArray())).toEqual(['secret four', 'secret one', 'secret three', 'secret two'])
    expect(bySecret(await database.purse.where('state').equals('sent').toArray())).toEqual(['secret three'])
    expect(bySecret(await database.purse.where('state').anyOf(['sent', 'ready']).toArray())).toHaveLength(4)
    expect(bySecret(await database.purse.where('[mint+unit+state]').equals([MINT, 'sat', 'ready']).toArray())).toHaveLength(3)
    expect(bySecret(await database.purse.filter(({ C }) => C === 'C of secret two').toArray())).toEqual(['secret two'])
    expect((await database.purse.orderBy('state').reverse().first())?.secret).toBe('secret three')
    expect((await database.purse.toCollection().sortBy('amount')).map(({ secret }) => secret)).toEqual([
      'secret one',
      'secret two',
      'secret three',
      'secret four',
    ])
    expect(await database.purse.where('operationId').equals('op').count()).toBe(1)
    const seen: string[] = []
    await database.purse
      .where('state')
      .equals('ready')
      .each(({ secret }) => void seen.push(secret))
    expect(seen.sort()).toEqual(['secret four', 'secret one', 'secret two'])
    expect(await database.purse.toCollection().limit(2).toArray()).toHaveLength(2)
  })

  it('changes what was written: put, update, modify, upsert, delete', async () => {
    const id = NOTES[0]?.id ?? ''
    await database.purse.update(id, { state: 'swapping', operationId: 'x' })
    expect(await database.purse.get(id)).toEqual({ ...NOTES[0], state: 'swapping', operationId: 'x' })
    await database.purse.where('state').equals('ready').modify({ C: 'changed' })
    expect((await database.purse.filter(({ C }) => C === 'changed').toArray()).map(({ secret }) => secret).sort()).toEqual(['secret four', 'secret two'])
    await database.purse
      .where('state')
      .equals('swapping')
      .modify((row) => void Object.assign(row, { keysetId: row.secret.toUpperCase() }))
    expect((await database.purse.get(id))?.keysetId).toBe('SECRET ONE')
    const read = await database.purse.get(id)
    if (read === undefined) throw new Error('gone')
    await database.purse.put({ ...read, amount: 16 })
    await database.purse.put(read)
    expect((await database.purse.get(id))?.secret).toBe('secret one')
    await database.purse.upsert(id, { amount: 5 })
    expect(await database.purse.get(id)).toMatchObject({ amount: 5, secret: 'secret one' })
    await database.purse.bulkUpdate([{ key: id, changes: { C: 'other' } }])
    expect(await database.purse.get(id)).toMatchObject({ amount: 5, C: 'other' })
    await database.purse.where('state').equals('ready').delete()
    expect(await database.purse.count()).toBe(2)
    expect(await rawRows(factory).dump()).not.toMatch(/secret one|secret three|changed|other/)
  })

  it('T31: tells nothing of it on the disk, and keeps plain what is plain', async () => {
    await createWalletStore(database).seedWords(() => 'abandon abandon about')
    await database.values.put({ key: 'settings', value: { paused: true } })
    await database.values.put({ key: 'nwc', value: { secret: 'nwc key', list: [1, null, { deep: new Uint8Array([1, 2, 3]) }] } })
    const dump = await rawRows(factory).dump()
    expect(dump).not.toMatch(/secret |C of|abandon|nwc key/)
    expect(dump).not.toContain(Buffer.from('secret one').toString('hex'))
    expect(dump).toContain('paused')
    expect((await rawRows(factory).all()).get('purse')?.[0]).toMatchObject({ mint: MINT, unit: 'sat' })
    expect((await database.values.get('nwc'))?.value).toEqual({ secret: 'nwc key', list: [1, null, { deep: new Uint8Array([1, 2, 3]) }] })
  })

  it('refuses a row that was moved, swapped or changed: in its box, its plain fields, its key', async () => {
    const [first, second] = NOTES
    const read = async (): Promise<unknown> => (await database.purse.get(second?.id ?? ''))?.secret
    const attack = async (change: (row: Record<string, unknown>) => void): Promise<void> => {
      await database.purse.bulkPut(NOTES)
      await rawRows(factory).change('purse', (row) => {
        if (row['id'] === second?.id) change(row)
      })
      await expect(read()).rejects.toMatchObject({ code: 'internal_error' })
    }
    const stolen = (await rawRows(factory).all()).get('purse')?.find((row) => typeof row === 'object' && row !== null && 'id' in row && row.id === first?.id)
    const box = (row: Record<string, unknown>): Uint8Array => {
      const { sealed } = row
      if (typeof sealed === 'object' && sealed !== null && 'box' in sealed && sealed.box instanceof Uint8Array) return sealed.box
      throw new Error('not sealed')
    }
    await attack((row) => (box(row)[0] = (box(row)[0] ?? 0) ^ 1))
    await attack((row) => (box(row)[40] = (box(row)[40] ?? 0) ^ 128))
    await attack((row) => (row['amount'] = 1024))
    await attack((row) => (row['state'] = 'sent'))
    await attack((row) => (row['more'] = true))
    await attack((row) => Object.assign(row, stolen, { id: second?.id }))
    await database.purse.bulkPut(NOTES)
    expect(await read()).toBe('secret two')
  })

  it('fails as a whole while locked, reading and writing, and a transaction with it', async () => {
    vault.lock()
    const locked = { code: 'wallet_locked' }
    await expect(database.purse.toArray()).rejects.toMatchObject(locked)
    await expect(database.purse.get(NOTES[0]?.id ?? '')).rejects.toMatchObject(locked)
    await expect(database.purse.where('state').anyOf('ready', 'sent').toArray()).rejects.toMatchObject(locked)
    await expect(database.purse.add(note('another'))).rejects.toMatchObject(locked)
    await expect(createWalletStore(database).seedWords(() => 'new words')).rejects.toMatchObject(locked)
    const both = database.transaction('rw', database.holds, database.purse, async () => {
      await database.holds.add({
        requestId: 'r',
        origin: 'https://a.example',
        grantId: '',
        once: false,
        amountMsat: 1,
        chargedMsat: 0,
        state: 'held',
        at: 1,
      } as never)
      await database.purse.add(note('another'))
    })
    await expect(both).rejects.toMatchObject(locked)
    expect(await database.holds.count()).toBe(0)
    expect(await database.purse.count()).toBe(4)
  })

  it('sums ten thousand notes without opening one, and a locked wallet opens none later', async () => {
    await database.purse.clear()
    await database.purse.bulkAdd(Array.from({ length: 10_000 }, (_, index) => note(`number ${index}`, 1)))
    const from = performance.now()
    const rows = await database.purse.toArray()
    const sum = rows.reduce((total, { amount }) => total + amount, 0)
    const summed = performance.now()
    const secrets = new Set(rows.map(({ secret }) => secret))
    const opened = performance.now()
    console.log(`10,000 sealed notes: read and summed in ${Math.round(summed - from)} ms, all opened in ${Math.round(opened - summed)} ms more`)
    expect(sum).toBe(10_000)
    expect(secrets.size).toBe(10_000)
    const [fresh] = await database.purse.limit(1).toArray()
    vault.lock()
    expect(() => fresh?.secret).toThrow('locked')
  })
})

describe('one row', () => {
  it('knows only tables that exist, or will', () => {
    expect(Object.keys(PLAIN_FIELDS)).toEqual(expect.arrayContaining(['purse', 'operations', 'incoming', 'sessions', 'topUps', 'withdrawals', 'values']))
  })

  it('is not written when it holds what would not come back', () => {
    const key = new Uint8Array(32)
    const place = { table: 'values', key: 'k' }
    for (const value of [10n, new Date(), new Map(), Number.NaN, () => 1])
      expect(() => sealRow({ value }, place, () => false, key)).toThrow('Nothing was saved')
    const row = { key: 'k', value: { a: [1, 'two', null, { b: undefined }], c: new Uint8Array([9]) }, none: undefined }
    const opened = openRow(
      sealRow(row, place, (name) => name === 'key', key),
      place,
      () => key,
    )
    expect(opened).toEqual({ key: 'k', value: { a: [1, 'two', null, {}], c: new Uint8Array([9]) } })
    expect({ ...structuredClone(opened) }).toEqual({ ...opened })
  })
})
