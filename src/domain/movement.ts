/**
 * One line of the wallet's history: money that came, went, or changed its place. Derived from the rows of the operations.
 * Over all lines, `in − out − fees` is what is in the wallet, in every unit.
 */
import type { Msat } from './msat.ts'

export type MovementKind =
  /** A token came in. */
  | 'received'
  /** A token was handed out. */
  | 'sent'
  | 'taken back'
  | 'topped up'
  | 'withdrawn'
  /** From one own mint to another; one line for both ends. */
  | 'moved'
  /** Placed at a provider, for a site. */
  | 'placed'
  /** Came home from a provider. */
  | 'returned'
  /** Notes exchanged for smaller ones; only the fee is gone. */
  | 'exchanged'
  | 'restored'
  /** Appeared from, or was spent by, another browser of the user (NIP-60). */
  | 'synced'

export interface Movement {
  /** Unique and stable. */
  readonly id: string
  readonly at: number
  readonly kind: MovementKind
  /** Whole units, positive; what it does to the wallet is `direction`. */
  readonly amount: number
  readonly unit: string
  readonly direction: 'in' | 'out' | 'none'
  /** Worth of `amount`; 0 for units that are not bitcoin. */
  readonly amountMsat: Msat
  /** Mint and Lightning fees known by now, whole units; they leave the wallet beside `amount`, whatever its direction. */
  readonly fee: number
  /** Worth of `fee`; 0 for units that are not bitcoin. */
  readonly feeMsat: Msat
  readonly state: 'done' | 'open' | 'failed'
  readonly mint: string
  /** The other side, as far as it is known: provider, site, payee, memo. Foreign text. */
  readonly counterparty: string | null
  readonly problem: string | null
}

/** What a list of them may be narrowed to. */
export type MovementFilter = 'all' | 'in' | 'out' | 'fees'

export interface HistoryWish {
  /** The last line already seen; null: from the newest on. */
  readonly before: Pick<Movement, 'at' | 'id'> | null
  readonly limit: number
  readonly filter: MovementFilter
}

export interface HistoryPage {
  /** Newest first. */
  readonly movements: readonly Movement[]
  /** There are older ones. */
  readonly more: boolean
}

/** `in` and `out` go by what a person did, also before it has come through; `fees`: whatever cost a fee, and exchanges. */
export function isShown(movement: Movement, filter: MovementFilter): boolean {
  switch (filter) {
    case 'all':
      return true
    case 'in':
      return wayOf(movement) === 'in'
    case 'out':
      return wayOf(movement) === 'out'
    case 'fees':
      return movement.fee > 0 || movement.kind === 'exchanged'
    default:
      return filter satisfies never
  }
}

/** The way it goes, or was meant to go: a payment that is not through has left nothing yet, and is outward all the same. */
export function wayOf({ kind, direction }: Movement): Movement['direction'] {
  if (direction !== 'none') return direction
  return INWARD.has(kind) ? 'in' : OUTWARD.has(kind) ? 'out' : 'none'
}

const INWARD: ReadonlySet<MovementKind> = new Set(['received', 'taken back', 'topped up', 'returned', 'restored'])
const OUTWARD: ReadonlySet<MovementKind> = new Set(['sent', 'withdrawn', 'placed'])
