/** Rows of operations → lines of the history. Pure. What each line does to the wallet agrees with `ledger.ts`, row by row. */
import { lessMsat } from '../domain/msat.ts'
import type { Session } from '../domain/session.ts'
import { PROBES } from '../domain/site.ts'
import { isBitcoin } from '../domain/units.ts'
import type { IncomingToken } from '../domain/wallet.ts'
import type { RestoreRow } from '../wallet/backup/store.ts'
import { isSwap, type Operation, type SendOperation, type SwapOperation } from '../wallet/journal.ts'
import type { TopUpRow, WithdrawalRow } from '../wallet/lightning/rows.ts'
import { type HistoryLine, money, told } from './history-line.ts'
import { lightningLines, paymentCost } from './history-lightning-lines.ts'
import type { ElsewhereRow } from './spent-elsewhere.ts'

export interface HistoryRows {
  readonly incoming: readonly IncomingToken[]
  readonly operations: readonly Operation[]
  readonly sessions: readonly Session[]
  readonly topUps: readonly TopUpRow[]
  readonly withdrawals: readonly WithdrawalRow[]
  readonly restores: readonly RestoreRow[]
  readonly elsewhere: readonly ElsewhereRow[]
}

/** One line per thing that happened, in no order. */
export function linesOf({ incoming, operations, sessions, topUps, withdrawals, restores, elsewhere }: HistoryRows): HistoryLine[] {
  const swaps = operations.filter(isSwap)
  const sends = operations.filter((operation) => !isSwap(operation))
  const fees = sharedFees(incoming, swaps)
  const placedWhere = new Map(sessions.map((session) => [session.id, placeOf(session)]))
  const sentBy = new Map(sends.map((send) => [send.id, send]))
  const paymentBy = new Map(withdrawals.map((row) => [row.id, row]))
  const sessionOf = new Map(sessions.map((session) => [session.operationId, session]))
  return [
    ...incoming.map((row) => received(row, fees.get(row.id) ?? 0, placedWhere.get(row.sessionId ?? '') ?? null)),
    ...sends.filter(({ purpose }) => purpose === 'user').map(sent),
    ...lastTakeBacks(swaps).map((swap) => takenBack(swap, sentBy.get(swap.sendId ?? '')?.memo ?? placeOf(sessionOf.get(swap.sendId ?? '')))),
    ...swaps.filter(({ kind, state }) => kind === 'split' && state !== 'failed').map(exchanged),
    ...sessions.map((session) =>
      session.invoice === undefined ? placed(session, sentBy.get(session.operationId)?.unit ?? 'sat') : placedByInvoice(session, paymentBy.get(session.invoice.withdrawalId)),
    ),
    ...lightningLines(topUps, withdrawals),
    ...restores.flatMap(restored),
    ...takenElsewhere(elsewhere),
  ]
}

function received(row: IncomingToken, fee: number, place: string | null): HistoryLine {
  const isRefund = row.from === 'refund'
  // change on a mint that is not trusted is ours already; a token somebody offers is not
  const isOurs = row.state === 'stored' || row.state === 'redeeming' || row.state === 'redeemed' || (isRefund && row.state === 'waiting')
  return {
    ...money(row.amount, row.unit, fee),
    id: `incoming/${row.id}`,
    at: row.at,
    kind: isRefund ? 'returned' : row.from === 'sync' ? 'synced' : 'received',
    direction: isOurs ? 'in' : 'none',
    state: row.state === 'redeemed' ? 'done' : row.state === 'refused' ? 'failed' : 'open',
    mint: row.mint,
    counterparty: place,
    problem: told(row.state === 'redeemed' ? null : row.problem),
    ...(row.from === 'user' ? { token: row.token } : {}),
  }
}

/** Tokens that were redeemed in one swap share its fee by their amounts, in whole units: the largest remainders are rounded up. */
function sharedFees(incoming: readonly IncomingToken[], swaps: readonly SwapOperation[]): Map<string, number> {
  const amounts = new Map(incoming.map(({ id, amount }) => [id, amount]))
  const fees = new Map<string, number>()
  for (const { kind, state, incomingIds, inputAmount, outputAmount } of swaps) {
    if (kind !== 'receive' || state !== 'done') continue
    const fee = inputAmount - outputAmount
    const total = incomingIds.reduce((sum, id) => sum + (amounts.get(id) ?? 0), 0)
    const shares = incomingIds.map((id) => ({ id, share: total === 0 ? 0 : (fee * (amounts.get(id) ?? 0)) / total }))
    let rest = fee - shares.reduce((sum, { share }) => sum + Math.floor(share), 0)
    for (const { id, share } of shares.sort((a, b) => (b.share % 1) - (a.share % 1))) fees.set(id, Math.floor(share) + (rest-- > 0 ? 1 : 0))
  }
  return fees
}

function sent({ id, createdAt, amount, unit, state, mint, memo }: SendOperation): HistoryLine {
  return {
    ...money(amount, unit, 0),
    id: `send/${id}`,
    at: createdAt,
    kind: 'sent',
    direction: 'out',
    state: state === 'sent' ? 'open' : 'done',
    mint,
    counterparty: told(memo),
    problem: null,
  }
}

/** Of one token: a swap that the mint refused is followed by another; only the last one is told. */
function lastTakeBacks(swaps: readonly SwapOperation[]): SwapOperation[] {
  const last = new Map<string | null, SwapOperation>()
  for (const swap of swaps.filter(({ kind }) => kind === 'takeBack').sort((a, b) => a.createdAt - b.createdAt)) {
    if (last.get(swap.sendId)?.state !== 'done') last.set(swap.sendId, swap)
  }
  return [...last.values()]
}

function takenBack(swap: SwapOperation, from: string | null): HistoryLine {
  return { ...swapLine(swap), kind: 'taken back', direction: swap.state === 'done' ? 'in' : 'none', counterparty: told(from) }
}

function exchanged(swap: SwapOperation): HistoryLine {
  return { ...swapLine(swap), kind: 'exchanged', direction: 'none', counterparty: null }
}

function swapLine({
  id,
  createdAt,
  inputAmount,
  outputAmount,
  unit,
  state,
  mint,
  problem,
}: SwapOperation): Omit<HistoryLine, 'kind' | 'direction' | 'counterparty'> {
  return {
    ...money(inputAmount, unit, state === 'done' ? inputAmount - outputAmount : 0),
    id: `swap/${id}`,
    at: createdAt,
    state: state === 'requested' ? 'open' : state,
    mint,
    problem: told(state === 'done' ? null : problem),
  }
}

/** What the provider credited; the fee is what its mint took from it. Until it has answered, the face value. */
function placed(session: Session, payer: string): HistoryLine {
  const amountMsat = session.creditedMsat ?? session.faceMsat
  const feeMsat = lessMsat(session.faceMsat, amountMsat)
  const inSat = payer === 'sat' && amountMsat % 1000 === 0 && feeMsat % 1000 === 0
  const failed = session.state === 'lost' || session.state === 'cancelled'
  return {
    ...(inSat ? money(amountMsat / 1000, 'sat', feeMsat / 1000) : money(amountMsat, 'msat', feeMsat)),
    id: `session/${session.id}`,
    at: session.createdAt,
    kind: 'placed',
    direction: 'out',
    state: failed ? 'failed' : session.creditedMsat === null ? 'open' : 'done',
    mint: session.mint,
    counterparty: placeOf(session),
    problem: told(session.state === 'cancelled' ? (session.problem ?? 'the provider did not take it; it was taken back') : session.problem),
  }
}

/** Leaves the wallet when the invoice is paid; its payment has no line of its own. */
function placedByInvoice(session: Session, payment: WithdrawalRow | undefined): HistoryLine {
  const isPaid = payment === undefined || payment.state === 'paid'
  const line = placed(session, 'sat')
  const fee = payment === undefined || !isPaid ? 0 : paymentCost(payment)
  const problem = session.state === 'cancelled' ? told(payment?.problem ?? 'the invoice was not paid') : line.problem
  const paid = isPaid && session.creditedMsat === null && session.state !== 'lost' ? 'open' : line.state
  return { ...line, ...money(line.amount, 'sat', fee), direction: isPaid ? 'out' : 'none', state: paid, problem }
}

/** Tokens that a restore found have lines of their own. */
function restored({ id, startedAt, state, from, addedMsat, mints }: RestoreRow): HistoryLine[] {
  const here = { at: startedAt, kind: 'restored', direction: 'in', mint: (mints.length === 1 ? mints[0]?.url : null) ?? '' } as const
  const how = { state: state === 'running' ? 'open' : 'done', counterparty: from === 'words' ? 'from words' : 'from a backup file', problem: null } as const
  const inSat = addedMsat % 1000 === 0
  const amounts = [
    inSat ? money(addedMsat / 1000, 'sat', 0) : money(addedMsat, 'msat', 0),
    // the books count bitcoin; of other units the mints' findings tell
    ...[...sumsOf(mints.flatMap(({ found }) => found))].filter(([unit]) => !isBitcoin(unit)).map(([unit, amount]) => money(amount, unit, 0)),
  ]
  return amounts
    .filter(({ amount }) => amount > 0)
    .map((amount) => ({ ...amount, ...here, ...how, id: `restore/${id}/${isBitcoin(amount.unit) ? 'bitcoin' : amount.unit}` }))
}

/** Notes that another browser of the user has spent; those that went at once are one line. */
function takenElsewhere(rows: readonly ElsewhereRow[]): HistoryLine[] {
  const dropped = rows.filter((row) => row.dropped)
  return [...Map.groupBy(dropped, ({ at, unit, mint }) => `${at}/${unit}/${mint}`)].flatMap(([id, [first, ...others]]) => {
    if (first === undefined) return []
    const amount = others.reduce((sum, note) => sum + note.amount, first.amount)
    const line = { ...money(amount, first.unit, 0), id: `elsewhere/${id}`, at: first.at, mint: first.mint, counterparty: null, problem: null }
    return [{ ...line, kind: 'synced', direction: 'out', state: 'done' }]
  })
}

function sumsOf(amounts: readonly { readonly unit: string; readonly amount: number }[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { unit, amount } of amounts) sums.set(unit, (sums.get(unit) ?? 0) + amount)
  return sums
}

function placeOf(session: Session | undefined): string | null {
  return session === undefined ? null : told(`${session.providerName || session.providerUrl}, for ${session.origin === PROBES ? 'a probe' : session.origin}`)
}
