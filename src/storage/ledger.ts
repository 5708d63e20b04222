/** The golden equation, read from the rows in one transaction (design §9). */
import { msat } from '../domain/msat.ts'
import type { Session } from '../domain/session.ts'
import { worthMsat } from '../domain/units.ts'
import type { Ledger } from '../domain/wallet.ts'
import { chargedMsat } from '../sessions/balance.ts'
import { isSwap } from '../wallet/journal.ts'
import type { RoutstrDatabase } from './database.ts'
import { readLightning } from './lightning-ledger.ts'
import { spentElsewhereMsat } from './spent-elsewhere.ts'

export function readLedger(db: RoutstrDatabase): Promise<Ledger> {
  const isThere = async ({ invoice }: Session): Promise<boolean> => {
    const payment = invoice === undefined ? undefined : await db.withdrawals.get(invoice.withdrawalId)
    return payment === undefined || payment.state === 'paid'
  }
  return db.transaction(
    'r',
    [db.purse, db.incoming, db.operations, db.sessions, db.attempts, db.restores, db.topUps, db.withdrawals, db.elsewhere],
    async () => {
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
      const notes = sum(
        (await db.purse.toArray()).filter((note) => note.state !== 'sent'),
        (note) => worthMsat(note.amount, note.unit),
      )

      const takenBackInput = new Map(
        swaps.filter((swap) => swap.kind === 'takeBack' && swap.state === 'done').map((swap) => [swap.sendId, worthMsat(swap.inputAmount, swap.unit)]),
      )
      let sent = sum(
        sends.filter((send) => send.purpose === 'user'),
        (send) => worthMsat(send.amount, send.unit) - (send.state === 'takenBack' ? (takenBackInput.get(send.id) ?? 0) : 0),
      )

      // put into the wallet by a restore, without a token
      received += sum(await db.restores.toArray(), (row) => (row.kind === 'job' ? row.addedMsat : 0))

      const lightning = await readLightning(db)
      received += lightning.receivedMsat

      // notes that another browser of the user has spent
      sent += sum(
        (await db.elsewhere.toArray()).filter(({ dropped }) => dropped),
        ({ amount, unit }) => worthMsat(amount, unit),
      )

      let atProviders = 0
      let spent = 0
      let redemptionFees = 0
      let lost = 0
      for (const session of sessions) {
        if (session.creditedMsat === null) {
          // never reached the provider, because another browser was faster
          const isOver = session.state === 'lost' || session.state === 'cancelled'
          const elsewhere = isOver ? Math.min(session.faceMsat, await spentElsewhereMsat(db, session.operationId)) : 0
          sent += elsewhere
          if (session.state === 'lost') lost += session.faceMsat - elsewhere
          // what a provider kept of notes that were otherwise taken back
          else if (session.state === 'cancelled')
            lost += Math.min(
              session.unexplainedMsat,
              session.faceMsat - elsewhere - Math.min(session.faceMsat - elsewhere, takenBackInput.get(session.operationId) ?? 0),
            )
          // an invoice that is not paid yet: the notes are in the wallet
          else if (await isThere(session)) atProviders += session.faceMsat
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
        (swap) => worthMsat(swap.inputAmount - swap.outputAmount, swap.unit),
      )
      const mintFees = swapFees + redemptionFees + lightning.inputFeesMsat
      const wallet = notes + unredeemed + lightning.movingMsat
      const sentAway = sent + lightning.sentMsat
      return {
        receivedMsat: msat(received),
        walletMsat: msat(wallet),
        sentMsat: msat(sentAway),
        sessionsMsat: msat(atProviders),
        spentMsat: msat(spent),
        mintFeesMsat: msat(mintFees),
        lightningFeesMsat: msat(lightning.routingFeesMsat),
        lostMsat: msat(lost),
        differenceMsat: received - wallet - sentAway - atProviders - spent - mintFees - lightning.routingFeesMsat - lost,
      }
    },
  )
}

function sum<T>(rows: readonly T[], amount: (row: T) => number): number {
  return rows.reduce((total, row) => total + amount(row), 0)
}
