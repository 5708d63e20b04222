/**
 * The hedge, off by default: who has not begun to answer when 95 of 100 answers of the same provider had begun is not waited
 * for alone; the next one is asked beside it, and the slower one is left. Only for streams: a node charges nothing for a stream
 * that is left before its end, but a whole answer is finished and charged (`routstr-node.md` §3.5).
 */
import { inBackground } from '../domain/in-background.ts'
import type { Candidate } from '../routing/plan.ts'
import type { TryAt, Trying, TryResult } from './provider-try.ts'
import type { EngineWorld } from './world.ts'

export interface Ended {
  readonly candidate: Candidate
  readonly result: TryResult | null
}

/** So many answers have to be known before their 95th part of a hundred says anything. */
const LEAST_SAMPLES = 20
const LOOKED_AT = 200

/** The time within which 95 of 100 answers began; null when too few are known. @param times ms */
export function p95(times: readonly number[]): number | null {
  if (times.length < LEAST_SAMPLES) return null
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null
}

export function createHedge(world: EngineWorld, tryAt: TryAt): {
  /** One after the other, or two beside each other. @param rival takes the next one from the plan; null: there is none. @returns all that ended, the one that counts last */
  ask(trying: Trying, candidate: Candidate, rival: () => Candidate | null): Promise<readonly Ended[]>
} {
  async function patienceWith(candidate: Candidate): Promise<number | null> {
    return p95(await world.store.firstTokenTimes(candidate.offer.providerUrl, LOOKED_AT))
  }

  return {
    async ask(trying, candidate, rival) {
      const { signal } = trying.request
      const afterMs = world.settings().hedge && trying.leg.capped.parsed.stream ? await patienceWith(candidate) : null
      if (afterMs === null) return [{ candidate, result: await tryAt(trying, candidate, signal) }]

      const first = runner(trying, candidate, signal)
      const early = await Promise.race([first.ended, after(afterMs)])
      const second = early === null ? rival() : null
      if (early !== null || second === null) return [early ?? (await first.ended)]

      // what this one can not pay must not end the first
      const other = runner(trying, second, signal, null)
      const sooner = await Promise.race([first.ended.then(() => first), other.ended.then(() => other)])
      const later = sooner === first ? other : first
      const ended = await sooner.ended
      if (!isOver(ended)) return [ended, await later.ended]
      later.leave()
      return [ended]
    },
  }

  function runner(trying: Trying, candidate: Candidate, signal: AbortSignal, whenRefused?: null) {
    const stop = new AbortController()
    const ended = tryAt(trying, candidate, AbortSignal.any([signal, stop.signal])).then(
      (result): Ended => ({ candidate, result }),
      (error: unknown): Ended => {
        if (whenRefused === undefined || signal.aborted) throw error
        return { candidate, result: whenRefused }
      },
    )
    let over = false
    const done = (): void => {
      over = true
    }
    ended.then(done, done)
    return {
      ended,
      /** The other one was faster: the connection is closed, its money settled from the account. */
      leave(): void {
        const { providerName, providerUrl } = candidate.offer
        if (!over) trying.tried.push({ providerName, providerUrl, outcome: 'slower than the other one, left' })
        stop.abort(new Error('another provider was faster'))
        inBackground(
          ended.then(async ({ result }) => {
            if (result?.kind !== 'answered') return
            result.abort()
            await world.sessions.release(result.lease, null)
          }),
        )
      },
    }
  }
}

/** The page gets this one. */
function isOver({ result }: Ended): boolean {
  return result?.kind === 'answered' || result?.kind === 'passed'
}

function after(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms))
}
