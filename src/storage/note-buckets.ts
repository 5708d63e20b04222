/** Notes counted by keyset and denomination straight from an index: no row is read, whatever their number. */
import { Dexie } from 'dexie'
import type { KeysetChoice } from '../wallet/denominations.ts'
import type { Account } from '../wallet/mint-wallet.ts'
import type { Note } from '../wallet/notes.ts'
import type { NoteBucket } from '../wallet/store.ts'
import type { RoutstrDatabase } from './database.ts'

/** Of the table `purse`; the key of a bucket is mint, unit, state, keyset, amount. */
export const BUCKETS = '[mint+unit+state+keysetId+amount]'

export function readBuckets(db: RoutstrDatabase, of: { readonly account: Account; readonly state: Note['state'] } | null): Promise<NoteBucket[]> {
  return db.transaction('r', db.purse, async () => {
    const path = of === null ? [] : [of.account.mint, of.account.unit, of.state]
    const fill = (key: unknown): unknown[] => [...path, ...Array.from({ length: 5 - path.length }, () => key)]
    const keys = await db.purse.where(BUCKETS).between(fill(Dexie.minKey), fill(Dexie.maxKey)).uniqueKeys()
    return Promise.all(keys.map(async (key) => bucketOf(key, await db.purse.where(BUCKETS).equals(key).count())))
  })
}

export function readChosen(db: RoutstrDatabase, { mint, unit }: Account, { keysetId, choice }: KeysetChoice): Promise<Note[]> {
  return db.transaction('r', db.purse, async () => {
    const groups = choice.map(({ amount, count }) => db.purse.where(BUCKETS).equals([mint, unit, 'ready', keysetId, amount]).limit(count).toArray())
    return (await Promise.all(groups)).flat()
  })
}

function bucketOf(key: unknown, count: number): NoteBucket {
  if (!Array.isArray(key)) throw new TypeError('the index of the buckets has another shape')
  const [mint, unit, state, keysetId, amount] = key
  return { mint, unit, state, keysetId, amount, count }
}
