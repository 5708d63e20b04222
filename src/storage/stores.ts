/** The database and every store on it. */
import { RoutstrDatabase } from './database.ts'
import { createEngineStore } from './engine-store.ts'
import { readLedger } from './ledger.ts'
import { createPermissionStore } from './permission-store.ts'
import { createRegistryStore } from './registry-store.ts'
import { createSessionStore } from './session-store.ts'
import { createWalletStore } from './wallet-store.ts'

export function openStores(database: RoutstrDatabase = new RoutstrDatabase()) {
  const wallet = createWalletStore(database)
  return {
    stores: {
      wallet,
      sessions: createSessionStore(database, wallet),
      permissions: createPermissionStore(database),
      engine: createEngineStore(database),
      registry: createRegistryStore(database),
    },
    readLedger: () => readLedger(database),
  }
}
