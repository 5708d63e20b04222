/** What the engine needs to remember. */
import type { Receipt } from '../domain/receipt.ts'
import type { Settings } from '../domain/settings.ts'

export interface EngineStore {
  receipt(id: string): Promise<Receipt | undefined>
  saveReceipt(receipt: Receipt): Promise<void>
  /** The cost became known later; nothing happens without the receipt. */
  setCharged(id: string, chargedMsat: Receipt['chargedMsat']): Promise<void>
  /** Newest first. @param before the last one already shown */
  receipts(before: Pick<Receipt, 'finishedAt' | 'id'> | null, limit: number): Promise<Receipt[]>
  loadSettings(): Promise<Partial<Settings>>
  saveSettings(settings: Settings): Promise<void>
}
