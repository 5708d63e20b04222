/**
 * What a site has spent is the sum over its holds (design §5.6). Those that are over change no more: their sum is kept, and a request of
 * a busy month reads the last minute instead of thousands of rows. What is written into the past all the same (a restore, what a provider
 * kept, a clock that was put back) makes it forget. A hold that counts keeps its time.
 */
import type { DBCore, DBCoreMutateRequest, DBCoreTable, Middleware, Table } from 'dexie'
import type { Hold } from '../domain/grant.ts'
import { addMsat, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { SiteOrigin } from '../domain/site.ts'

/** Another worker on the same database may have looked at the clock this long before its hold is written. */
const SETTLES_MS = 60_000

interface Past {
  /** Nothing before it is `held`, ms. */
  readonly until: number
  readonly chargedMsat: Msat
}

export interface SettledHolds {
  /** Below the table: notices what is written into the past. */
  readonly layer: Middleware<DBCore>
  /**
   * Holds of this site since then; one stands for all that were added up. In the transaction of whoever decides by them.
   * @param from ms
   */
  since(holds: Table<Hold, string>, origin: SiteOrigin, from: number, now: number): Promise<Hold[]>
}

export function createSettledHolds(): SettledHolds {
  /** By the start of the period. */
  const pasts = new Map<SiteOrigin, ReadonlyMap<number, Past>>()
  let forgotten = 0

  async function since(holds: Table<Hold, string>, origin: SiteOrigin, from: number, now: number): Promise<Hold[]> {
    const known = pasts.get(origin)
    const past = known?.get(from) ?? { until: from, chargedMsat: ZERO_MSAT }
    const before = forgotten
    const rows = await holds.where('[origin+at]').between([origin, past.until], [origin, Number.MAX_SAFE_INTEGER]).toArray()
    // written into the past by whoever had the table before us
    if (before !== forgotten) return since(holds, origin, from, now)
    // in the order of their time
    const firstHeldAt = rows.find(({ state }) => state === 'held')?.at ?? now
    const until = Math.max(past.until, Math.min(now - SETTLES_MS, firstHeldAt))
    const over = rows.filter(({ at, state, once }) => at < until && state === 'charged' && !once)
    const chargedMsat = over.reduce((sum, hold) => addMsat(sum, hold.chargedMsat), past.chargedMsat)
    if (until > past.until) pasts.set(origin, new Map([...(known ?? []), [from, { until, chargedMsat }]]))
    return [{ requestId: '', origin, grantId: '', once: false, amountMsat: chargedMsat, chargedMsat, state: 'charged', at: from }, ...rows.filter(({ at }) => at >= until)]
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
    const changed = request.type === 'add' || request.type === 'put' ? request.values.filter(isPast).map(({ origin }: Hold) => origin) : [...pasts.keys()]
    for (const origin of changed) pasts.delete(origin)
    if (changed.length > 0) forgotten++
  }

  function isPast({ origin, at }: Hold): boolean {
    return [...(pasts.get(origin)?.values() ?? [])].some(({ until }) => at < until)
  }

  return {
    layer: { stack: 'dbcore', name: 'settled holds', create: (core) => ({ ...core, table: (name) => (name === 'holds' ? watched(core.table(name)) : core.table(name)) }) },
    since,
  }
}
