/** Requests that run in this worker: shown with Stop, gone with it. */
import type { Substitution } from '../domain/fallback.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { SiteOrigin } from '../domain/site.ts'

export type Phase = 'deciding' | 'paying' | 'waiting' | 'streaming'

export interface Running {
  readonly id: string
  readonly origin: SiteOrigin
  /** The model that is asked now, and what the page had named if it was another. */
  model: string
  insteadOf: Substitution | null
  /** What is wanted for it elsewhere. */
  market: NonNullable<Receipt['market']> | null
  readonly startedAt: number
  providerName: string | null
  phase: Phase
  received: number
  readonly stop: () => void
  /** Called when it is removed: lets go of its timer. */
  readonly ended: () => void
}

export interface RunningRequests {
  add(request: Running): void
  remove(id: string): void
  has(id: string): boolean
  list(): readonly Running[]
  stop(matches: (request: Running) => boolean): void
  changed(): void
}

export function createRunningRequests(onChange: () => void): RunningRequests {
  const requests = new Map<string, Running>()
  return {
    add(request) {
      requests.set(request.id, request)
      onChange()
    },
    remove(id) {
      requests.get(id)?.ended()
      requests.delete(id)
      onChange()
    },
    has: (id) => requests.has(id),
    list: () => [...requests.values()],
    stop(matches) {
      for (const request of requests.values()) if (matches(request)) request.stop()
    },
    changed: onChange,
  }
}
