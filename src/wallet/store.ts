/** What the wallet needs to remember. Each method is one transaction; the rooms above see no table. */
import type { IncomingToken } from '../domain/wallet.ts'
import type { Account } from './mint-wallet.ts'
import type { KeysetChoice } from './denominations.ts'
import type { Note } from './notes.ts'
import type { Operation, SendOperation, SwapOperation } from './journal.ts'

export interface MintRow {
  readonly url: string
  readonly name: string
  readonly addedAt: number
  readonly trusted: boolean
  /** cashu-ts's own caches as JSON text: mint info and every keyset ever seen. */
  readonly cache: string | null
}

/** Equal notes: how many there are of one amount. */
export interface NoteBucket extends Pick<Note, 'mint' | 'unit' | 'state' | 'keysetId' | 'amount'> {
  readonly count: number
}

export interface WalletStore {
  /** Calls `make` once, ever; the same words afterwards. */
  seedWords(make: () => string): Promise<string>

  mints(): Promise<MintRow[]>
  mint(url: string): Promise<MintRow | undefined>
  /** Changes only the given fields; adds an untrusted row when there is none. */
  saveMint(url: string, changes: Partial<Omit<MintRow, 'url'>>): Promise<void>

  /** Reserves `count` counters of a keyset and returns the first; 0 only peeks. Atomic over all contexts. */
  reserveCounters(keysetId: string, count: number): Promise<number>
  advanceCounter(keysetId: string, atLeast: number): Promise<void>

  /** Equal notes counted, of an account in one state, or everything: read from an index, whatever their number. */
  buckets(of: { readonly account: Account; readonly state: Note['state'] } | null): Promise<NoteBucket[]>
  /** All mints and all buckets, as remembered since they last changed. To plan with: who pays looks again. */
  glance(): Promise<{ readonly mints: readonly MintRow[]; readonly buckets: readonly NoteBucket[] }>
  /** The ready notes of a choice; fewer when somebody took some meanwhile. */
  readyNotes(account: Account, choice: KeysetChoice): Promise<Note[]>
  /** Notes of an account by state; all accounts when null. */
  notes(account: Account | null, states: readonly Note['state'][]): Promise<Note[]>

  operation(id: string): Promise<Operation | undefined>
  operations(filter: { readonly kind?: Operation['kind']; readonly state?: Operation['state'] }): Promise<Operation[]>
  /** Tried, not finished: only while it is still `requested`. */
  postponeSwap(id: string, at: (tries: number) => number, problem: string): Promise<void>

  incoming(id: string): Promise<IncomingToken | undefined>
  incomingTokens(states: readonly IncomingToken['state'][]): Promise<IncomingToken[]>
  /** Only while the row is in one of `from`; false otherwise. */
  changeIncoming(id: string, from: readonly IncomingToken['state'][], changes: Partial<IncomingToken>): Promise<boolean>
  /** Adds the row unless the same token is already there; returns the row that is there afterwards. */
  addIncoming(row: IncomingToken): Promise<IncomingToken>

  /**
   * Journal first (design §5.2): own inputs ready → swapping, incoming tokens stored → redeeming, operation added; or nothing.
   * @returns false when an input or a token was taken by somebody else meanwhile.
   */
  beginSwap(operation: SwapOperation): Promise<boolean>
  /**
   * Outputs in, inputs out, tokens redeemed, the send it takes back closed, operation `done`: one transaction.
   * @returns false when another context had finished it.
   */
  finishSwap(operationId: string, outputs: readonly Note[]): Promise<boolean>
  /**
   * The mint will never accept this body. Own inputs: `spent` ones leave (somebody with the same notes was faster), the others are ready again. Tokens: `stored`
   * again when `retry`, else `refused`. Operation `failed`, its outputs kept for a later restore.
   */
  failSwap(operationId: string, verdict: { readonly spent: readonly string[]; readonly retry: boolean; readonly problem: string }): Promise<void>

  /** Notes ready → sent together with the operation that hands them out; false when one was not ready any more. */
  beginSend(operation: SendOperation): Promise<boolean>
  /** The receiver has redeemed it: its notes leave, operation `claimed`. */
  finishSend(operationId: string): Promise<void>
  /** Worth of those notes of a send that another browser of the user has spent (NIP-60), msat. */
  spentElsewhereMsat(operationId: string): Promise<number>
}
