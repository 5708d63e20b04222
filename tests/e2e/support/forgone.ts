/**
 * Change that is worth no more than the mint's fee for it is booked as that fee and never sent (README, Decisions): our books count it
 * as paid to the mint, the mint counts it as owed to whoever holds it. Read from the rows that say so, and believed only note by note,
 * as far as the mint still calls each of them unspent.
 */
import type { Page } from './driver.ts'
import type { DevnetMint } from '../../devnet/mint/mint.ts'

/** sat. @param page one of our screens: it sees the database of the extension */
export async function forgoneSat(page: Page, mints: readonly DevnetMint[]): Promise<number> {
  const tokens = await page.evaluate(readForgone)
  const owed = new Map<string, number>()
  for (const { mint, token } of tokens) {
    const issuer = mints.find(({ url }) => url === mint)
    const notes = issuer?.decode(token) ?? []
    const worth = notes.reduce((sum, { amount }) => sum + amount.toNumber(), 0)
    if (worth > Math.ceil((notes.length * (issuer?.feePpk ?? 0)) / 1000)) throw new Error(`${worth} sat were forgone, which is more than the mint's fee`)
    for (const { secret, amount } of notes) owed.set(secret, issuer?.isSpent(secret) === false ? amount.toNumber() : 0)
  }
  return [...owed.values()].reduce((sum, amount) => sum + amount, 0)
}

/** In the page: the tokens of receipts without a request. */
async function readForgone(): Promise<{ mint: string; token: string }[]> {
  const answer = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const database = await answer(indexedDB.open('routstr'))
  const transaction = database.transaction(['operations', 'incoming'])
  const operations = await answer(transaction.objectStore('operations').getAll())
  const incoming = await answer(transaction.objectStore('incoming').getAll())
  database.close()
  const unsent = new Set(
    operations.filter(({ kind, state, swap }) => kind === 'receive' && state === 'done' && swap?.inputs.length === 0).flatMap(({ incomingIds }) => incomingIds),
  )
  return incoming.filter(({ id, token }) => unsent.has(id) && typeof token === 'string').map(({ mint, token }) => ({ mint, token }))
}
