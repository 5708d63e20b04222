/** The history as a file. Pure. */
import type { Movement } from '../../domain/movement.ts'
import { type Column, csvOf } from './csv.ts'

const COLUMNS: readonly Column<Movement>[] = [
  ['time', ({ at }) => new Date(at).toISOString()],
  ['kind', ({ kind }) => kind],
  ['direction', ({ direction }) => direction],
  ['state', ({ state }) => state],
  ['amount', ({ amount }) => amount],
  ['unit', ({ unit }) => unit, 'foreign'],
  ['amount_msat', ({ amountMsat }) => amountMsat],
  ['fee', ({ fee }) => fee],
  ['fee_msat', ({ feeMsat }) => feeMsat],
  // summed up over all lines of a unit: what is in the wallet
  ['change', changeOf],
  ['mint', ({ mint }) => mint, 'foreign'],
  ['counterparty', ({ counterparty }) => counterparty ?? '', 'foreign'],
  ['problem', ({ problem }) => problem ?? '', 'foreign'],
]

/** RFC 4180: a header, CRLF, times in ISO 8601 (UTC), amounts in whole units and in msat. */
export function historyCsv(movements: readonly Movement[]): string {
  return csvOf(movements, COLUMNS)
}

/** @param madeAt ms */
export function historyJson(movements: readonly Movement[], madeAt: number): string {
  const lines = movements.map((movement) => {
    const { id: _, at, ...facts } = movement
    return { time: new Date(at).toISOString(), ...facts, change: changeOf(movement) }
  })
  return `${JSON.stringify({ made: new Date(madeAt).toISOString(), movements: lines }, null, 2)}\n`
}

/** What the line does to the wallet, whole units. */
function changeOf({ direction, amount, fee }: Movement): number {
  return (direction === 'in' ? amount : direction === 'out' ? -amount : 0) - fee || 0
}
