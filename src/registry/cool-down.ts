/**
 * Who failed a request rests for a while, per provider × model: 15 s, doubled with every failure in a row, 10 minutes at
 * most; reset by success, kept over restarts. A provider that names a time itself (`Retry-After`) is not asked before it.
 */
import { inBackground } from '../domain/in-background.ts'

const FIRST_MS = 15_000
const LONGEST_MS = 10 * 60_000
/** Nobody can send us away for longer. */
const LONGEST_WAIT_MS = 60 * 60_000

/** One that rests, as it is kept. */
export interface Rest {
  /** See `keyOf`. */
  readonly id: string
  /** Failures in a row. */
  readonly times: number
  /** ms */
  readonly until: number
  /** Told to wait until then, ms; 0: not told. */
  readonly waitUntil: number
}

export interface CoolDownStore {
  loadRests(): Promise<readonly Rest[]>
  saveRest(rest: Rest): Promise<void>
  deleteRests(ids: readonly string[]): Promise<void>
}

export interface CoolDown {
  /** @param model null: the provider itself can not be reached, whatever is asked for. @param retryAfterMs of its answer */
  noteFailure(providerId: string, model: string | null, retryAfterMs?: number | null): void
  noteSuccess(providerId: string, model: string): void
  isCoolingDown(providerId: string, model: string): boolean
  /** ms to go until it may be asked again; 0: it did not ask us to wait. */
  waitMs(providerId: string, model: string): number
}

/** @param now ms */
export function createCoolDown(store: CoolDownStore, now: () => number): CoolDown & { load(): Promise<void> } {
  const resting = new Map<string, Rest>()
  const both = (providerId: string, model: string): Rest[] =>
    [keyOf(providerId, model), keyOf(providerId, null)].map((id) => resting.get(id)).filter((rest) => rest !== undefined)

  return {
    async load() {
      const rests = await store.loadRests()
      // a clock that was set back must not keep anybody out; who rested long ago begins anew
      const current = rests.filter(({ until, waitUntil }) => Math.max(until, waitUntil) > now() - LONGEST_MS && until <= now() + LONGEST_WAIT_MS)
      for (const rest of current) resting.set(rest.id, rest)
      const over = rests.filter((rest) => !current.includes(rest))
      if (over.length > 0) await store.deleteRests(over.map(({ id }) => id))
    },
    noteFailure(providerId, model, retryAfterMs = null) {
      const id = keyOf(providerId, model)
      const times = (resting.get(id)?.times ?? 0) + 1
      const waitUntil = retryAfterMs === null ? 0 : now() + Math.min(LONGEST_WAIT_MS, retryAfterMs)
      const rest: Rest = { id, times, until: Math.max(waitUntil, now() + Math.min(LONGEST_MS, FIRST_MS * 2 ** (times - 1))), waitUntil }
      resting.set(id, rest)
      inBackground(store.saveRest(rest))
    },
    noteSuccess(providerId, model) {
      const over = both(providerId, model).map(({ id }) => id)
      if (over.length === 0) return
      for (const id of over) resting.delete(id)
      inBackground(store.deleteRests(over))
    },
    isCoolingDown: (providerId, model) => both(providerId, model).some(({ until }) => until > now()),
    waitMs: (providerId, model) => Math.max(0, ...both(providerId, model).map(({ waitUntil }) => waitUntil - now())),
  }
}

function keyOf(providerId: string, model: string | null): string {
  return model === null ? providerId : `${providerId} ${model}`
}
