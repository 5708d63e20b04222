/**
 * Money that leaves over Lightning.
 *
 *   quoted ──user agrees, notes and blanks written down──▶ requested ──▶ pending ──▶ paid
 *     └──lapses: row deleted                                   └───────────┴──▶ failed (notes are ready again; cancelled: swapped)
 *                                                                                  └──the mint tells late──▶ paid
 *
 * A lost answer proves nothing (`cashu.md` §3.6): the quote says how the payment stands. Notes are released only when the
 * mint calls each of them unspent and either refused for good or can not pay any more.
 */
import { isMintOperationError } from '@cashu/cashu-ts'
import { RoutstrError } from '../../domain/errors.ts'
import type { Connections } from '../connections.ts'
import { createExclusive } from '../exclusive.ts'
import { COLLISION_JUMP, reasonOf } from '../mint-answer.ts'
import type { MintConnection } from '../mint.ts'
import type { WalletStore } from '../store.ts'
import type { SwapRunner } from '../swaps.ts'
import { cancelPayment } from './cancelling.ts'
import { changeOf, type MeltFacts, meltQuoteFacts, postMelt, prepareMelt } from './melt-quotes.ts'
import type { Pace } from './pace.ts'
import { paidProblem } from './proof-of-payment.ts'
import { hasLapsed, type PackedMelt, REQUEST_LIFE_MS, WISH_LIFE_MS, type WithdrawalRow } from './rows.ts'
import type { LightningStore } from './store.ts'

export interface WithdrawalsWorld {
  readonly store: LightningStore
  readonly walletStore: WalletStore
  readonly connections: Connections
  readonly swaps: SwapRunner
  readonly pace: Pace
  readonly now: () => number
  readonly onChange: () => void
  /** The row has come to its end, one way or the other. */
  readonly onEnd: (row: WithdrawalRow) => void
}

export interface Withdrawals {
  /** Sends a payment that was just agreed to. */
  send(id: string): Promise<void>
  /** Asks how it stands and does what follows; sends it again only while the wish is fresh. */
  advance(id: string): Promise<void>
  /**
   * The user takes the wish back. Only while the mint calls the quote unpaid and every note unspent; the notes are then swapped, so
   * that no copy of the request that is still on its way can pay with them. @throws RoutstrError `not_found`, `not_empty`, `mint_unreachable`
   */
  cancel(id: string): Promise<void>
}

/** After these the payment of this body has ended for good: it failed, lapsed, or could never be (NUT error codes). */
const DEFINITE = new Set([10001, 11001, 11003, 11005, 11006, 11007, 11008, 11009, 11010, 11011, 11012, 11013, 12001, 12002, 12003, 20004, 20007])
const ROTATED = new Set([12001, 12002, 12003])

export function createWithdrawals(world: WithdrawalsWorld): Withdrawals {
  const { store, pace, now } = world
  const exclusive = createExclusive()

  const carried = (id: string, step: (row: WithdrawalRow, connection: MintConnection) => Promise<void>): Promise<void> =>
    exclusive(id, async () => {
      const row = await store.withdrawal(id)
      if (row === undefined) return
      try {
        await step(row, await world.connections.connect({ mint: row.mint, unit: 'sat' }))
      } catch (error) {
        await notNow(row, reasonOf(error))
      }
    })

  return {
    send: (id) => carried(id, (row, connection) => send(row, connection, 0)),
    advance: (id) => carried(id, follow),
    cancel: (id) =>
      exclusive(id, async () => {
        const row = await store.withdrawal(id)
        if (row === undefined || row.melt === null) throw new RoutstrError('not_found', 'There is no such payment under way.')
        if (row.state === 'failed') return
        const connection = await world.connections.connect({ mint: row.mint, unit: 'sat' })
        await cancelPayment(row, row.melt, connection, { ...world, factsOf, told, ended })
      }),
  }

  async function follow(row: WithdrawalRow, connection: MintConnection): Promise<void> {
    switch (row.state) {
      case 'requested':
      case 'pending':
        return ask(row, connection)
      case 'failed':
        return askLate(row, connection)
      case 'quoted':
      case 'paid':
        return
      default:
        return row.state satisfies never
    }
  }

  async function send(row: WithdrawalRow, connection: MintConnection, round: number): Promise<void> {
    const { melt } = row
    if (row.state !== 'requested' || melt === null) return
    const answer = await postMelt(connection, row.quoteId, melt)
    switch (answer.kind) {
      case 'told':
        if (answer.state === 'UNPAID') return refused(row, connection, 20004, 'the payment failed')
        return told(row, connection, answer)
      case 'refused':
        if (ROTATED.has(answer.code) && round === 0) return sendWithFreshBlanks(row, melt, connection, answer.code, answer.problem)
        return refused(row, connection, answer.code, answer.problem)
      case 'unknown':
        await notNow(row, answer.problem, answer.retryAfterMs)
        return ask(row, connection, 'only ask')
      default:
        return answer satisfies never
    }
  }

  /** The keyset for the change was rotated away: the same notes, other blanks. */
  async function sendWithFreshBlanks(row: WithdrawalRow, melt: PackedMelt, connection: MintConnection, code: number, problem: string): Promise<void> {
    await connection.refresh()
    const inputs = (await world.walletStore.notes({ mint: row.mint, unit: 'sat' }, ['swapping'])).filter(({ operationId }) => operationId === row.id)
    const fee = connection.fee(inputs)
    const enough = row.inputSat >= row.amountSat + row.feeReserveSat + fee
    const fresh = inputs.length === melt.inputs.length && enough ? await prepareMelt(connection, row, inputs) : null
    if (fresh === null || !(await store.replaceMelt(row.id, melt, fresh))) return refused(row, connection, code, problem)
    const current = await store.withdrawal(row.id)
    if (current !== undefined) await send(current, connection, 1)
  }

  /** requested, pending → what the quote says. */
  async function ask(row: WithdrawalRow, connection: MintConnection, then: 'act' | 'only ask' = 'act'): Promise<void> {
    const facts = await factsOf(row, connection)
    if (facts === null) {
      if (then === 'only ask') return
      if (isOver(row)) return refused(row, connection, 20007, 'the mint does not know this payment any more')
      return notNow(row, 'the mint does not know this payment at the moment')
    }
    if (facts.state !== 'UNPAID') return told(row, connection, facts)
    const current = (await store.withdrawal(row.id)) ?? row
    if (current.state === 'pending') return refused(current, connection, 20004, 'the payment failed')
    if (then === 'only ask') return
    if (isOver(row)) return refused(row, connection, 20007, hasLapsed(row, now()) ? 'the mint did not pay before the invoice expired' : 'the mint never paid')
    if (now() < (row.requestedAt ?? 0) + WISH_LIFE_MS) return send(current, connection, 0)
    await notNow(row, 'the request did not reach the mint; the notes are free again after a day, or when the invoice has expired')
  }

  async function told(row: WithdrawalRow, connection: MintConnection, facts: MeltFacts): Promise<void> {
    if (facts.state === 'PAID') return finish(row, connection, facts)
    pace.tried(row.id, 'soon')
    if (await store.changeWithdrawal(row.id, ['requested'], { state: 'pending', problem: null })) {
      pace.reset(row.id)
      world.onChange()
    }
  }

  /** → paid. Change that can not be proven keeps the row open: the blanks know it, nothing is lost. */
  async function finish(row: WithdrawalRow, connection: MintConnection, facts: MeltFacts): Promise<void> {
    const { melt } = row
    if (melt === null) return
    const overpaid = overpaidSat(row)
    const change = await changeOf(connection, melt, facts.change, overpaid).catch((error: unknown) => reasonOf(error))
    if (typeof change === 'string') {
      await notNow(row, `paid, but the change of up to ${overpaid} sat is not here yet (${change}). It is asked for again.`)
      return
    }
    const problem = paidProblem(row, facts.preimage, change, overpaid)
    if (await store.finishWithdrawal(row.id, { change, preimage: facts.preimage, problem, at: now() })) ended(row)
  }

  /** A no is not the end: first every note, then the quote (`cashu.md` §3.4). In this order a payment in between shows. */
  async function refused(row: WithdrawalRow, connection: MintConnection, code: number | null, problem: string): Promise<void> {
    const { melt } = row
    if (melt === null) return
    const states = await connection.states(melt.inputs.map(({ id, secret }) => ({ keysetId: id, secret })))
    const facts = await factsOf(row, connection)
    if (facts !== null && facts.state !== 'UNPAID') return told(row, connection, facts)
    const isFinal = (code !== null && DEFINITE.has(code)) || hasLapsed(row, now())
    if (!isFinal || [...states.values()].includes('PENDING')) return notNow(row, problem)
    const spent = melt.inputs.map(({ secret }) => secret).filter((secret) => states.get(secret) === 'SPENT')
    const isTaken = spent.length === melt.inputs.length
    // the mint has forgotten what it did: change that it has signed for this payment proves the payment
    if (isTaken && (await changeOf(connection, melt, undefined, overpaidSat(row))).length > 0)
      return finish(row, connection, { state: 'PAID', preimage: null, change: undefined })
    const said =
      spent.length === 0
        ? `${problem}. The notes are in the wallet again.`
        : isTaken
          ? `${problem}. The notes for it are spent all the same: it may have been paid. Ask the receiver before you pay again.`
          : `${problem}. Some of the notes had been spent elsewhere; the others are in the wallet again.`
    // nothing was paid, and the blanks were signed for somebody with the same seed: the next ones should be further on
    if (code === 11003 && spent.length === 0) await world.walletStore.reserveCounters(melt.keysetId, COLLISION_JUMP)
    if (await store.failWithdrawal(row.id, { spent, problem: said, at: now() })) ended(row)
  }

  /** An early copy of the request may have been slow: until the quote lapses the mint is asked whether it paid all the same. */
  async function askLate(row: WithdrawalRow, connection: MintConnection): Promise<void> {
    pace.tried(row.id, 'rarely')
    const facts = await factsOf(row, connection)
    if (facts?.state !== 'PAID' || row.melt === null) return
    // the notes were free again: it took them only if one that is still here is spent; else they are ours, or went another way
    const inputs = row.melt.inputs.map(({ id, secret }) => ({ keysetId: id, secret }))
    const here = new Set((await world.walletStore.notes({ mint: row.mint, unit: 'sat' }, ['ready'])).map(({ secret }) => secret))
    const states = await connection.states(inputs)
    if (inputs.some(({ secret }) => here.has(secret) && states.get(secret) === 'SPENT')) await finish(row, connection, facts)
  }

  function isOver(row: WithdrawalRow): boolean {
    return hasLapsed(row, now()) || now() > (row.requestedAt ?? 0) + WISH_LIFE_MS + REQUEST_LIFE_MS
  }

  /** null: the mint says that there is no such quote. */
  async function factsOf(row: WithdrawalRow, connection: MintConnection): Promise<MeltFacts | null> {
    try {
      return await meltQuoteFacts(connection, row.quoteId)
    } catch (error) {
      if (isMintOperationError(error)) return null
      throw error
    }
  }

  async function notNow(row: WithdrawalRow, problem: string, waitMs: number | null = null): Promise<void> {
    pace.tried(row.id, row.state === 'failed' ? 'rarely' : 'stuck', waitMs)
    if (row.state === 'failed' || problem === row.problem) return
    if (await store.changeWithdrawal(row.id, ['requested', 'pending'], { problem })) world.onChange()
  }

  function ended(row: WithdrawalRow): void {
    pace.reset(row.id)
    world.onEnd(row)
    world.onChange()
  }
}

/** Given beyond the amount and the mint's input fee. */
function overpaidSat({ inputSat, inputFeeSat, amountSat }: WithdrawalRow): number {
  return inputSat - inputFeeSat - amountSat
}
