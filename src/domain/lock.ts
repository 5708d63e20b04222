/** Encryption at rest, as screens see it. */
export interface LockView {
  /** A passphrase is set: seed, notes, tokens and keys lie encrypted in the database. */
  readonly protected: boolean
  /** The key is not in memory: no money can move, pages are told `wallet_locked`. */
  readonly locked: boolean
  /** Minutes without use until it locks by itself; null: never (until the browser closes). */
  readonly autoLockMinutes: number | null
  /** Wallets put beside this one, e.g. because their passphrase was forgotten; their money is there when it is remembered. */
  readonly setAside: readonly { readonly id: string; readonly at: number; readonly protected: boolean }[]
}

/** Characters; the only rule there is. */
export const SHORTEST_PASSPHRASE = 8
export const AUTO_LOCK_CHOICES = [5, 15, 60, null] as const

/** Memory of this browser session: outlives the worker, not the browser. One text, secret, and whether the session has begun. */
export interface SessionMemory {
  read(): Promise<string | null>
  write(text: string | null): Promise<void>
  /** No worker of this browser session has called `begun` yet. */
  isNew(): Promise<boolean>
  begun(): Promise<void>
}
