/**
 * What a site has spent is the sum over its holds, what is left of a session the one over its attempts (design §5.6). Rows that are over
 * change no more: their sum is kept, and a request reads what is new instead of everything before it. What is written into the past all
 * the same (a restore, what a provider kept, a clock that was put back) makes it forget. A row that counts keeps its time.
 */
import type { DBCore, DBCoreMutateRequest, DBCoreTable, Middleware, Table } from 'dexie'
import { addMsat, type Msat, sumMsat, ZERO_MSAT } from '../domain/msat.ts'

/** Another worker on the same database may have looked at the clock this long before its row is written. */
const LATE_MS = 60_000

/** Of rows from somewhere on, all that lie before `until` (ms). None of them is running. */
interface Sum {
  readonly until: number
  readonly msat: Msat
  readonly count: number
}

interface Past {
  /** Nobody writes there any more. */
  readonly far: Sum
  /** From there on: holds as long as there are as many rows as were added up. */
  readonly near: Sum | null
}

export interface Settled<Row> {
  /** Those that are over and were added up. */
  readonly over: { readonly msat: Msat; readonly count: number }
  /** All later ones, in the order of their time. */
  readonly rows: readonly Row[]
}

export interface SettledRows<Row> {
  /** Below the table: notices what is written into the past. */
  readonly layer: Middleware<DBCore>
  /**
   * In the transaction of whoever decides by them, before it writes any.
   * @param from ms; the beginning when left out
   * @param now ms; what lies after it is not added up
   */
  since(rows: Table<Row, string>, group: string, from?: number, now?: number): Promise<Settled<Row>>
}

export interface Kind<Row> {
  readonly table: string
  /** Rows are added up with others of the same. The table has an index over it and `at`. */
  readonly group: keyof Row & string
  readonly isRunning: (row: Row) => boolean
  /** Of a row that is over. */
  readonly costMsat: (row: Row) => Msat
}

export function createSettledRows<Row extends { readonly at: number }>({ table: meant, group: groupField, isRunning, costMsat }: Kind<Row>): SettledRows<Row> {
  /** By group and the beginning of what is added up. */
  const pasts = new Map<string, Map<number, Past>>()
  let forgotten = 0

  async function since(table: Table<Row, string>, group: string, from = 0, now = Number.POSITIVE_INFINITY): Promise<Settled<Row>> {
    const { far, near } = pasts.get(group)?.get(from) ?? { far: { until: from, msat: ZERO_MSAT, count: 0 }, near: null }
    const between = (first: number, end: number) => table.where(`[${groupField}+at]`).between([group, first], [group, end])
    // once in a while what is near is far
    const known = near !== null && near.until - far.until < 2 * LATE_MS ? near : null
    const before = forgotten
    const [rows, count] = await Promise.all([between((known ?? far).until, Number.MAX_SAFE_INTEGER).toArray(), known === null ? 0 : between(far.until, known.until).count()])
    // written into the past by whoever had the table before us
    if (before !== forgotten) return since(table, group, from, now)
    // the same by another worker
    if (known !== null && count !== known.count) {
      keep(group, from, { far, near: null })
      return since(table, group, from, now)
    }
    const latest = Math.min(now, rows.at(-1)?.at ?? from)
    const over = Math.min(latest, rows.find(isRunning)?.at ?? latest)
    const past = known === null ? anew(far, rows, over, latest - LATE_MS) : { far, near: plus(known, rows, over) }
    keep(group, from, past)
    return {
      over: { msat: addMsat(past.far.msat, past.near.msat), count: past.far.count + past.near.count },
      rows: rows.filter(({ at }) => at >= past.near.until),
    }
  }

  function anew(before: Sum, rows: readonly Row[], over: number, certain: number): Past & { readonly near: Sum } {
    const far = plus(before, rows, Math.min(over, certain))
    return { far, near: plus({ until: far.until, msat: ZERO_MSAT, count: 0 }, rows, over) }
  }

  function plus(sum: Sum, rows: readonly Row[], end: number): Sum {
    const until = Math.max(sum.until, end)
    const more = rows.filter(({ at }) => at >= sum.until && at < until)
    return { until, msat: addMsat(sum.msat, sumMsat(more.map(costMsat))), count: sum.count + more.length }
  }

  function keep(group: string, from: number, past: Past): void {
    pasts.set(group, (pasts.get(group) ?? new Map<number, Past>()).set(from, past))
  }

  /** Once it is written: whoever reads before that does not see it, whoever reads after it begins anew. */
  function watched(table: DBCoreTable): DBCoreTable {
    return {
      ...table,
      mutate: (request) =>
        table.mutate(request).then((result) => {
          forget(request)
          return result
        }),
    }
  }

  function forget(request: DBCoreMutateRequest): void {
    const before = forgotten
    if (request.type === 'add' || request.type === 'put') for (const row of request.values) forgetFrom(String(row[groupField]), row.at)
    else if (pasts.size > 0) {
      pasts.clear()
      forgotten = before + 1
    }
  }

  function forgetFrom(group: string, at: number): void {
    for (const [from, { far, near }] of pasts.get(group) ?? []) {
      if (at < far.until) pasts.get(group)?.delete(from)
      else if (near !== null && at < near.until) keep(group, from, { far, near: null })
      else continue
      forgotten++
    }
  }

  return {
    layer: { stack: 'dbcore', name: `settled ${meant}`, create: (core) => ({ ...core, table: (name) => (name === meant ? watched(core.table(name)) : core.table(name)) }) },
    since,
  }
}
