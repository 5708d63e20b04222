/** What the connected wallet needs to keep: the connection, and every payment it was asked for. */
import type { Refill } from '../../domain/lightning.ts'
import type { WalletUri } from './uri.ts'

export type Encryption = 'nip44_v2' | 'nip04'

export interface Connection extends WalletUri {
  readonly encryption: Encryption
  readonly methods: readonly string[]
  readonly refill: Refill | null
  readonly connectedAt: number
}

/**
 *   planned ──top-up made, request signed and written down──▶ asked ──result, or the mint says paid──▶ paid
 *      └──mint silent, or the worker died: nothing was asked──▶ dropped       ├──"I did not pay", or it never left──▶ refused
 *                                                                             └──silence or a doubtful error, until the invoice is over──▶ unknown
 *
 * `unknown` counts against the daily cap like `paid`: a wallet that says nothing may have paid.
 */
export interface WalletPayment {
  readonly id: string
  readonly by: 'user' | 'refill'
  readonly mint: string
  readonly amountSat: number
  readonly topUpId: string | null
  /** Id of the Nostr event that asks; written before it is published. */
  readonly requestId: string | null
  readonly createdAt: number
  /** ms; after this no honest wallet acts on the request any more (NIP-40 `expiration`). */
  readonly requestExpiresAt: number | null
  readonly state: 'planned' | 'asked' | 'paid' | 'refused' | 'dropped' | 'unknown'
  readonly problem: string | null
}

export interface NwcStore {
  connection(): Promise<Connection | null>
  /** null forgets it. */
  saveConnection(connection: Connection | null): Promise<void>
  setRefill(refill: Refill | null): Promise<void>
  /** Oldest first. */
  payments(): Promise<readonly WalletPayment[]>
  /** One transaction: the row is added only if the rows that are there allow it. @returns false when they do not */
  addPayment(payment: WalletPayment, allowed: (others: readonly WalletPayment[]) => boolean): Promise<boolean>
  /** Compare and set. @returns false when the row is gone or in another state, or `allowed` says no */
  changePayment(
    id: string,
    from: WalletPayment['state'],
    change: Partial<WalletPayment>,
    allowed?: (others: readonly WalletPayment[]) => boolean,
  ): Promise<boolean>
}
