/**
 * Money from one own mint to another: the second makes an invoice, the first pays it. Both rows are written together, so a
 * crash at any point leaves either a quote nobody agreed to, or a withdrawal and a top-up that are each followed to their end.
 */
import { RoutstrError } from '../../domain/errors.ts'
import type { MoveQuote } from '../../domain/lightning.ts'
import type { Connections } from '../connections.ts'
import { sumAmounts } from '../notes.ts'
import type { WalletStore } from '../store.ts'
import { readInvoice } from './invoice.ts'
import type { PayingOut } from './paying-out.ts'
import { requireLightning } from './refusals.ts'
import type { TopUpRow, WithdrawalRow } from './rows.ts'
import type { LightningStore } from './store.ts'
import type { TopUps } from './top-ups.ts'

export interface Moves {
  /** @param amountSat what arrives; null: as much as fits. @throws as quotes do, and `unknown_mint`, `insufficient_balance` */
  quote(from: string, to: string, amountSat: number | null): Promise<MoveQuote>
  /** Before a token of `from` is received for a move: would it be possible at all? @throws as quotes do */
  requirePossible(from: string, to: string): Promise<void>
}

const MOST_ROUNDS = 6

export function createMoves(world: {
  readonly store: LightningStore
  readonly walletStore: WalletStore
  readonly connections: Connections
  readonly topUps: TopUps
  readonly payingOut: PayingOut
}): Moves {
  const { store, connections } = world

  async function requirePossible(from: string, to: string): Promise<void> {
    if (from === to) throw new RoutstrError('invalid_request_error', 'Both mints are the same. Nothing was moved.')
    if (!(await connections.isTrusted(to))) throw new RoutstrError('unknown_mint', `${to} is not one of your mints. Nothing was moved.`)
    requireLightning((await connections.connect({ mint: from, unit: 'sat' })).account, 'melt', null)
    requireLightning((await connections.connect({ mint: to, unit: 'sat' })).account, 'mint', null)
  }

  /** Two quotes, one at each mint; nothing is written. */
  async function pair(from: string, to: string, amountSat: number): Promise<{ readonly topUp: TopUpRow; readonly withdrawal: WithdrawalRow }> {
    const topUp = await world.topUps.quote(to, amountSat, 'own mint')
    const invoice = readInvoice(topUp.invoice)
    if (invoice.amountMsat !== amountSat * 1000) throw new RoutstrError('mint_misbehaved', `${to} made an invoice over another amount. Nothing was moved.`)
    const withdrawal = await world.payingOut.quote(from, { invoice, payee: to, amountSat: null })
    return { topUp: { ...topUp, withdrawalId: withdrawal.id, hidden: true }, withdrawal: { ...withdrawal, topUpId: topUp.id } }
  }

  /** The reserve depends on the amount: from the whole balance downwards until amount, reserve and fee fit. */
  async function largestPair(from: string, to: string) {
    const connection = await connections.connect({ mint: from, unit: 'sat' })
    const ready = (await world.walletStore.notes(connection, ['ready'])).filter(({ amount, keysetId }) => amount * 1000 > connection.feePpk(keysetId))
    const spendable = sumAmounts(ready) - connection.fee(ready)
    let reserve = Math.max(1, Math.ceil(spendable / 100))
    for (let round = 0; round < MOST_ROUNDS && spendable - reserve >= 1; round++) {
      try {
        return await pair(from, to, spendable - reserve)
      } catch (error) {
        if (!(error instanceof RoutstrError) || error.code !== 'insufficient_balance') throw error
        reserve *= 2
      }
    }
    throw new RoutstrError('insufficient_balance', `The ${spendable} sat at ${from} are too little to be moved: the fees would eat them. They stay there.`)
  }

  return {
    requirePossible,
    async quote(from, to, amountSat) {
      await requirePossible(from, to)
      const { topUp, withdrawal } = amountSat === null ? await largestPair(from, to) : await pair(from, to, amountSat)
      await store.addMove(topUp, withdrawal)
      return {
        withdrawalId: withdrawal.id,
        topUpId: topUp.id,
        arrivesSat: topUp.amountSat,
        feeReserveSat: withdrawal.feeReserveSat,
        inputFeeSat: withdrawal.inputFeeSat,
      }
    },
  }
}
