/** Switchable misbehaviour of the mint, per path: lost requests, lost responses, held requests, garbage, statuses, lies. */
import type { Signature } from './wire.ts'

export interface Hold {
  /** lets the waiting requests (and all later ones) through */
  release(): void
  /** resolves when the first request waits */
  waiting: Promise<void>
}

export interface MintLies {
  /** signatures come back without their proof (cashu.md §7 no. 22) */
  stripDleq?: boolean
  /** the first two signatures are exchanged: worthless notes */
  swapSignatures?: boolean
  /** the proof does not match the signature */
  badDleq?: boolean
  wrongAmount?: boolean
  missingSignature?: boolean
  /** NUT-07 answers UNSPENT for everything */
  alwaysUnspent?: boolean
}

export interface MintFaults {
  readonly lies: MintLies
  fault(path: RegExp, when: 'before' | 'after', times?: number): void
  garbage(path: RegExp, times?: number): void
  status(path: RegExp, status: number, times?: number): void
  hold(path: RegExp): Hold
  latency(milliseconds: number): void
  clear(): void
  latencyMs(): number
  waitWhileHeld(path: string): Promise<void>
  take(path: string): Fault | undefined
}

export type Fault = { kind: 'before' } | { kind: 'after' } | { kind: 'garbage' } | { kind: 'status'; status: number }

export function createMintFaults(): MintFaults {
  let planned: { path: RegExp; times: number; fault: Fault }[] = []
  let holds: { path: RegExp; arrived: () => void; released: Promise<void>; open: () => void }[] = []
  let delay = 0
  const lies: MintLies = {}
  const plan = (path: RegExp, times: number, fault: Fault): void => {
    planned.push({ path, times, fault })
  }
  return {
    lies,
    fault: (path, when, times = 1) => plan(path, times, { kind: when }),
    garbage: (path, times = 1) => plan(path, times, { kind: 'garbage' }),
    status: (path, status, times = 1) => plan(path, times, { kind: 'status', status }),
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
    take(path) {
      const entry = planned.find((candidate) => candidate.times > 0 && candidate.path.test(path))
      if (entry) entry.times -= 1
      return entry?.fault
    },
    clear() {
      planned = []
      for (const hold of holds) hold.open()
      holds = []
      delay = 0
      for (const name of ['stripDleq', 'swapSignatures', 'badDleq', 'wrongAmount', 'missingSignature', 'alwaysUnspent'] as const) delete lies[name]
    },
  }
}

function gate(): { passed: Promise<void>; open: () => void } {
  let open: () => void = () => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open: () => open() }
}

/** Bends a list of signatures on its way out; the ledger keeps the honest ones. */
export function bend(signatures: readonly Signature[], lies: MintLies): Signature[] {
  let made = signatures.map((signature) => ({ ...signature }))
  const [first, second] = made
  if (lies.swapSignatures && first && second) [first.C_, second.C_] = [second.C_, first.C_]
  if (lies.badDleq) made = made.map((signature) => ({ ...signature, dleq: { e: '11'.repeat(32), s: '22'.repeat(32) } }))
  if (lies.stripDleq) made = made.map(({ id, amount, C_ }) => ({ id, amount, C_ }))
  if (lies.wrongAmount && made[0]) made[0].amount *= 2
  if (lies.missingSignature) made.pop()
  return made
}
