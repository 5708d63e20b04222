/** Paying the invoice of a provider, as a deposit there: an ordinary payment whose row belongs to a session, and is written together with it. */
import { RoutstrError } from '../../domain/errors.ts'
import { fromSat, type Msat } from '../../domain/msat.ts'
import { atMost } from './at-most.ts'
import { readInvoice } from './invoice.ts'
import type { PayingOut, PaymentJournal } from './paying-out.ts'
import type { WithdrawalRow } from './rows.ts'
import type { LightningStore } from './store.ts'

export interface DepositByInvoice {
  readonly withdrawalId: string
  /** The mint's reserve for routing and its input fee: more it does not cost. */
  readonly feeMsat: Msat
}

export interface PaymentFacts {
  readonly state: WithdrawalRow['state']
  /** What it cost beyond the amount; the most it can until it is paid. */
  readonly feeMsat: Msat
}

export interface InvoiceDeposits {
  /** What it would cost. Nothing is paid. @throws RoutstrError as `Lightning.quote`; `invalid_invoice`, `invoice_expired` when the invoice is not what was asked for */
  quote(wish: { readonly invoice: string; readonly amountSat: number; readonly mint: string; readonly payee: string; readonly sessionId: string }): Promise<DepositByInvoice>
  /** Takes the notes, writes payment and session, sends it, and follows it for a while. @throws RoutstrError when nothing was taken */
  pay(withdrawalId: string, journal: PaymentJournal): Promise<PaymentFacts>
  forget(withdrawalId: string): Promise<void>
  /** null: not known here (a restored session). */
  facts(withdrawalId: string): Promise<PaymentFacts | null>
}

export function createInvoiceDeposits(world: {
  readonly store: LightningStore
  readonly payingOut: PayingOut
  readonly now: () => number
  /** Sends it to the mint. */
  readonly send: (withdrawalId: string) => Promise<void>
  /** Somebody follows it from now on. */
  readonly follow: () => void
  readonly patienceMs: number
}): InvoiceDeposits {
  const { store, payingOut } = world

  async function facts(withdrawalId: string): Promise<PaymentFacts | null> {
    const row = await store.withdrawal(withdrawalId)
    return row === undefined ? null : { state: row.state, feeMsat: fromSat(Math.max(0, row.feeSat ?? row.feeReserveSat + row.inputFeeSat)) }
  }

  return {
    async quote({ invoice: text, amountSat, mint, payee, sessionId }) {
      const invoice = readInvoice(text)
      if (invoice.amountMsat !== amountSat * 1000)
        throw new RoutstrError('invalid_invoice', `The provider's invoice is not for the ${amountSat} sat that were asked for. Nothing was paid.`)
      if (invoice.expiresAt <= world.now()) throw new RoutstrError('invoice_expired', "The provider's invoice has expired. Nothing was paid.")
      const row = await payingOut.quote(mint, { invoice, payee, amountSat })
      await store.addWithdrawal({ ...row, sessionId })
      return { withdrawalId: row.id, feeMsat: fromSat(row.totalSat - row.amountSat) }
    },
    async pay(withdrawalId, journal) {
      await payingOut.begin(withdrawalId, journal)
      await atMost(world.send(withdrawalId), world.patienceMs)
      world.follow()
      const told = await facts(withdrawalId)
      if (told === null) throw new Error('a payment that was written is gone')
      return told
    },
    forget: async (withdrawalId) => void (await store.deleteQuoted(withdrawalId)),
    facts,
  }
}
