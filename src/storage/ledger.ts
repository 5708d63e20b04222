/** The golden equation, read from the rows in one transaction (design §9). */
import { fromSat, msat } from '../domain/msat.ts'
import type { Ledger } from '../domain/wallet.ts'
import { chargedMsat } from '../sessions/balance.ts'
import { isSwap } from '../wallet/journal.ts'
import { sumSat } from '../wallet/notes.ts'
import type { RoutstrDatabase } from './database.ts'

export function readLedger(db: RoutstrDatabase): Promise<Ledger> {
  return db.transaction('r', db.notes, db.incoming, db.operations, db.sessions, db.attempts, async () => {
    const incoming = await db.incoming.toArray()
    const operations = await db.operations.toArray()
    const sessions = await db.sessions.toArray()
    const swaps = operations.filter(isSwap)
    const sends = operations.filter((operation) => !isSwap(operation))

    let received = sum(
      incoming.filter((row) => row.from !== 'refund' && ['stored', 'redeeming', 'redeemed'].includes(row.state)),
      (row) => row.amountMsat,
    )
    const unredeemed = sum(
      incoming.filter((row) => row.state === 'stored' || row.state === 'redeeming' || (row.from === 'refund' && row.state === 'waiting')),
      (row) => row.amountMsat,
    )
    const notes = fromSat(sumSat((await db.notes.toArray()).filter((note) => note.state !== 'sent')))

    const takenBackInput = new Map(
      swaps.filter((swap) => swap.kind === 'takeBack' && swap.state === 'done').map((swap) => [swap.sendId, fromSat(swap.inputSat)]),
    )
    const sent = sum(
      sends.filter((send) => send.purpose === 'user'),
      (send) => fromSat(send.amountSat) - (send.state === 'takenBack' ? (takenBackInput.get(send.id) ?? 0) : 0),
    )

    let atProviders = 0
    let spent = 0
    let redemptionFees = 0
    let lost = 0
    for (const session of sessions) {
      if (session.creditedMsat === null) {
        if (session.state === 'lost') lost += session.faceMsat
        // what a provider kept of notes that were otherwise taken back
        else if (session.state === 'cancelled') lost += session.unexplainedMsat
        else atProviders += session.faceMsat
        continue
      }
      redemptionFees += session.faceMsat - session.creditedMsat
      const charged = chargedMsat(await db.attempts.where('sessionId').equals(session.id).toArray())
      spent += charged
      if (session.state === 'refunded' || session.state === 'closed') {
        spent += session.forfeitedMsat + Math.max(0, session.unexplainedMsat)
        // a provider gave more than it owed
        received += Math.max(0, -session.unexplainedMsat)
      } else if (session.state === 'lost') lost += session.creditedMsat - charged
      else atProviders += session.creditedMsat - charged
    }
    const swapFees = sum(
      swaps.filter((swap) => swap.state === 'done'),
      (swap) => fromSat(swap.inputSat - swap.outputSat),
    )
    const mintFees = swapFees + redemptionFees
    const wallet = notes + unredeemed
    return {
      receivedMsat: msat(received),
      walletMsat: msat(wallet),
      sentMsat: msat(sent),
      sessionsMsat: msat(atProviders),
      spentMsat: msat(spent),
      mintFeesMsat: msat(mintFees),
      lostMsat: msat(lost),
      differenceMsat: received - wallet - sent - atProviders - spent - mintFees - lost,
    }
  })
}

function sum<T>(rows: readonly T[], amount: (row: T) => number): number {
  return rows.reduce((total, row) => total + amount(row), 0)
}
