/** What the engine needs to remember. */
import type { Receipt } from '../domain/receipt.ts'
import type { Settings } from '../domain/settings.ts'

export interface EngineStore {
  receipt(id: string): Promise<Receipt | undefined>
  saveReceipt(receipt: Receipt): Promise<void>
  /** Something became known later: read, changed and written in one transaction; nothing happens without the receipt. */
  changeReceipt(id: string, change: (receipt: Receipt) => Receipt): Promise<void>
  /** With mismatches that the provider's standing does not know yet. */
  untoldReceipts(): Promise<Receipt[]>
  /** Newest first. @param before the last one already shown */
  receipts(before: Pick<Receipt, 'finishedAt' | 'id'> | null, limit: number): Promise<Receipt[]>
  /** Finished in that span, ms; oldest first. */
  receiptsBetween(from: number, to: number): Promise<Receipt[]>
  /** Newest first: those in which this provider was asked, whether it answered or not. */
  receiptsOf(providerUrl: string, limit: number): Promise<Receipt[]>
  /** ms to the first token of the newest completed streams of a provider, `limit` receipts at most. */
  firstTokenTimes(providerUrl: string, limit: number): Promise<readonly number[]>
  loadSettings(): Promise<Partial<Settings>>
  saveSettings(settings: Settings): Promise<void>
}
