/** What is heard is written down in portions: no single write keeps the worker. */
import 'fake-indexeddb/auto'
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure'
import { expect, test } from 'vitest'
import { createHearing } from '../../../src/registry/hearing.ts'
import { createMarket } from '../../../src/registry/market.ts'
import type { RegistryEntry } from '../../../src/registry/store.ts'
import { RoutstrDatabase } from '../../../src/storage/database.ts'
import { createRegistryStore } from '../../../src/storage/registry-store.ts'

test('however many are heard at once, at most two hundred rows are written at once, and all of them', async () => {
  const now = 1_800_000_000_000
  const key = generateSecretKey()
  const writes: number[] = []
  const market = createMarket(() => now)
  const database = new RoutstrDatabase('hearing')
  const store = createRegistryStore(database)
  const saveProviders = (entries: readonly RegistryEntry[]): Promise<void> => {
    writes.push(entries.length)
    return store.saveProviders(entries)
  }
  const hearing = createHearing({
    market,
    store: { ...store, saveProviders },
    now: () => now,
    policy: () => ({ allowLoopback: false }),
    mappingAuthor: '',
    onNews: () => undefined,
    changed: () => undefined,
  })
  for (let n = 0; n < 450; n++)
    hearing.take(finalizeEvent({ kind: 38_421, created_at: now / 1000 - n, tags: [['d', `n${n}`], ['u', `https://n${n}.example.com`]], content: '' }, key), 'wss://relay.example')
  await hearing.flush()
  expect(writes).toEqual([200, 200, 50])
  expect(await database.table('providers').count()).toBe(450)
  database.close()
})
