/** Top-ups, withdrawals and moves → lines of the history. Pure. */
import type { TopUpRow, WithdrawalRow } from '../wallet/lightning/rows.ts'
import { type HistoryLine, money, told } from './history-line.ts'

export function lightningLines(topUps: readonly TopUpRow[], withdrawals: readonly WithdrawalRow[]): HistoryLine[] {
  const topUpBy = new Map(topUps.map((topUp) => [topUp.id, topUp]))
  const agreed = withdrawals.filter(({ state }) => state !== 'quoted')
  const paidTopUps = new Set(agreed.filter(({ state }) => state === 'paid').map(({ topUpId }) => topUpId))
  // the end of a move belongs to its payment, unless the invoice was paid by somebody else
  const alone = topUps.filter(({ id, withdrawalId, state, hidden }) =>
    withdrawalId === null ? !hidden || state === 'done' : state === 'done' && !paidTopUps.has(id),
  )
  return [
    ...alone.map(toppedUp),
    ...agreed.flatMap((row) => [
      // a deposit at a provider is told with its session
      ...(row.sessionId === undefined ? [withdrawn(row, topUpBy.get(row.topUpId ?? ''))] : []),
      ...givenTooMuch(row),
    ]),
  ]
}

function toppedUp({ id, createdAt, amountSat, state, mint, payer, problem }: TopUpRow): HistoryLine {
  return {
    ...money(amountSat, 'sat', 0),
    id: `topup/${id}`,
    at: createdAt,
    kind: 'topped up',
    direction: state === 'done' ? 'in' : 'none',
    state: state === 'done' ? 'done' : state === 'expired' ? 'failed' : 'open',
    mint,
    counterparty: payer === 'anybody' ? null : payer,
    problem: told(problem ?? (state === 'expired' ? 'the invoice was not paid in time' : null)),
  }
}

/** A move leaves the money in the wallet: only what it cost is gone. */
function withdrawn(row: WithdrawalRow, arriving: TopUpRow | undefined): HistoryLine {
  const isMove = row.topUpId !== null
  const isPaid = row.state === 'paid'
  const arrived = !isMove || arriving?.state === 'done'
  return {
    ...money(row.amountSat, 'sat', isPaid ? paymentCost(row) : 0),
    id: `withdrawal/${row.id}`,
    at: row.requestedAt ?? row.createdAt,
    kind: isMove ? 'moved' : 'withdrawn',
    direction: isPaid && !isMove ? 'out' : 'none',
    state: row.state === 'failed' ? 'failed' : isPaid && arrived ? 'done' : 'open',
    mint: row.mint,
    counterparty: told(isMove ? (arriving?.mint ?? null) : row.payee),
    problem: told(row.problem ?? (isMove ? (arriving?.problem ?? null) : null)),
  }
}

/** Of a payment that was made: input fee and routing, sat. */
export function paymentCost(row: WithdrawalRow): number {
  return row.inputFeeSat + Math.max(0, keptOf(row))
}

/** What the mint kept of its reserve, sat; below zero when it gave back more than it had. */
function keptOf({ inputSat, inputFeeSat, amountSat, changeSat }: WithdrawalRow): number {
  return inputSat - inputFeeSat - amountSat - changeSat
}

function givenTooMuch(row: WithdrawalRow): HistoryLine[] {
  if (row.state !== 'paid' || keptOf(row) >= 0) return []
  const { mint, at } = withdrawn(row, undefined)
  const line = { ...money(-keptOf(row), 'sat', 0), id: `withdrawal/${row.id}/change`, at, mint, problem: null }
  return [{ ...line, kind: 'received', direction: 'in', state: 'done', counterparty: 'more change than the mint owed' }]
}
