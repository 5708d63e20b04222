/** The transactions of a swap on real Dexie: whoever comes second changes nothing, and no half of one is ever on the disk. */
import { IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { msat } from '../../../src/domain/msat.ts'
import { RoutstrDatabase } from '../../../src/storage/database.ts'
import { noteRow } from '../../../src/storage/note-row.ts'
import { createWalletStore } from '../../../src/storage/wallet-store.ts'
import type { SendOperation, SwapOperation } from '../../../src/wallet/journal.ts'
import type { Note } from '../../../src/wallet/notes.ts'
import type { WalletStore } from '../../../src/wallet/store.ts'
import { WatchedIndexedDb } from '../../app/dying-stores.ts'

const ACCOUNT = { mint: 'https://mint.example', unit: 'sat' }
const note = (secret: string, amount = 8): Note => ({ ...ACCOUNT, secret, keysetId: '00aa', amount, C: '02', dleq: null, state: 'ready', operationId: null })
const inputOf = ({ secret, keysetId, C }: Note) => ({ id: keysetId, amount: '8', secret, C })

let disk: WatchedIndexedDb
let db: RoutstrDatabase
let store: WalletStore
beforeEach(async () => {
  disk = new WatchedIndexedDb()
  db = new RoutstrDatabase('routstr', { indexedDB: disk, IDBKeyRange })
  store = createWalletStore(db)
  await db.purse.bulkAdd(['one', 'two'].map((secret) => noteRow(note(secret))))
})
afterEach(() => db.close())

const fresh = [note('fresh', 15)]
/** The notes as `secret state`. */
const purse = async (): Promise<string[]> => (await db.purse.toArray()).map(({ secret, state }) => `${secret} ${state}`).sort()

function swap(changes: Partial<SwapOperation>): SwapOperation {
  const packed = { keysetId: '00aa', inputs: [note('one'), note('two')].map(inputOf), outputs: [] }
  const account = { ...ACCOUNT, inputAmount: 16, outputAmount: 15 }
  const began = { state: 'requested' as const, createdAt: 1, tries: 0, nextTryAt: 0, problem: null }
  return { ...account, ...began, id: 'swap', kind: 'split', swap: packed, ownSecrets: ['one', 'two'], incomingIds: [], sendId: null, ...changes }
}

async function begun(changes: Partial<SwapOperation> = {}): Promise<void> {
  expect(await store.beginSwap(swap(changes))).toBe(true)
}

/** A token of both notes, which its receiver has not redeemed. */
async function sent(): Promise<void> {
  const facts = { ...ACCOUNT, id: 'send', kind: 'send', state: 'sent', createdAt: 1, token: 'cashuB', amount: 16, purpose: 'user', memo: null } as const
  const send: SendOperation = { ...facts, secrets: ['one', 'two'] }
  expect(await store.beginSend(send)).toBe(true)
}

describe('a swap that is done', () => {
  it('is done once: the loser of a race, who was told no, does not open it again', async () => {
    await begun()
    expect(await store.finishSwap('swap', fresh)).toBe(true)
    await store.failSwap('swap', { spent: [], retry: true, problem: 'inputs are spent' })
    expect(await purse()).toEqual(['fresh ready'])
    expect(await db.operations.get('swap')).toMatchObject({ state: 'done', problem: null })
  })

  it('does not come back to life for its token either', async () => {
    const token = { ...ACCOUNT, id: 'token', token: 'cashuB', amount: 16, from: 'user', sessionId: null, state: 'stored', problem: null, at: 1 } as const
    await store.addIncoming({ ...token, amountMsat: msat(16_000), operationId: null })
    await db.purse.clear()
    await begun({ kind: 'receive', ownSecrets: [], incomingIds: ['token'] })
    await store.finishSwap('swap', fresh)
    for (const retry of [true, false]) {
      await store.failSwap('swap', { spent: ['one', 'two'], retry, problem: 'spent' })
      expect((await store.incoming('token'))?.state).toBe('redeemed')
    }
  })

  it('is done with its notes, in one transaction: at no moment between is only one of the two on the disk', async () => {
    await begun()
    const written = disk.record()
    await store.finishSwap('swap', fresh)
    expect(written).toHaveLength(1)
    expect(await purse()).toEqual(['fresh ready'])
    expect((await db.operations.get('swap'))?.state).toBe('done')
  })

  it.each(['before', 'after'] as const)('by a worker that dies %s that transaction: all of it or nothing', async (when) => {
    await begun()
    disk.dieAt({ kill: async () => db.close() }, { when, nth: 0 })
    await store.finishSwap('swap', fresh).catch(() => undefined)
    disk.calm()
    db.close()
    await db.open()
    expect([await purse(), (await db.operations.get('swap'))?.state]).toEqual(
      when === 'after' ? [['fresh ready'], 'done'] : [['one swapping', 'two swapping'], 'requested'],
    )
  })
})

describe('a swap that failed', () => {
  it('gives back what is unspent; a note that somebody else has spent leaves, and counts as sent', async () => {
    await begun()
    await store.failSwap('swap', { spent: ['one'], retry: true, problem: 'spent' })
    expect(await purse()).toEqual(['two ready'])
    expect(await db.elsewhere.toArray()).toMatchObject([{ amount: 8, dropped: true }])
    expect(await store.beginSwap(swap({ id: 'again' }))).toBe(false)
  })

  it('is over: the winner of the race who comes late puts no notes in', async () => {
    await begun()
    await store.failSwap('swap', { spent: [], retry: true, problem: 'no' })
    expect(await store.finishSwap('swap', fresh)).toBe(false)
    expect(await purse()).toEqual(['one ready', 'two ready'])
  })
})

describe('a token that is being taken back', () => {
  const takeBack = { kind: 'takeBack', ownSecrets: [], sendId: 'send' } as const

  it('is not called claimed because its notes are spent: that may be our own claim whose answer was lost', async () => {
    await sent()
    await begun(takeBack)
    await store.finishSend('send')
    expect(await db.operations.get('send')).toMatchObject({ state: 'sent' })
    expect(await purse()).toEqual(['one sent', 'two sent'])
    await store.finishSwap('swap', fresh)
    expect(await db.operations.get('send')).toMatchObject({ state: 'takenBack' })
    expect(await purse()).toEqual(['fresh ready'])
  })

  it('is claimed when nobody takes it back; then taking back can not begin', async () => {
    await sent()
    await store.finishSend('send')
    expect(await db.operations.get('send')).toMatchObject({ state: 'claimed' })
    expect(await store.beginSwap(swap(takeBack))).toBe(false)
  })
})
