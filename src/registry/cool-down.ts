/** Providers that failed a request rest for a while: 15 s, doubled with every failure in a row, 10 minutes at most. */

const FIRST_MS = 15_000
const LONGEST_MS = 10 * 60_000

export interface CoolDown {
  noteFailure(id: string): void
  noteSuccess(id: string): void
  isCoolingDown(id: string): boolean
}

/** In memory only: a new worker gives everybody a new chance. @param now ms */
export function createCoolDown(now: () => number): CoolDown {
  const failing = new Map<string, { times: number; until: number }>()
  return {
    noteFailure(id) {
      const times = (failing.get(id)?.times ?? 0) + 1
      failing.set(id, { times, until: now() + Math.min(LONGEST_MS, FIRST_MS * 2 ** (times - 1)) })
    },
    noteSuccess: (id) => void failing.delete(id),
    isCoolingDown: (id) => (failing.get(id)?.until ?? 0) > now(),
  }
}
