/** What trust keeps across restarts. */
import type { Word } from '../domain/word.ts'
import type { FollowersRow } from './followers.ts'
import type { ReviewsRow } from './reviewer.ts'
import type { AuditRow } from './audit-row.ts'
import type { PeopleRow } from './people.ts'

export interface TrustStore {
  loadAudits(): Promise<readonly AuditRow[]>
  saveAudits(rows: readonly AuditRow[]): Promise<void>
  deleteAudits(ids: readonly string[]): Promise<void>
  /** null: nothing is kept. */
  loadPeople(): Promise<PeopleRow | null>
  savePeople(row: PeopleRow | null): Promise<void>
  /** null: never read. */
  loadReviews(): Promise<ReviewsRow | null>
  saveReviews(row: ReviewsRow): Promise<void>
  loadFollowers(): Promise<readonly FollowersRow[]>
  saveFollowers(rows: readonly FollowersRow[]): Promise<void>
}

/** A word of the user, with the key of those signed by a throw-away one. */
export interface WordRow extends Word {
  /** `pubkey providerId` */
  readonly id: string
  /** Hex; null: the remote signer has it. Kept as long as the word may have to be withdrawn. */
  readonly secret: string | null
}

/** The connection to a remote signer (NIP-46). */
export interface SignerRow {
  /** Hex key of the signer itself. */
  readonly remote: string
  readonly relays: readonly string[]
  /** Our key for this connection, hex. */
  readonly secret: string
  /** Hex key of the user. */
  readonly user: string
  /** ms */
  readonly connectedAt: number
}

export interface WordStore {
  words(): Promise<readonly WordRow[]>
  saveWord(row: WordRow): Promise<void>
  signer(): Promise<SignerRow | null>
  saveSigner(row: SignerRow | null): Promise<void>
}
