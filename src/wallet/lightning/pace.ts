/** When each open row is tried again. In memory: a new worker tries everything once. */

export interface Pace {
  isDue(id: string): boolean
  /** It was tried and is not finished. @param atLeastMs what the mint asked for */
  tried(id: string, kind: 'soon' | 'stuck' | 'rarely', atLeastMs?: number | null): void
  /** Something has happened: try it now, and from now on often again. */
  reset(id: string): void
}

const STEPS = {
  /** Somebody is looking: 2 s, 3 s, 4.5 s … 15 s. */
  soon: { first: 2_000, factor: 1.5, most: 15_000 },
  /** A mint that does not answer, or not as it should. */
  stuck: { first: 2_000, factor: 2, most: 300_000 },
  /** A lapsed invoice that may be paid all the same. */
  rarely: { first: 60_000, factor: 2, most: 1_800_000 },
} as const

export function createPace(now: () => number): Pace {
  const rows = new Map<string, { tries: number; at: number }>()
  return {
    isDue: (id) => (rows.get(id)?.at ?? 0) <= now(),
    tried(id, kind, atLeastMs = null) {
      const tries = rows.get(id)?.tries ?? 0
      const { first, factor, most } = STEPS[kind]
      rows.set(id, { tries: tries + 1, at: now() + Math.max(Math.min(most, first * factor ** Math.min(tries, 40)), atLeastMs ?? 0) })
    },
    reset: (id) => void rows.delete(id),
  }
}
