/** One thing that is measured, in Chromium's service worker. */
import type { RelayEvent } from '../devnet/relay/filters.ts'

export type { RelayEvent } from '../devnet/relay/filters.ts'

export interface Topic {
  readonly name: string
  /** In how many fresh workers it is measured; what is in IndexedDB stays from one to the next. */
  readonly workers: number
  /** What a figure may be at most, ms. */
  readonly limits?: Readonly<Record<string, { readonly p50?: number; readonly p95?: number }>>
  /** Once, in a worker before the first that measures. */
  prepare?(): Promise<void>
  /** What a local relay has: made in Node, before anything is measured. */
  stored?(): readonly RelayEvent[]
  /** Adds what the worker's own tasks cost (own-time.ts). */
  readonly traced?: true
  /** In each fresh worker. @param relay address of the local one; empty when nothing is `stored` @returns times in ms, by the name of the figure */
  measure(relay: string): Promise<Times>
}

export type Times = Record<string, number[]>

/** @returns how long `work` took, ms */
export async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
