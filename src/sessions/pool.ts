/**
 * Sessions opened ahead, in idle time, at the providers most likely to be asked next: their requests then wait for no money. A
 * session that runs low is not topped up, another one is opened beside it: one token per session leaves no doubt about what was
 * credited, and what is nearly used up is used up first (`leasing.ts`).
 */
import { type Msat, satUp } from '../domain/msat.ts'
import type { Bounds } from './bounds.ts'
import type { Funding } from './funding.ts'
import type { Leasing, Place } from './leasing.ts'

/** A request that will probably come. */
export interface Likely extends Place {
  readonly requiredMsat: Msat
  /** What the grant of the site leaves. */
  readonly mostMsat: Msat
}

/** Below so many times the typical request the next session is opened. */
const RUNS_LOW = 1.4
/** A session that is opened ahead serves so many. */
const REQUESTS = 4

/** Somebody else was faster: there is no room for a request any more. */
class NoRoom extends Error {}

export function createPool(world: {
  readonly leasing: Leasing
  readonly bounds: Bounds
  readonly funding: Funding
  /** Most likely first. @param since requests that ended before tell nothing, ms */
  readonly likelyNext: (since: number) => Promise<readonly Likely[]>
}): { fill(since: number): Promise<void> } {
  const { leasing, bounds, funding } = world

  async function open(likely: Likely): Promise<void> {
    const free = Math.max(0, ...(await leasing.usable(likely)).map((usable) => usable.free))
    if (free >= likely.requiredMsat * (likely.life === 'request' ? 1 : RUNS_LOW)) return
    if (!(await bounds.mayPlace(likely, { waits: false })).ok) return
    const { session } = await funding.place({
      ...likely,
      ahead: likely.life === 'request' ? 0 : REQUESTS - 1,
      // looked at while no other deposit is made: what is asked for now goes first
      async mostMsat() {
        const left = await bounds.leftMsat(likely)
        if (left < satUp(likely.requiredMsat) * 1000) throw new NoRoom()
        return left
      },
      attempt: null,
    })
    await funding.credit(session, likely.requiredMsat)
  }

  return {
    async fill(since) {
      for (const likely of await world.likelyNext(since)) {
        try {
          await open(likely)
        } catch (error) {
          // no money, no room, a silent mint: nobody waits for it
          if (error instanceof NoRoom) return
        }
      }
    },
  }
}
