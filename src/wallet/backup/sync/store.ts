/** What the sync needs to remember. Each method is one transaction. */
import type { IncomingToken } from '../../../domain/wallet.ts'
import type { Note } from '../../notes.ts'
import type { NostrEvent } from '../../nwc/relay-talk.ts'
import type { TakenNotes } from './events.ts'

export interface SyncConfig {
  readonly on: boolean
  /** Hex. Stays when the sync is switched off: other browsers may have money under it. */
  readonly secret: string
  /** Not pasted: before the first event of this browser there can be none under it. */
  readonly madeHere: boolean
  readonly lastSyncAt: number | null
  readonly problem: string | null
  /** When each relay has last given a complete answer, ms. */
  readonly heard: Readonly<Record<string, number>>
}

/** One token event (7375). The states are drawn in sync.ts. */
export interface BundleRow {
  /** Of the event. */
  readonly id: string
  /** Made by this browser. */
  readonly own: boolean
  readonly state: 'shown' | 'unchecked' | 'offered' | 'claiming' | 'claimed' | 'ended'
  readonly mint: string
  readonly unit: string
  /** `created_at`, s. */
  readonly at: number
  /** Hashes of the secrets, as the notes of this wallet are keyed. */
  readonly noteIds: readonly string[]
  /** Of another browser: those we could take. Forgotten at the end. */
  readonly notes: readonly Note[]
  /** Our own, as it was signed: to be said again to relays that forget. */
  readonly event: NostrEvent | null
  /** Own: some relay has or had it. */
  readonly seen: boolean
  /** Of another browser: nothing stays in it when we have taken our part, so it may be deleted. */
  readonly whole: boolean
  /** At its end: a later event of ours names it in `del`. */
  readonly named: boolean
  /** Claimed: the other browsers have been told which notes. */
  readonly told: boolean
  readonly incomingIds: readonly string[]
  readonly tries: number
  readonly nextTryAt: number
}

/** A note of the wallet, by its key. */
export type HeldNote = Note & { readonly id: string }

export interface SyncStore {
  config(): Promise<SyncConfig | null>
  /** Remembered, because every request asks. */
  isOn(): Promise<boolean>
  saveConfig(config: SyncConfig): Promise<void>
  /** Only while there is one. */
  changeConfig(changes: Partial<Omit<SyncConfig, 'secret'>>): Promise<void>

  bundles(states: readonly BundleRow['state'][]): Promise<BundleRow[]>
  /** Everything known of the events of one key: another one is used from now on. */
  forgetBundles(): Promise<void>
  /** In the order of the ids; undefined for unknown ones. */
  bundlesById(ids: readonly string[]): Promise<(BundleRow | undefined)[]>
  /** Those with a known id are left as they are. */
  addBundles(rows: readonly BundleRow[]): Promise<void>
  /** Each only while it is in one of `from`. */
  changeBundles(ids: readonly string[], from: readonly BundleRow['state'][], changes: Partial<Omit<BundleRow, 'id'>>): Promise<void>
  /** New own bundles in, old ones ended, names noted: together. */
  replaceBundles(change: { readonly add: readonly BundleRow[]; readonly end: readonly string[]; readonly named: readonly string[] }): Promise<void>
  /** Bundles offered → claiming, together with the tokens that hold their notes; false, and nothing, when one is not offered any more. */
  beginClaim(claims: readonly { readonly bundleId: string; readonly incoming: readonly IncomingToken[] }[]): Promise<boolean>

  /** Of the wallet, ready and swapping. */
  heldIds(): Promise<{ readonly ready: ReadonlySet<string>; readonly swapping: ReadonlySet<string> }>
  heldNotes(ids: readonly string[]): Promise<HeldNote[]>
  /** Spent by the mint's word and not by us: they leave, and count as sent. Only those that are still ready. @param at ms */
  dropSpent(ids: readonly string[], at: number): Promise<void>
  /** Another browser says it has spent these: remembered for those that this wallet holds or has handed out. @param at ms */
  noteTaken(taken: TakenNotes, at: number): Promise<void>
  /** The key a note of the wallet has. */
  noteId(secret: string): string
}
