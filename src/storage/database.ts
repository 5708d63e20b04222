/** Every table of the extension, in one database, so that a step that touches several rooms is one transaction. */
import { Dexie, type Table } from 'dexie'
import type { Approval } from '../domain/approval.ts'
import type { Batch, Scheduled } from '../domain/batch.ts'
import type { CachedAnswer } from '../domain/cached-answer.ts'
import type { Grant, Hold, SiteRule } from '../domain/grant.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { Attempt, Session } from '../domain/session.ts'
import type { Standing } from '../domain/standing.ts'
import type { IncomingToken } from '../domain/wallet.ts'
import { ZERO_MSAT } from '../domain/msat.ts'
import type { ChunkRow, RestoreRow } from '../wallet/backup/store.ts'
import type { BundleRow } from '../wallet/backup/sync/store.ts'
import type { Operation } from '../wallet/journal.ts'
import type { TopUpRow, WithdrawalRow } from '../wallet/lightning/rows.ts'
import type { AuditRow } from '../trust/audit-row.ts'
import type { PeopleRow } from '../trust/people.ts'
import type { FollowersRow } from '../trust/followers.ts'
import type { ReviewsRow } from '../trust/reviewer.ts'
import type { WordRow } from '../trust/store.ts'
import type { MintRow } from '../wallet/store.ts'
import { BUCKETS } from './note-buckets.ts'
import type { NoteRow } from './note-row.ts'
import { registryTables } from './registry-store.ts'
import type { ElsewhereRow } from './spent-elsewhere.ts'
import { createSealState, noticeProtection, sealingLayer } from './sealing-layer.ts'
import { createSettledRows } from './settled-rows.ts'
import { toSecondVersion } from './second-version.ts'
import type { AsideRow } from './wallets-aside.ts'

export class RoutstrDatabase extends Dexie {
  /** The notes; keyed by the hash of their secret. */
  declare readonly purse: Table<NoteRow, string>
  declare readonly counters: Table<{ keysetId: string; next: number }, string>
  declare readonly operations: Table<Operation, string>
  declare readonly incoming: Table<IncomingToken, string>
  declare readonly mints: Table<MintRow, string>
  declare readonly topUps: Table<TopUpRow, string>
  declare readonly withdrawals: Table<WithdrawalRow, string>
  declare readonly sessions: Table<Session, string>
  declare readonly standings: Table<Standing, string>
  declare readonly audits: Table<AuditRow, string>
  declare readonly people: Table<{ readonly id: string; readonly row: PeopleRow }, string>
  /** What is heard of providers whoever the user is. */
  declare readonly heard: Table<{ readonly id: 'reviews'; readonly row: ReviewsRow } | { readonly id: 'followers'; readonly rows: readonly FollowersRow[] }, string>
  /** What the user has said of providers to everybody. */
  declare readonly words: Table<WordRow, string>
  declare readonly attempts: Table<Attempt, string>
  declare readonly grants: Table<Grant, string>
  declare readonly holds: Table<Hold, string>
  declare readonly sites: Table<SiteRule, string>
  declare readonly approvals: Table<Approval, string>
  declare readonly receipts: Table<Receipt, string>
  /** Restores, and the notes of a backup file they have not looked at yet. */
  declare readonly restores: Table<RestoreRow | ChunkRow, string>
  /** Token events of this user's browsers (NIP-60). */
  declare readonly bundles: Table<BundleRow, string>
  /** Notes of this wallet that another browser of the user has spent. */
  declare readonly elsewhere: Table<ElsewhereRow, string>
  /** Requests that wait for their price, and their answers. */
  declare readonly batches: Table<Batch, string>
  declare readonly scheduled: Table<Scheduled, string>
  /** Answers that may be given again to their site. */
  declare readonly answers: Table<CachedAnswer, string>
  /** Single values: the seed words, the settings. */
  declare readonly values: Table<{ key: string; value: unknown }, string>
  /** Wallets put beside the one in use. */
  declare readonly aside: Table<AsideRow, string>
  /** Whether rows of money are sealed, and the key while the wallet is unlocked. */
  readonly seal = createSealState()
  readonly settledHolds = createSettledRows<Hold>({
    table: 'holds',
    group: 'origin',
    isRunning: ({ state }) => state === 'held',
    costMsat: ({ state, once, chargedMsat }) => (state === 'charged' && !once ? chargedMsat : ZERO_MSAT),
  })
  readonly settledAttempts = createSettledRows<Attempt>({
    table: 'attempts',
    group: 'sessionId',
    isRunning: ({ state }) => state !== 'settled',
    costMsat: ({ chargedMsat }) => chargedMsat,
  })

  /** @param environment the IndexedDB to use when it is not the global one (tests) */
  constructor(name = 'routstr', environment?: { indexedDB: IDBFactory; IDBKeyRange: typeof IDBKeyRange }) {
    super(name, environment)
    this.version(1).stores({
      notes: 'secret, [mint+state], state, operationId',
      counters: 'keysetId',
      operations: 'id, [kind+state], kind, state, [purpose+createdAt]',
      incoming: 'id, state',
      mints: 'url',
      sessions: 'id, state, createdAt, debt.kind',
      attempts: 'id, requestId, sessionId, state',
      standings: 'providerId',
      audits: 'id',
      people: 'id',
      words: 'id',
      heard: 'id',
      grants: 'id, origin',
      holds: 'requestId, state, origin, [origin+at]',
      sites: 'origin',
      approvals: 'id, state, origin',
      receipts: 'id, [finishedAt+id], origin, untold',
      values: 'key',
      ...registryTables,
    })
    // notes of several units, keyed by a hash; the fields that other rows of money lacked
    this.version(2)
      .stores({ purse: `id, ${BUCKETS}, [mint+unit+state], state, operationId`, topUps: 'id, state', withdrawals: 'id, state', restores: 'id, jobId' })
      .upgrade(toSecondVersion)
    this.version(3).stores({ notes: null })
    this.version(4).stores({ aside: 'id, wallet' })
    this.version(5).stores({ bundles: 'id, state', elsewhere: 'id' })
    this.version(6).stores({ batches: 'id', scheduled: 'id, batchId, state, origin', answers: 'id, origin' })
    // the people around the user are kept with their lists now, and read anew
    this.version(7).upgrade((transaction) => transaction.table('people').clear())
    this.version(8).stores({ attempts: 'id, requestId, [sessionId+at], state' })
    // an upgrade of rows that may be sealed has to go by their plain fields: it runs before anybody can unlock
    this.use(sealingLayer(this.seal))
    this.use(this.settledHolds.layer)
    this.use(this.settledAttempts.layer)
    this.on('ready', (opening) => noticeProtection(this.seal, opening.table('values')), true)
  }
}
