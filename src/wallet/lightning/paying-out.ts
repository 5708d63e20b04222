/** From the user's wish to a journalled payment: what it would cost, and taking the notes for it. */
import { RoutstrError } from '../../domain/errors.ts'
import type { Connections } from '../connections.ts'
import type { MintConnection } from '../mint.ts'
import { sumAmounts } from '../notes.ts'
import type { WalletStore } from '../store.ts'
import { notesFor } from './inputs.ts'
import type { Invoice } from './invoice.ts'
import { createMeltQuote, prepareMelt } from './melt-quotes.ts'
import { QUOTE_LIFE_MS, type WithdrawalRow } from './rows.ts'
import type { LightningStore } from './store.ts'

export interface PayingOut {
  /** The row of a quote, not saved yet. @throws as `createMeltQuote`, and `insufficient_balance` */
  quote(mint: string, payment: { readonly invoice: Invoice; readonly payee: string; readonly amountSat: number | null }): Promise<WithdrawalRow>
  /**
   * Takes notes and writes everything down; nothing is sent. Never dearer than the quote.
   * @param journal writes it, with whatever must be saved in the same transaction; false: a note or the row was taken meanwhile
   * @throws RoutstrError `not_found`, `invoice_expired`, `insufficient_balance`
   */
  begin(id: string, journal?: PaymentJournal): Promise<WithdrawalRow>
}

export type BegunPayment = Parameters<LightningStore['beginWithdrawal']>[1]
export type PaymentJournal = (begun: BegunPayment) => Promise<boolean>

const MOST_TRIES = 5

export function createPayingOut(world: {
  readonly store: LightningStore
  readonly walletStore: WalletStore
  readonly connections: Connections
  readonly now: () => number
  readonly randomId: () => string
}): PayingOut {
  const { store, now } = world

  async function chosen(connection: MintConnection, needSat: number) {
    return notesFor(connection, await world.walletStore.notes(connection, ['ready']), needSat)
  }

  return {
    async quote(mint, { invoice, payee, amountSat }) {
      const connection = await world.connections.connect({ mint, unit: 'sat' })
      const quote = await createMeltQuote(connection, invoice, amountSat)
      const inputFeeSat = connection.fee(await chosen(connection, quote.amountSat + quote.feeReserveSat))
      return {
        ...quote,
        id: world.randomId(),
        mint,
        invoice: invoice.text,
        payee,
        paymentHash: invoice.paymentHash,
        inputFeeSat,
        totalSat: quote.amountSat + quote.feeReserveSat + inputFeeSat,
        state: 'quoted',
        feeSat: null,
        preimage: null,
        topUpId: null,
        createdAt: now(),
        expiresAt: Math.min(quote.expiresAt, invoice.expiresAt),
        finishedAt: null,
        problem: null,
        melt: null,
        inputSat: 0,
        changeSat: 0,
        requestedAt: null,
      }
    },

    async begin(id, journal = (begun) => store.beginWithdrawal(id, begun)) {
      for (let round = 0; round < MOST_TRIES; round++) {
        const row = await store.withdrawal(id)
        if (row === undefined) throw new RoutstrError('not_found', 'This quote has lapsed. Ask for it again; nothing was paid.')
        // a second press, or another context: one payment all the same
        if (row.state !== 'quoted') return row
        if (isStale(row, now())) {
          await store.deleteQuoted(id)
          throw new RoutstrError('invoice_expired', 'This quote has lapsed. Ask for it again; nothing was paid.')
        }
        const connection = await world.connections.connect({ mint: row.mint, unit: 'sat' })
        const inputs = await chosen(connection, row.amountSat + row.feeReserveSat)
        const inputFeeSat = connection.fee(inputs)
        if (inputFeeSat > row.inputFeeSat) {
          await store.deleteQuoted(id)
          throw new RoutstrError(
            'invoice_expired',
            `The price has changed: other notes have to pay now, and the mint's fee for them is ${inputFeeSat} sat instead of ${row.inputFeeSat}. Ask for the price again; nothing was paid.`,
          )
        }
        const melt = await prepareMelt(connection, row, inputs)
        const begun = { melt, inputSat: sumAmounts(inputs), inputFeeSat, at: now() }
        if (await journal(begun)) return (await store.withdrawal(id)) ?? row
      }
      throw new RoutstrError('insufficient_balance', 'The notes are taken by other payments at the moment. Nothing was paid; try again.')
    },
  }
}

/** A quote nobody agreed to for so long is not what the user saw any more. */
export function isStale(row: WithdrawalRow, now: number): boolean {
  return row.state === 'quoted' && (now > row.createdAt + QUOTE_LIFE_MS || (row.expiresAt !== null && now > row.expiresAt))
}
