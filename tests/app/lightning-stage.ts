/** A stage with two own mints whose invoices wait to be paid, and short names for what Lightning tests ask again and again. */
import { expect } from 'vitest'
import type { TopUp, Withdrawal } from '../../src/domain/lightning.ts'
import type { MintCall } from '../devnet/mint/mint.ts'
import { expectMoneyConserved, openStage, type Stage, until } from './stage.ts'

/** Invoices wait until somebody pays them; the second mint is trusted as well. */
export async function openLightningStage(): Promise<Stage> {
  const stage = await openStage({ devnet: { autoPayMs: null } })
  await stage.world.screen.call('mints.add', { url: stage.devnet.otherMint.url })
  return stage
}

export async function createTopUp({ world, devnet }: Stage, amountSat = 100): Promise<TopUp> {
  return world.screen.call('topups.create', { mint: devnet.mint.url, amountSat })
}

/** A friend pays the invoice. */
export function payInvoice({ devnet }: Stage, { invoice }: Pick<TopUp, 'invoice'>): void {
  const payment = devnet.lightning.pay(invoice)
  if (!payment.paid) throw new Error(payment.reason)
}

export async function topUp({ world }: Stage, id: string): Promise<TopUp> {
  const found = (await world.screen.call('lightning.get', {})).topUps.find((row) => row.id === id)
  if (found === undefined) throw new Error('this top-up is not shown')
  return found
}

export async function withdrawal({ world }: Stage, id: string): Promise<Withdrawal> {
  const found = (await world.screen.call('lightning.get', {})).withdrawals.find((row) => row.id === id)
  if (found === undefined) throw new Error('this withdrawal is not shown')
  return found
}

/** Goes on with everything that is due, and what was not due a minute ago. */
export async function wakeLater({ world }: Stage, laterMs = 60_000): Promise<void> {
  world.clock.skewMs += laterMs
  await world.app.wake()
}

export function untilTopUp(stage: Stage, id: string, state: TopUp['state']): Promise<void> {
  const isThere = async (): Promise<boolean> => (await stage.world.screen.call('lightning.get', {})).topUps.some((row) => row.id === id && row.state === state)
  return until(isThere, `the top-up is ${state}`)
}

export function untilWithdrawal(stage: Stage, id: string, state: Withdrawal['state']): Promise<void> {
  const isThere = async (): Promise<boolean> =>
    (await stage.world.screen.call('lightning.get', {})).withdrawals.some((row) => row.id === id && row.state === state)
  return until(isThere, `the withdrawal is ${state}`)
}

/** The mint's name for the quote behind a row. */
export async function quoteId({ world }: Stage, id: string): Promise<string> {
  const row = (await world.database.topUps.get(id)) ?? (await world.database.withdrawals.get(id))
  if (row === undefined) throw new Error('no such row')
  return row.quoteId
}

/** An invoice of somebody outside. */
export function outsideInvoice({ devnet }: Stage, amountSat: number | null, description = 'a coffee'): string {
  return devnet.lightning.createInvoice({ amountMsat: amountSat === null ? null : amountSat * 1000, description }).invoice
}

export async function quoteWithdrawal(stage: Stage, amountSat = 100): Promise<Withdrawal> {
  return stage.world.screen.call('withdrawals.quote', { text: outsideInvoice(stage, amountSat), amountSat: null, mint: stage.devnet.mint.url })
}

export const postsTo = (calls: readonly MintCall[], path: string): MintCall[] => calls.filter((call) => call.method === 'POST' && call.path === path)

/** The books hold at this very moment. */
export async function expectBalanced({ world }: Stage): Promise<void> {
  expect((await world.ledger()).differenceMsat).toBe(0)
}

export const MELT = /^\/v1\/melt\/bolt11$/

export function pay({ world }: Stage, id: string): Promise<Withdrawal> {
  return world.screen.call('withdrawals.pay', { id })
}

/** Whatever is due, and a minute later what was not, until it has come to its end. */
/** @param eachMs between two looks */
export async function untilEnd(stage: Stage, id: string, state: 'paid' | 'failed', eachMs?: number): Promise<Withdrawal> {
  await until(async () => {
    await wakeLater(stage, eachMs)
    return (await withdrawal(stage, id)).state === state
  }, `it is ${state}`)
  return withdrawal(stage, id)
}

/** The end: everything is balanced, and exactly this has left: amount and what it cost. @param before what the wallet held, msat */
export async function expectLeft(stage: Stage, before: number, amountSat: number, feeSat: number): Promise<void> {
  const ledger = await expectMoneyConserved(stage)
  expect(ledger.sentMsat).toBe(amountSat * 1000)
  expect(ledger.walletMsat).toBe(before - (amountSat + feeSat) * 1000)
}

/** The end: everything is balanced, and exactly this has come. @param before what the wallet held, msat */
export async function expectArrived(stage: Stage, before: number, sat: number): Promise<void> {
  const ledger = await expectMoneyConserved(stage)
  expect(ledger.walletMsat).toBe(before + sat * 1000)
}
