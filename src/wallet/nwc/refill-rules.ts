/** When the connected wallet may be asked by itself. Pure; every number is a sum over rows, never a counter. */
import type { Refill } from '../../domain/lightning.ts'
import type { WalletPayment } from './store.ts'

const MINUTE = 60_000
/** Pauses after one, two, three and more failures in a row. */
const BACK_OFF_MS = [5 * MINUTE, 30 * MINUTE, 180 * MINUTE] as const

export type RefillDecision =
  | { readonly kind: 'ask' }
  | { readonly kind: 'enough' }
  | { readonly kind: 'under way' }
  | { readonly kind: 'cap reached' }
  | { readonly kind: 'pausing'; readonly until: number; readonly why: string }

export interface RefillSituation {
  readonly refill: Refill
  /** What the mint holds for us, sat; with notes inside operations, which dip for a moment and come back. */
  readonly heldSat: number
  /** Oldest first. */
  readonly payments: readonly WalletPayment[]
  /** Top-ups that may still bring money: waiting, paid or minting. */
  readonly openTopUps: ReadonlySet<string>
  readonly now: number
}

export function decideRefill({ refill, heldSat, payments, openTopUps, now }: RefillSituation): RefillDecision {
  if (heldSat >= refill.thresholdSat) return { kind: 'enough' }
  if (payments.some((payment) => isUnderWay(payment, openTopUps))) return { kind: 'under way' }
  const failures = failuresInRow(payments)
  const last = failures.at(-1)
  if (last !== undefined) {
    const until = last.createdAt + (BACK_OFF_MS[Math.min(failures.length, BACK_OFF_MS.length) - 1] ?? 0)
    if (now < until) return { kind: 'pausing', until, why: last.problem ?? 'the wallet did not answer' }
  }
  if (refilledSince(payments, startOfDay(now)) + refill.amountSat > refill.dailyCapSat) return { kind: 'cap reached' }
  return { kind: 'ask' }
}

/** What the wallet paid, or may have paid, by itself since then, sat. An invoice is paid at most once, so it counts once. */
export function refilledSince(payments: readonly WalletPayment[], since: number): number {
  const counted = new Map<string, number>()
  for (const { by, id, topUpId, state, amountSat, createdAt } of payments) {
    if (by === 'refill' && createdAt >= since && state !== 'refused' && state !== 'dropped') counted.set(topUpId ?? id, amountSat)
  }
  return [...counted.values()].reduce((sum, amount) => sum + amount, 0)
}

/** Midnight by the user's clock. */
export function startOfDay(now: number): number {
  const day = new Date(now)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime()
}

/** `asked` is under way even when nobody answers: the money may be on its way. A refusal leaves the invoice unpaid: no money comes of it. */
function isUnderWay({ state, topUpId }: WalletPayment, openTopUps: ReadonlySet<string>): boolean {
  if (state === 'planned' || state === 'asked') return true
  return state === 'paid' && topUpId !== null && openTopUps.has(topUpId)
}

function failuresInRow(payments: readonly WalletPayment[]): readonly WalletPayment[] {
  const refills = payments.filter(({ by, state }) => by === 'refill' && state !== 'planned' && state !== 'asked')
  const lastGood = refills.findLastIndex(({ state }) => state === 'paid')
  return refills.slice(lastGood + 1)
}
