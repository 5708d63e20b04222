/** What Lightning needs to remember. Each method is one transaction that compares before it writes. */
import type { Note } from '../notes.ts'
import type { PackedMelt, PackedMint, TopUpRow, WithdrawalRow } from './rows.ts'

export interface LightningStore {
  topUp(id: string): Promise<TopUpRow | undefined>
  topUps(states: readonly TopUpRow['state'][]): Promise<TopUpRow[]>
  addTopUp(row: TopUpRow): Promise<void>
  /** Only while the row is in one of `from`; false otherwise. */
  changeTopUp(id: string, from: readonly TopUpRow['state'][], changes: Partial<TopUpRow>): Promise<boolean>
  /** Another request in place of `old`, while the row is `minting` with that one. */
  replaceMint(id: string, old: PackedMint, request: PackedMint): Promise<boolean>
  /** Notes in, row `done`. @returns false when another context had finished it */
  finishTopUp(id: string, notes: readonly Note[], at: number): Promise<boolean>

  withdrawal(id: string): Promise<WithdrawalRow | undefined>
  withdrawals(states: readonly WithdrawalRow['state'][]): Promise<WithdrawalRow[]>
  addWithdrawal(row: WithdrawalRow): Promise<void>
  changeWithdrawal(id: string, from: readonly WithdrawalRow['state'][], changes: Partial<WithdrawalRow>): Promise<boolean>
  /** Only a quote nobody agreed to. */
  deleteQuoted(id: string): Promise<boolean>
  /** A move: both rows, or none. */
  addMove(topUp: TopUpRow, withdrawal: WithdrawalRow): Promise<void>
  /**
   * Journal first (design §5.2): notes ready → swapping, row quoted → requested with everything that will be sent; the
   * top-up it pays is shown. @returns false when a note or the row was taken by somebody else meanwhile
   */
  beginWithdrawal(
    id: string,
    begun: { readonly melt: PackedMelt; readonly inputSat: number; readonly inputFeeSat: number; readonly at: number },
  ): Promise<boolean>
  /** Other blanks in place of those of `old`, while the row is `requested` with that one. */
  replaceMelt(id: string, old: PackedMelt, melt: PackedMelt): Promise<boolean>
  /** Inputs out, change in, row `paid`. A failed row as well: the mint may tell late; a deposit that was given up goes on then. @returns false when another context had finished it */
  finishWithdrawal(
    id: string,
    paid: { readonly change: readonly Note[]; readonly preimage: string | null; readonly problem: string | null; readonly at: number },
  ): Promise<boolean>
  /** The mint will never pay it: `spent` inputs leave, the others are ready again, row `failed`. */
  failWithdrawal(id: string, failed: { readonly spent: readonly string[]; readonly problem: string; readonly at: number }): Promise<boolean>
}
