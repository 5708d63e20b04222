/** Lightning's memory on Dexie. Every change of a state compares it first, in the same transaction. */
import type { LightningStore } from '../wallet/lightning/store.ts'
import type { PackedMelt, PackedMint, TopUpRow, WithdrawalRow } from '../wallet/lightning/rows.ts'
import { sumAmounts } from '../wallet/notes.ts'
import type { RoutstrDatabase } from './database.ts'
import { noteId, noteRow } from './note-row.ts'
import { dropSpentNote } from './spent-elsewhere.ts'
import { allOrNothing, Raced, takeNotes } from './taking-notes.ts'

export function createLightningStore(db: RoutstrDatabase): LightningStore {
  async function changeTopUp(id: string, from: readonly TopUpRow['state'][], changes: Partial<TopUpRow>): Promise<boolean> {
    return db.transaction('rw', db.topUps, async () => {
      const row = await db.topUps.get(id)
      if (row === undefined || !from.includes(row.state)) return false
      await db.topUps.put({ ...row, ...changes })
      return true
    })
  }

  async function changeWithdrawal(id: string, from: readonly WithdrawalRow['state'][], changes: Partial<WithdrawalRow>): Promise<boolean> {
    return db.transaction('rw', db.withdrawals, async () => {
      const row = await db.withdrawals.get(id)
      if (row === undefined || !from.includes(row.state)) return false
      await db.withdrawals.put({ ...row, ...changes })
      return true
    })
  }

  return {
    topUp: (id) => db.topUps.get(id),
    topUps: (states) =>
      db.topUps
        .where('state')
        .anyOf([...states])
        .toArray(),
    addTopUp: async (row) => void (await db.topUps.add(row)),
    changeTopUp,
    replaceMint: (id, old, request) =>
      db.transaction('rw', db.topUps, async () => {
        const row = await db.topUps.get(id)
        if (row?.state !== 'minting' || row.request === null || firstOutput(row.request) !== firstOutput(old)) return false
        await db.topUps.put({ ...row, request, replaced: [...row.replaced, row.request] })
        return true
      }),
    finishTopUp: (id, notes, at) =>
      db.transaction('rw', db.topUps, db.purse, async () => {
        const row = await db.topUps.get(id)
        if (row?.state !== 'minting') return false
        await db.purse.bulkPut(notes.map((note) => noteRow({ ...note, state: 'ready', operationId: null })))
        await db.topUps.put({ ...row, state: 'done', finishedAt: at, problem: null })
        return true
      }),

    withdrawal: (id) => db.withdrawals.get(id),
    withdrawals: (states) =>
      db.withdrawals
        .where('state')
        .anyOf([...states])
        .toArray(),
    addWithdrawal: async (row) => void (await db.withdrawals.add(row)),
    changeWithdrawal,
    deleteQuoted: (id) =>
      db.transaction('rw', db.withdrawals, async () => {
        if ((await db.withdrawals.get(id))?.state !== 'quoted') return false
        await db.withdrawals.delete(id)
        return true
      }),
    addMove: (topUp, withdrawal) =>
      db.transaction('rw', db.topUps, db.withdrawals, async () => {
        await db.topUps.add(topUp)
        await db.withdrawals.add(withdrawal)
      }),
    beginWithdrawal: (id, { melt, inputSat, inputFeeSat, at }) =>
      allOrNothing(() =>
        db.transaction('rw', db.purse, db.withdrawals, db.topUps, async () => {
          const row = await db.withdrawals.get(id)
          if (row?.state !== 'quoted') throw new Raced()
          await takeNotes(
            db,
            melt.inputs.map(({ secret }) => secret),
            'swapping',
            id,
          )
          const totalSat = row.amountSat + row.feeReserveSat + inputFeeSat
          await db.withdrawals.put({ ...row, state: 'requested', melt, inputSat, inputFeeSat, totalSat, requestedAt: at })
          if (row.topUpId !== null) await db.topUps.update(row.topUpId, { hidden: false })
        }),
      ),
    replaceMelt: (id, old, melt) =>
      db.transaction('rw', db.withdrawals, async () => {
        const row = await db.withdrawals.get(id)
        if (row?.state !== 'requested' || row.melt === null || firstBlank(row.melt) !== firstBlank(old)) return false
        await db.withdrawals.put({ ...row, melt })
        return true
      }),
    finishWithdrawal: (id, { change, preimage, problem, at }) =>
      db.transaction('rw', db.purse, db.withdrawals, db.sessions, async () => {
        const row = await db.withdrawals.get(id)
        if (row === undefined || row.melt === null || row.state === 'quoted' || row.state === 'paid') return false
        const inputs = row.melt.inputs.map(({ secret }) => noteId(secret))
        const there = (await db.purse.bulkGet(inputs)).filter((note) => note !== undefined)
        // after a failure they were ready again; what another operation took meanwhile, the mint refuses, and that operation says so
        const ours = there.filter((note) => note.operationId === id || note.state === 'ready')
        await db.purse.bulkDelete(ours.map((note) => note.id))
        await db.purse.bulkPut(change.map((note) => noteRow({ ...note, state: 'ready', operationId: null })))
        const changeSat = sumAmounts(change)
        await db.withdrawals.put({ ...row, state: 'paid', changeSat, feeSat: row.inputSat - changeSat - row.amountSat, preimage, problem, finishedAt: at })
        // paid after all: its deposit is at the provider
        const given = row.sessionId === undefined ? undefined : await db.sessions.get(row.sessionId)
        if (given?.state === 'cancelled') await db.sessions.put({ ...given, state: 'prepared', problem: 'the mint has paid the invoice late', nextTryAt: at })
        return true
      }),
    failWithdrawal: (id, { spent, problem, at }) =>
      db.transaction('rw', db.purse, db.withdrawals, db.elsewhere, async () => {
        const row = await db.withdrawals.get(id)
        if (row === undefined || row.melt === null || (row.state !== 'requested' && row.state !== 'pending')) return false
        const gone = new Set(spent)
        for (const { secret } of row.melt.inputs) {
          if (gone.has(secret)) await dropSpentNote(db, noteId(secret), at)
          else await db.purse.update(noteId(secret), { state: 'ready', operationId: null })
        }
        await db.withdrawals.put({ ...row, state: 'failed', problem, finishedAt: at })
        return true
      }),
  }
}

const firstOutput = ({ outputs }: PackedMint): string => outputs[0]?.blindedMessage.B_ ?? ''
const firstBlank = ({ blanks }: PackedMelt): string => blanks[0]?.blindedMessage.B_ ?? ''
