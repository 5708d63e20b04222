/** Lightning in and out of the wallet (NUT-04, NUT-05): top-ups, withdrawals, moves between own mints. */
import { RoutstrError } from '../../domain/errors.ts'
import { inBackground } from '../../domain/in-background.ts'
import type { MoveQuote, PayTarget, TopUp, Withdrawal } from '../../domain/lightning.ts'
import type { Connections } from '../connections.ts'
import type { WalletStore } from '../store.ts'
import type { SwapRunner } from '../swaps.ts'
import { atMost } from './at-most.ts'
import { createInvoiceDeposits, type InvoiceDeposits } from './deposits.ts'
import { createMoves } from './moves.ts'
import { createPace } from './pace.ts'
import { invoiceOf, readTarget } from './pay-target.ts'
import { createPayingOut, isStale } from './paying-out.ts'
import { topUpView, withdrawalView } from './rows.ts'
import type { LightningStore } from './store.ts'
import { createTopUps } from './top-ups.ts'
import { createWatch } from './watch.ts'
import { createWithdrawals } from './withdrawals.ts'

export interface LightningWorld {
  readonly store: LightningStore
  readonly walletStore: WalletStore
  readonly connections: Connections
  readonly swaps: SwapRunner
  readonly fetch: typeof globalThis.fetch
  readonly webSocket: (url: string) => WebSocket
  readonly now: () => number
  readonly randomId: () => string
  /** Throws RoutstrError `unsafe_address`; answers the address as it is used. */
  readonly checkAddress: (url: string) => string
  /** Redeems a waiting token at its own mint, which stays untrusted. */
  readonly receiveThere: (incomingId: string) => Promise<unknown>
  readonly isWatched: () => boolean
  readonly keepAlive: () => () => void
  readonly onChange: () => void
}

export interface Lightning {
  /** Newest first: open ones always, finished ones of the last 30 days. */
  rows(): Promise<{ readonly topUps: readonly TopUp[]; readonly withdrawals: readonly Withdrawal[] }>
  topUp(id: string): Promise<TopUp | undefined>
  /** An invoice of this mint; whoever pays it, its notes become ours. @throws RoutstrError `unknown_mint`, `invalid_request_error`, `mint_rejected`, `mint_unreachable` */
  createTopUp(mint: string, amountSat: number, payer?: 'anybody' | 'connected wallet'): Promise<TopUp>
  /** @throws RoutstrError `not_empty`, `mint_unreachable` */
  forgetTopUp(id: string): Promise<void>
  /** Asks the mint about this top-up now, and mints what is paid. @throws RoutstrError `mint_unreachable`: whether it is paid is not known */
  check(id: string): Promise<TopUp | undefined>

  read(text: string): Promise<PayTarget>
  /** Nothing is paid. @throws RoutstrError `insufficient_balance`, `invalid_invoice`, `invoice_expired`, … */
  quote(text: string, amountSat: number | null, mint: string): Promise<Withdrawal>
  /** Pays a quote; how far it got after about 20 s at most. */
  pay(withdrawalId: string): Promise<Withdrawal>
  forgetQuote(withdrawalId: string): Promise<void>
  /** See `withdrawals.ts`. */
  cancel(withdrawalId: string): Promise<void>

  quoteMove(from: string, to: string, amountSat: number | null): Promise<MoveQuote>
  /** Received at its mint without trusting it, then everything there moved. A crash in between leaves its notes visible at that mint. */
  moveToken(incomingId: string, to: string): Promise<{ readonly topUpId: string }>

  /** Paying a provider's invoice. */
  readonly deposits: InvoiceDeposits

  /** Goes on with what is open; `everything`: also what was tried a moment ago. */
  recover(everything: boolean): Promise<void>
  hasOpen(): Promise<boolean>
  stop(): void
}

const SHOWN_MS = 30 * 24 * 3_600_000
const MOST_SHOWN = 100
/** How long a press of "pay" waits for its end. */
const PAY_PATIENCE_MS = 20_000

export function createLightning(world: LightningWorld): Lightning {
  const { store, now } = world
  const pace = createPace(now)
  const topUps = createTopUps({ ...world, pace })
  const withdrawals = createWithdrawals({ ...world, pace, onEnd: (row) => inBackground(afterWithdrawal(row.id)) })
  const payingOut = createPayingOut(world)
  const moves = createMoves({ ...world, topUps, payingOut })
  const watch = createWatch({ ...world, pace, advanceTopUp: topUps.advance, advanceWithdrawal: withdrawals.advance })

  /** The other half of a move. */
  async function afterWithdrawal(id: string): Promise<void> {
    const row = await store.withdrawal(id)
    if (row?.topUpId == null) return
    if (row.state === 'failed') await topUps.forget(row.topUpId)
    else await topUps.advance(row.topUpId)
  }

  async function requireOwn(mint: string): Promise<void> {
    if (!(await world.connections.isTrusted(mint))) throw new RoutstrError('unknown_mint', `${mint} is not one of your mints. No money was moved.`)
  }

  async function topUp(id: string): Promise<TopUp | undefined> {
    const row = await store.topUp(id)
    return row === undefined ? undefined : topUpView(row)
  }

  async function pay(id: string): Promise<Withdrawal> {
    const row = await payingOut.begin(id)
    world.onChange()
    await atMost(withdrawals.send(id), PAY_PATIENCE_MS)
    watch.look()
    return withdrawalView((await store.withdrawal(id)) ?? row)
  }

  const deposits = createInvoiceDeposits({ store, payingOut, now, send: withdrawals.send, follow: watch.look, patienceMs: PAY_PATIENCE_MS })

  return {
    deposits,
    async rows() {
      watch.look()
      const ins = (await store.topUps(['waiting', 'paid', 'minting', 'done', 'expired'])).filter(({ hidden }) => !hidden)
      const outs = await store.withdrawals(['requested', 'pending', 'paid', 'failed'])
      const since = now() - SHOWN_MS
      return {
        topUps: recent(ins, ({ state }) => ['waiting', 'paid', 'minting'].includes(state), since).map(topUpView),
        withdrawals: recent(outs, ({ state }) => state === 'requested' || state === 'pending', since).map(withdrawalView),
      }
    },
    topUp,
    async createTopUp(mint, amountSat, payer = 'anybody') {
      await requireOwn(mint)
      const row = await topUps.quote(mint, amountSat, payer)
      await store.addTopUp(row)
      world.onChange()
      watch.look()
      return topUpView(row)
    },
    forgetTopUp: topUps.forget,
    async check(id) {
      const problem = await topUps.ask(id)
      if (problem !== null)
        throw new RoutstrError('mint_unreachable', `The mint could not be asked whether the invoice is paid (${problem}). No money was moved.`)
      if ((await store.topUp(id))?.state === 'paid') await topUps.advance(id)
      return topUp(id)
    },

    read: (text) => readTarget(text, world),
    async quote(text, amountSat, mint) {
      const { invoice, payee } = await invoiceOf(text, amountSat, world)
      const row = await payingOut.quote(mint, { invoice, payee, amountSat })
      await store.addWithdrawal(row)
      return withdrawalView(row)
    },
    pay,
    async forgetQuote(id) {
      const row = await store.withdrawal(id)
      if (row === undefined || (await store.deleteQuoted(id))) return
      if (row.state === 'requested' || row.state === 'pending') throw new RoutstrError('not_empty', 'This payment is under way; it is followed to its end.')
    },

    cancel: withdrawals.cancel,

    quoteMove: moves.quote,
    async moveToken(incomingId, to) {
      const token = await world.walletStore.incoming(incomingId)
      if (token === undefined) throw new RoutstrError('not_found', 'This incoming token is not there any more.')
      if (token.unit !== 'sat') throw new RoutstrError('unsupported_unit', `Only tokens in sat can be moved; this one is in ${token.unit}. It is kept.`)
      if (await world.connections.isTrusted(token.mint))
        throw new RoutstrError('invalid_request_error', `${token.mint} is one of your mints: just receive the token. It is kept.`)
      const from = world.checkAddress(token.mint)
      await moves.requirePossible(from, to)
      if (token.state !== 'redeemed') await world.receiveThere(incomingId)
      try {
        const { withdrawalId, topUpId } = await moves.quote(from, to, null)
        await pay(withdrawalId)
        return { topUpId }
      } catch (error) {
        if (!(error instanceof RoutstrError)) throw error
        throw new RoutstrError(
          error.code,
          `The token was received: its notes lie at ${from}, which you do not trust, and can be moved from there. ${error.message}`,
          { cause: error },
        )
      }
    },

    async recover(everything) {
      for (const row of await store.withdrawals(['quoted'])) if (isStale(row, now())) await store.deleteQuoted(row.id)
      await watch.run(everything)
      watch.look()
    },
    hasOpen: watch.hasOpen,
    stop: watch.stop,
  }
}

function recent<R extends { readonly createdAt: number }>(rows: readonly R[], isOpen: (row: R) => boolean, since: number): R[] {
  const shown = rows.filter((row) => isOpen(row) || row.createdAt >= since).sort((a, b) => b.createdAt - a.createdAt)
  return shown.filter((row, index) => index < MOST_SHOWN || isOpen(row))
}
