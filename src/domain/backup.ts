/** Seed, restore, backup file and sync, as screens see them. */
import type { Msat } from './msat.ts'

/**
 *   running ──every mint done──▶ done
 *      │  └──a mint gave up on──▶ failed ──"try again"──▶ running
 *      └──user──▶ cancelled ◀──user─┘
 */
export interface RestoreProgress {
  readonly state: 'running' | 'done' | 'failed' | 'cancelled'
  readonly from: 'words' | 'file'
  /** The words are those of another wallet: its notes come as tokens and are swapped to this one, which costs the mints' fees. */
  readonly foreign: boolean
  readonly startedAt: number
  readonly finishedAt: number | null
  readonly mints: readonly RestoredMint[]
}

/** Money in one unit, whole units. */
export interface UnitAmount {
  readonly unit: string
  readonly amount: number
}

export interface RestoredMint {
  readonly url: string
  readonly state: 'waiting' | 'asking' | 'done' | 'failed'
  readonly keysets: number
  readonly keysetsDone: number
  /** What was found unspent and is ours now, by unit. */
  readonly found: readonly UnitAmount[]
  /** Inside a payment the mint has not finished: not ours yet, a later restore finds out. */
  readonly pending: readonly UnitAmount[]
  /** Signatures the mint could not prove (NUT-12): worthless, not counted. */
  readonly unproven: number
  readonly problem: string | null
  /** When it is asked again after a failure, ms; 0: at once. */
  readonly nextTryAt: number
}

/** NIP-60: the same money in several browsers. */
export interface SyncView {
  readonly on: boolean
  /** Public key the wallet is kept under, npub; null: there was never one. */
  readonly npub: string | null
  readonly relays: readonly { readonly url: string; readonly state: 'idle' | 'connected' | 'failed' }[]
  readonly lastSyncAt: number | null
  /** Changes not yet on any relay. */
  readonly unsent: number
  readonly problem: string | null
  /** In other browsers under the same key, and to be had from here. */
  readonly elsewhere: readonly ElsewhereAmount[]
  /** Worth of them; units that are not bitcoin are in no sum. */
  readonly elsewhereMsat: Msat
}

export interface ElsewhereAmount extends UnitAmount {
  readonly mint: string
  /** This browser trusts the mint: what lies there can pay. */
  readonly trusted: boolean
}

/** NUT-27: the addresses of the trusted mints on the relays, readable with the twelve words only. */
export interface MintListView {
  readonly on: boolean
  readonly publishedAt: number | null
  readonly problem: string | null
}

export interface BackupView {
  /** The user passed the quiz. */
  readonly seedConfirmedAt: number | null
  /** There is money and nobody has proven to have the words. */
  readonly remind: boolean
  readonly restore: RestoreProgress | null
  readonly fileAt: number | null
  readonly mintList: MintListView
  readonly sync: SyncView
}

/** What a backup file brought. Its notes are asked for at their mints afterwards, see `RestoreProgress`. */
export interface ImportedFile {
  readonly madeAt: number
  readonly mints: number
  /** Notes to be checked at their mints; only unspent ones will count. */
  readonly notes: number
  /** Money in tokens and sessions that were added at once. */
  readonly addedMsat: Msat
  /** The file's seed is now the seed of this wallet (it was empty), or was so before. */
  readonly sameSeed: boolean
}
