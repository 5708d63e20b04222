/**
 * Requests that wait for their price (RIP-10, a limit buy): one or many as a batch. They are kept, prompts and all, until they are
 * answered, refused or taken away, and their answers until the page of the same site has them: the only prompts that are ever stored.
 *
 *   waiting ──an offer at or below the price──▶ running ──▶ done
 *      │                                          ├──▶ waiting   nothing was sent or spent: it waits on
 *      │                                          └──▶ failed    something broke after money had been placed; never sent twice
 *      ├──the deadline──▶ refused
 *      └──page or user──▶ cancelled
 */
import type { ErrorCode } from './errors.ts'
import type { Msat } from './msat.ts'
import type { SiteOrigin } from './site.ts'

export interface Batch {
  readonly id: string
  readonly origin: SiteOrigin
  readonly createdAt: number
  /** The deadline, ms. */
  readonly before: number
  readonly requests: number
}

export type ScheduledState = 'waiting' | 'running' | 'done' | 'refused' | 'failed' | 'cancelled'

export interface Scheduled {
  /** Of the batch, and the place in it. */
  readonly id: string
  readonly batchId: string
  readonly origin: SiteOrigin
  readonly index: number
  readonly state: ScheduledState
  readonly model: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  /** JSON as the page gave it; null once it is over: nobody needs the prompt any more. */
  readonly body: string | null
  /** What it may cost in the worst case. */
  readonly maxCostMsat: Msat
  readonly before: number
  /** Its request, from its latest try on. */
  readonly requestId: string
  /** Characters that are kept of it. */
  readonly kept: number
  readonly tries: number
  /** Not tried before then, ms. */
  readonly nextTryAt: number
  readonly answer: { readonly status: number; readonly contentType: string; readonly text: string } | null
  /** Why it waits on, or why it ended without an answer. */
  readonly problem: { readonly code: ErrorCode; readonly message: string } | null
  readonly finishedAt: number | null
}

/** One batch with the sum of its requests: its receipt. */
export interface BatchView extends Batch {
  readonly counts: Readonly<Record<ScheduledState, number>>
  /** As far as it is known by now. */
  readonly costMsat: Msat
  /** Requests whose cost is not known yet. */
  readonly open: number
  readonly models: readonly string[]
  readonly mostMsat: Msat
  /** Characters kept of it on this device. */
  readonly kept: number
  /** Why the next one waits. */
  readonly waitsFor: string | null
}

export const SCHEDULED_STATES: readonly ScheduledState[] = ['waiting', 'running', 'done', 'refused', 'failed', 'cancelled']
