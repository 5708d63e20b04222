/** What restoring and backing up need to remember. Each method is one transaction. */
import type { RestoreProgress, UnitAmount } from '../../domain/backup.ts'
import type { IncomingToken } from '../../domain/wallet.ts'
import type { Note } from '../notes.ts'
import type { Contents, OpenTopUp } from './contents.ts'

/** One restore. It stays as part of the books; its secrets do not. */
export interface RestoreRow {
  readonly kind: 'job'
  readonly id: string
  readonly jobId: string
  readonly state: RestoreProgress['state']
  readonly from: 'words' | 'file'
  readonly foreign: boolean
  /** Of another wallet, only until the job ends; null: the words of this one. */
  readonly words: string | null
  readonly startedAt: number
  readonly finishedAt: number | null
  readonly mints: readonly RestoreMint[]
  /** What was put into the wallet without being an incoming token: for the books, msat. */
  readonly addedMsat: number
  /** Raised by every step: a worker that was thought dead can not take the same step again. */
  readonly step: number
}

export interface RestoreMint {
  readonly url: string
  readonly state: 'waiting' | 'asking' | 'done' | 'failed'
  readonly keysets: number
  readonly doneKeysets: readonly string[]
  /** The keyset in work: all counters below `next` were looked at, `last` is the highest that was signed. */
  readonly at: { readonly keysetId: string; readonly next: number; readonly last: number | null } | null
  readonly found: readonly UnitAmount[]
  readonly pending: readonly UnitAmount[]
  readonly unproven: number
  readonly problem: string | null
  readonly tries: number
  readonly nextTryAt: number
}

/** Notes and top-ups of a backup file whose mint has not been asked yet. */
export interface ChunkRow {
  readonly kind: 'chunk'
  readonly id: string
  readonly jobId: string
  readonly mint: string
  readonly notes: readonly Note[]
  readonly topUps: readonly OpenTopUp[]
}

export interface StepChange {
  readonly mint: Partial<Omit<RestoreMint, 'url' | 'found'>>
  /** The wallet's own counter is raised to at least this, before anything is added. */
  readonly counter?: { readonly keysetId: string; readonly next: number }
  /** Unspent by the mint's word; those already known are left out. */
  readonly notes?: readonly Note[]
  readonly incoming?: readonly IncomingToken[]
  /** Not given out yet by the mint's word. */
  readonly topUps?: readonly OpenTopUp[]
  /** This chunk is through. */
  readonly chunkId?: string
  /** The user named this mint and money of ours is there. */
  readonly trustAt?: number
}

/** How a restore begins. */
export interface RestoreWish {
  readonly id: string
  readonly from: 'words' | 'file'
  readonly words: string
  readonly mints: readonly string[]
  readonly startedAt: number
  /** Of a backup file. */
  readonly contents: Contents | null
}

export interface BackupFacts {
  readonly seedConfirmedAt: number | null
  readonly fileAt: number | null
  readonly mintList: { readonly on: boolean; readonly publishedAt: number | null; readonly published: string | null; readonly problem: string | null }
}

export interface BackupStore {
  facts(): Promise<BackupFacts>
  saveFacts(changes: Partial<BackupFacts>): Promise<void>

  /**
   * Writes the job down. The seed becomes that of this wallet when nothing derives from the old one (no counter was ever
   * reserved, no note, no operation); `null`: another restore is not finished. What else a file holds is added here, too.
   */
  beginRestore(wish: RestoreWish): Promise<{ readonly job: RestoreRow; readonly adopted: boolean } | null>
  /** The newest one. */
  restore(): Promise<RestoreRow | null>
  chunks(jobId: string, mint: string): Promise<ChunkRow[]>
  /** Which of these are in the wallet, or inside an operation that is not finished. */
  known(secrets: readonly string[]): Promise<ReadonlySet<string>>
  /** One step at one mint; null when it was cancelled or somebody else has taken it. Returns the row afterwards. */
  step(job: RestoreRow, mint: string, change: StepChange): Promise<RestoreRow | null>
  /** running → done or failed (which keeps its words and can go on). */
  endRestore(jobId: string, state: 'done' | 'failed', at: number): Promise<void>
  /** failed → running: mints that were given up on are `waiting` again. */
  continueRestore(jobId: string): Promise<void>
  /** Words and notes not yet looked at are deleted. */
  cancelRestore(jobId: string, at: number): Promise<void>

  /** Everything a backup file holds, as it is now. */
  contents(): Promise<Contents>
}
