/** The database and every store on it. */
import type { HistoryWish } from '../domain/movement.ts'
import { RoutstrDatabase } from './database.ts'
import { createBackupStore } from './backup-store.ts'
import { createCacheStore } from './cache-store.ts'
import { createEngineStore } from './engine-store.ts'
import { readHistory } from './history.ts'
import { readLedger } from './ledger.ts'
import { createLightningStore } from './lightning-store.ts'
import { createNwcStore } from './nwc-store.ts'
import { createPermissionStore } from './permission-store.ts'
import { createRegistryStore } from './registry-store.ts'
import { createScheduleStore } from './schedule-store.ts'
import { createSessionStore } from './session-store.ts'
import { createStandingStore } from './standing-store.ts'
import { createSyncStore } from './sync-store.ts'
import { createTrustStore } from './trust-store.ts'
import { createVaultStore } from './vault-store.ts'
import { createWalletStore } from './wallet-store.ts'

/** The real wallet, or that of the fake sats: two databases that share nothing. */
export function openWallet(fake: boolean) {
  const database = new RoutstrDatabase(fake ? 'routstr-fake-sats' : 'routstr')
  return { ...openStores(database), close: () => database.close() }
}

export function openStores(database: RoutstrDatabase = new RoutstrDatabase()) {
  const wallet = createWalletStore(database)
  const lightning = createLightningStore(database)
  return {
    stores: {
      wallet,
      sessions: createSessionStore(database, wallet, lightning),
      schedule: createScheduleStore(database),
      cache: createCacheStore(database),
      standings: createStandingStore(database),
      permissions: createPermissionStore(database),
      engine: createEngineStore(database),
      registry: createRegistryStore(database),
      backup: createBackupStore(database),
      lightning,
      nwc: createNwcStore(database),
      sync: createSyncStore(database),
      trust: createTrustStore(database),
      vault: createVaultStore(database),
    },
    readLedger: () => readLedger(database),
    readHistory: (wish: HistoryWish) => readHistory(database, wish),
  }
}
