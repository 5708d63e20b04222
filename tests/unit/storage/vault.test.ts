/** Sealing and opening a whole wallet: all or nothing, whatever dies; the passphrase, its change, and wallets put aside. */
import { type IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RoutstrDatabase } from '../../../src/storage/database.ts'
import { createVaultStore } from '../../../src/storage/vault-store.ts'
import { createWalletStore } from '../../../src/storage/wallet-store.ts'
import type { VaultStore } from '../../../src/wallet/vault.ts'
import { WatchedIndexedDb } from '../../app/dying-stores.ts'
import { rawRows } from './raw-rows.ts'
import { note, NOTES, PASSPHRASE } from './some-rows.ts'

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

describe('protecting and unprotecting', () => {
  beforeEach(() => database.purse.bulkAdd(NOTES))

  it('costs and changes nothing without a passphrase', async () => {
    expect(await vault.state()).toEqual({ protected: false, locked: false, autoLockMinutes: null })
    expect((await rawRows(factory).all()).get('purse')).toEqual(expect.arrayContaining(NOTES))
    await expect(vault.unlock('anything')).rejects.toMatchObject({ code: 'invalid_request_error' })
  })

  it('seals what is there, opens it with the passphrase only, and gives everything back', async () => {
    const key = await vault.protect(PASSPHRASE, 15)
    await expect(vault.protect(PASSPHRASE, 15)).rejects.toMatchObject({ code: 'invalid_request_error' })
    expect(await rawRows(factory).dump()).not.toMatch(/secret |C of/)
    database.close()
    use(open())
    expect(await vault.state()).toEqual({ protected: true, locked: true, autoLockMinutes: 15 })
    await expect(database.purse.toArray()).rejects.toMatchObject({ code: 'wallet_locked' })
    await expect(vault.unlock('correct horse batterY')).rejects.toMatchObject({ code: 'wrong_passphrase' })
    expect(await vault.unlockWith(new Uint8Array(32))).toBe(false)
    await expect(database.purse.toArray()).rejects.toMatchObject({ code: 'wallet_locked' })
    expect(await vault.unlock(PASSPHRASE)).toEqual(key)
    expect(await database.purse.toArray()).toEqual(expect.arrayContaining(NOTES))
    vault.lock()
    // the same passphrase, typed with other code points
    await expect(vault.unlockWith(await vault.unlock(PASSPHRASE.replace('c', '\uff43')))).resolves.toBe(true)
    await expect(vault.unprotect('wrong one')).rejects.toMatchObject({ code: 'wrong_passphrase' })
    await vault.unprotect(PASSPHRASE)
    expect((await rawRows(factory).all()).get('purse')).toEqual(expect.arrayContaining(NOTES))
    expect(await vault.state()).toMatchObject({ protected: false, locked: false })
  })

  it('changes the passphrase without touching a row', async () => {
    await vault.protect(PASSPHRASE, 5)
    const before = (await rawRows(factory).all()).get('purse')
    await expect(vault.change('not it', 'a new passphrase')).rejects.toMatchObject({ code: 'wrong_passphrase' })
    await vault.change(PASSPHRASE, 'a new passphrase')
    expect((await rawRows(factory).all()).get('purse')).toEqual(before)
    vault.lock()
    await expect(vault.unlock(PASSPHRASE)).rejects.toMatchObject({ code: 'wrong_passphrase' })
    await vault.unlock('a new passphrase')
    expect((await database.purse.toArray()).map(({ secret }) => secret)).toContain('secret one')
    expect((await vault.state()).autoLockMinutes).toBe(5)
  })

  it.each([
    ['protect', 'before'],
    ['protect', 'after'],
    ['unprotect', 'before'],
    ['unprotect', 'after'],
  ] as const)('killed during %s, %s its transaction: all or nothing', async (step, when) => {
    if (!(factory instanceof WatchedIndexedDb)) throw new Error('not watched')
    if (step === 'unprotect') await vault.protect(PASSPHRASE, null)
    factory.dieAt({ kill: async () => database.close() }, { when, nth: 0 })
    await (step === 'protect' ? vault.protect(PASSPHRASE, null) : vault.unprotect(PASSPHRASE)).catch(() => undefined)
    factory.calm()
    use(open())
    const isProtected = (step === 'protect') === (when === 'after')
    expect(await vault.state()).toMatchObject({ protected: isProtected, locked: isProtected })
    const dump = await rawRows(factory).dump()
    if (isProtected) {
      expect(dump).not.toMatch(/secret |C of/)
      await vault.unlock(PASSPHRASE)
    } else expect(dump).toContain('secret one')
    expect(await database.purse.toArray()).toEqual(expect.arrayContaining(NOTES))
  })

  it('a row that lies there plain, because it was written beside the sealing, is readable, and sealed at the next look', async () => {
    await vault.protect(PASSPHRASE, null)
    await rawRows(factory).change('purse', (row) => {
      if (row['amount'] !== 1) return
      delete row['sealed']
      Object.assign(row, note('a straggler', 1), { id: row['id'] })
    })
    expect(await rawRows(factory).dump()).toContain('a straggler')
    expect((await database.purse.toArray()).map(({ secret }) => secret)).toContain('a straggler')
    vault.lock()
    await vault.unlock(PASSPHRASE)
    expect(await rawRows(factory).dump()).not.toContain('a straggler')
    expect((await database.purse.toArray()).map(({ secret }) => secret)).toContain('a straggler')
  })

  it('writes beside the sealing and the unsealing lose nothing, and leave nothing behind', async () => {
    const race = await Promise.all([
      vault.protect(PASSPHRASE, null),
      ...Array.from({ length: 40 }, (_, index) => later(index).then(() => database.purse.add(note(`late ${index}`)))),
    ])
    expect(race).toHaveLength(41)
    expect(await database.purse.count()).toBe(44)
    vault.lock()
    await vault.unlock(PASSPHRASE)
    expect((await database.purse.toArray()).map(({ secret }) => secret)).toContain('late 39')
    expect(await rawRows(factory).dump()).not.toMatch(/secret |late /)
    // and the other way round: nothing sealed is left behind
    await Promise.all([
      vault.unprotect(PASSPHRASE),
      ...Array.from({ length: 40 }, (_, index) => later(index).then(() => database.purse.put(note(`later ${index}`)))),
    ])
    database.close()
    use(open())
    expect((await database.purse.toArray()).map(({ secret }) => secret)).toContain('later 39')
  })

  it('a damaged lock is not an open door: the wallet stays locked, and can be put aside', async () => {
    await vault.protect(PASSPHRASE, null)
    await rawRows(factory).change('values', (row) => {
      if (row['key'] === 'lock') row['value'] = { version: 1 }
    })
    database.close()
    use(open())
    expect(await vault.state()).toMatchObject({ protected: true, locked: true })
    await expect(vault.unlock(PASSPHRASE)).rejects.toMatchObject({ code: 'internal_error' })
    expect(await vault.unlockWith(new Uint8Array(32))).toBe(false)
    await expect(database.purse.add(note('another'))).rejects.toMatchObject({ code: 'wallet_locked' })
    await vault.startOver('damaged', 1)
    expect(await vault.state()).toMatchObject({ protected: false, locked: false })
  })

  it('puts a wallet aside untouched and changes places with it, counters and all', async () => {
    await createWalletStore(database).seedWords(() => 'first words')
    await database.counters.put({ keysetId: '01ab', next: 77 })
    await database.values.put({ key: 'settings', value: { paused: true } })
    await vault.protect(PASSPHRASE, 60)
    vault.lock()
    const sealed = (await rawRows(factory).all()).get('purse')
    await vault.startOver('first', 1_000)
    expect(await vault.state()).toMatchObject({ protected: false, locked: false })
    expect(await database.purse.count()).toBe(0)
    expect(await database.counters.count()).toBe(0)
    expect((await database.values.get('settings'))?.value).toEqual({ paused: true })
    expect(await createWalletStore(database).seedWords(() => 'second words')).toBe('second words')
    expect(await vault.setAside()).toEqual([{ id: 'first', at: 1_000, protected: true }])

    await expect(vault.reopen('nobody', 'second', 2_000)).rejects.toMatchObject({ code: 'not_found' })
    expect(await createWalletStore(database).seedWords(() => 'third words')).toBe('second words')
    await vault.reopen('first', 'second', 2_000)
    expect(await vault.state()).toEqual({ protected: true, locked: true, autoLockMinutes: 60 })
    expect((await rawRows(factory).all()).get('purse')).toEqual(sealed)
    await vault.unlock(PASSPHRASE)
    expect(await createWalletStore(database).seedWords(() => 'third words')).toBe('first words')
    expect(await database.counters.get('01ab')).toEqual({ keysetId: '01ab', next: 77 })
    expect(await vault.setAside()).toEqual([{ id: 'second', at: 2_000, protected: false }])
  })
})

/** Some turns of the event loop, so that writes begin before, during and after the transaction that seals. */
async function later(turns: number): Promise<void> {
  for (let turn = 0; turn < turns * 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
