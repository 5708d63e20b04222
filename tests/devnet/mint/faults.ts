/**
 * Switchable misbehaviour of the mint, per path and count: lost requests, lost answers, slow answers, held requests,
 * garbage, statuses, endless bodies, a rotation at the worst moment. The first plan that fits a path is used up first.
 */

export interface Hold {
  /** lets the waiting requests (and all later ones) through */
  release(): void
  /** resolves when the first request waits */
  waiting: Promise<void>
}

export interface Rotation {
  feePpk?: number
  versionByte?: number
  /** whose keysets; sat */
  unit?: string
}

/** `committed`: the mint did the work before it answers that way */
export interface BadAnswer {
  committed?: boolean
}

export interface MintFaults {
  /** before: the request never arrived; after: done, and the answer is lost */
  fault(path: RegExp, when: 'before' | 'after', times?: number): void
  garbage(path: RegExp, times?: number, options?: BadAnswer): void
  /** `retryAfterSeconds` adds the header that belongs to 429 and 503 */
  status(path: RegExp, status: number, times?: number, options?: BadAnswer & { retryAfterSeconds?: number }): void
  /** done at once, answered only after these milliseconds */
  slow(path: RegExp, milliseconds: number, times?: number): void
  /** done, and the answer never ends: 64 KiB pieces until the reader leaves or 64 MiB are sent */
  endless(path: RegExp, times?: number): void
  /** keysets change after the request has arrived and before it is handled */
  rotateBefore(path: RegExp, rotation?: Rotation, times?: number): void
  hold(path: RegExp): Hold
  latency(milliseconds: number): void
  clear(): void
  latencyMs(): number
  waitWhileHeld(path: string): Promise<void>
  take(path: string): Fault | undefined
  takeRotation(path: string): Rotation | undefined
}

export type Fault =
  | { kind: 'before' }
  | { kind: 'after' }
  | { kind: 'garbage'; committed: boolean }
  | { kind: 'status'; status: number; committed: boolean; headers: Record<string, string> }
  | { kind: 'slow'; milliseconds: number }
  | { kind: 'endless' }

interface Planned<T> {
  path: RegExp
  times: number
  what: T
}

export function createMintFaults(): MintFaults {
  let faults: Planned<Fault>[] = []
  let rotations: Planned<Rotation>[] = []
  let holds: { path: RegExp; arrived: () => void; released: Promise<void>; open: () => void }[] = []
  let delay = 0
  const plan = (path: RegExp, times: number, what: Fault): void => {
    faults.push({ path, times, what })
  }
  return {
    fault: (path, when, times = 1) => plan(path, times, { kind: when }),
    garbage: (path, times = 1, { committed = false } = {}) => plan(path, times, { kind: 'garbage', committed }),
    status(path, status, times = 1, { committed = false, retryAfterSeconds } = {}) {
      plan(path, times, { kind: 'status', status, committed, headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) } })
    },
    slow: (path, milliseconds, times = 1) => plan(path, times, { kind: 'slow', milliseconds }),
    endless: (path, times = 1) => plan(path, times, { kind: 'endless' }),
    rotateBefore(path, rotation = {}, times = 1) {
      rotations.push({ path, times, what: rotation })
    },
    latency(milliseconds) {
      delay = milliseconds
    },
    latencyMs: () => delay,
    hold(path) {
      const arrival = gate()
      const release = gate()
      const entry = { path, arrived: arrival.open, released: release.passed, open: release.open }
      holds.push(entry)
      return {
        waiting: arrival.passed,
        release() {
          holds = holds.filter((other) => other !== entry)
          release.open()
        },
      }
    },
    async waitWhileHeld(path) {
      const entry = holds.find((hold) => hold.path.test(path))
      if (!entry) return
      entry.arrived()
      await entry.released
    },
    take: (path) => takeFirst(faults, path),
    takeRotation: (path) => takeFirst(rotations, path),
    clear() {
      faults = []
      rotations = []
      for (const hold of holds) hold.open()
      holds = []
      delay = 0
    },
  }
}

function takeFirst<T>(planned: readonly Planned<T>[], path: string): T | undefined {
  const entry = planned.find((candidate) => candidate.times > 0 && candidate.path.test(path))
  if (entry) entry.times -= 1
  return entry?.what
}

function gate(): { passed: Promise<void>; open: () => void } {
  let open: () => void = () => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open: () => open() }
}
