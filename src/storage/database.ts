/** Every table of the extension, in one database, so that a step that touches several rooms is one transaction. */
import { Dexie, type Table } from 'dexie'
import type { Approval } from '../domain/approval.ts'
import type { Grant, Hold, SiteRule } from '../domain/grant.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { Attempt, Session } from '../domain/session.ts'
import type { IncomingToken } from '../domain/wallet.ts'
import type { Operation } from '../wallet/journal.ts'
import type { Note } from '../wallet/notes.ts'
import type { MintRow } from '../wallet/store.ts'
import { registryTables } from './registry-store.ts'

export class RoutstrDatabase extends Dexie {
  declare readonly notes: Table<Note, string>
  declare readonly counters: Table<{ keysetId: string; next: number }, string>
  declare readonly operations: Table<Operation, string>
  declare readonly incoming: Table<IncomingToken, string>
  declare readonly mints: Table<MintRow, string>
  declare readonly sessions: Table<Session, string>
  declare readonly attempts: Table<Attempt, string>
  declare readonly grants: Table<Grant, string>
  declare readonly holds: Table<Hold, string>
  declare readonly sites: Table<SiteRule, string>
  declare readonly approvals: Table<Approval, string>
  declare readonly receipts: Table<Receipt, string>
  /** Single values: the seed words, the settings. */
  declare readonly values: Table<{ key: string; value: unknown }, string>

  /** @param environment the IndexedDB to use when it is not the global one (tests) */
  constructor(name = 'routstr', environment?: { indexedDB: IDBFactory; IDBKeyRange: typeof IDBKeyRange }) {
    super(name, environment)
    this.version(1).stores({
      notes: 'secret, [mint+state], state, operationId',
      counters: 'keysetId',
      operations: 'id, [kind+state], kind, state',
      incoming: 'id, state',
      mints: 'url',
      sessions: 'id, state, [origin+providerId]',
      attempts: 'id, requestId, sessionId, state',
      grants: 'id, origin',
      holds: 'requestId, state, origin, [origin+at]',
      sites: 'origin',
      approvals: 'id, state, origin',
      receipts: 'id, [finishedAt+id], origin',
      values: 'key',
      ...registryTables,
    })
  }
}
