/** The units a mint of this network can offer, against Lightning's millisatoshi. Costs are rounded up (design.md §5.4). */
import { MintError } from './wire.ts'

export type Unit = 'sat' | 'msat' | 'usd'

/** One US cent, for ever. */
const MSAT_PER_CENT = 10_000
const MSAT: Readonly<Record<Unit, number>> = { sat: 1000, msat: 1, usd: MSAT_PER_CENT }

/** @throws MintError 11013 for a unit this mint does not have */
export function unitOf(text: string, offered: ReadonlySet<string>): Unit {
  if (offered.has(text) && isUnit(text)) return text
  throw new MintError(11013, `Unit ${text} is not supported`)
}

const isUnit = (text: string): text is Unit => text === 'sat' || text === 'msat' || text === 'usd'

export const toMsat = (amount: number, unit: Unit): number => amount * MSAT[unit]
export const fromMsat = (msat: number, unit: Unit): number => Math.ceil(msat / MSAT[unit])
