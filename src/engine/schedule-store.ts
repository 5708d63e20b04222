/** What the scheduler needs to remember. */
import type { Batch, Scheduled } from '../domain/batch.ts'
import type { SiteOrigin } from '../domain/site.ts'

export interface ScheduleStore {
  /** The batch and all of its requests, or nothing. */
  add(batch: Batch, items: readonly Scheduled[]): Promise<void>
  /** Newest first. */
  batches(): Promise<Batch[]>
  batch(id: string): Promise<Batch | undefined>
  /** In their order. */
  itemsOf(batchId: string): Promise<Scheduled[]>
  itemsOfSite(origin: SiteOrigin): Promise<Scheduled[]>
  /** Oldest batch first. */
  inState(state: 'waiting' | 'running'): Promise<Scheduled[]>
  /** Waiting or running. */
  countOpen(): Promise<number>
  /** Only if it still is in that state: whoever came first has decided. @returns whether it was */
  change(id: string, from: 'waiting' | 'running', change: (item: Scheduled) => Scheduled): Promise<boolean>
  remove(batchId: string): Promise<void>
}
