/** What the lock needs of the memory: who can open the wallet that lies in it, and the wallets that were set aside. */

export interface VaultState {
  readonly protected: boolean
  /** Protected, and the key is not in memory. */
  readonly locked: boolean
  readonly autoLockMinutes: number | null
}

/** Each method is one transaction: after a crash it has happened or it has not. */
export interface VaultStore {
  state(): Promise<VaultState>
  /**
   * Seals every row of money under a new key.
   * @returns the key, 32 bytes, for the memory of this browser session @throws RoutstrError `invalid_request_error`
   */
  protect(passphrase: string, autoLockMinutes: number | null): Promise<Uint8Array>
  /** @returns the key @throws RoutstrError `wrong_passphrase` */
  unlock(passphrase: string): Promise<Uint8Array>
  /** With the key that was remembered. @returns false when it is not the key of this wallet */
  unlockWith(key: Uint8Array): Promise<boolean>
  /** Not asynchronous: the key is gone when this returns. */
  lock(): void
  /** The key stays, only its wrapping changes. @throws RoutstrError `wrong_passphrase` */
  change(current: string, next: string): Promise<void>
  /** Every row is readable again. @throws RoutstrError `wrong_passphrase` */
  unprotect(current: string): Promise<void>
  setAutoLock(minutes: number | null): Promise<void>

  /** Wallets that lie untouched beside the one in use. */
  setAside(): Promise<readonly SetAside[]>
  /** The wallet in use is put beside, as it lies there, and an empty one takes its place. */
  startOver(id: string, at: number): Promise<void>
  /** The wallet in use and the one with this id change places; the former gets `newId`. @throws RoutstrError `not_found` */
  reopen(id: string, newId: string, at: number): Promise<void>
}

export interface SetAside {
  readonly id: string
  readonly at: number
  /** It has a passphrase. */
  readonly protected: boolean
}
