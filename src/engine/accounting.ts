/** Step 6: the hold becomes what the request really cost; unknown costs are learned later and put right. */
import type { Receipt } from '../domain/receipt.ts'
import { addMsat } from '../domain/msat.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { RunningRequests } from './running.ts'
import type { EngineStore } from './store.ts'

export interface Accounting {
  /** The request is over: true up its hold, save its receipt with the cost as far as it is known. */
  close(receipt: Receipt): Promise<void>
  /** The request is over without any answer to keep a receipt of. */
  closeQuietly(requestId: string): Promise<void>
  /** Attempts of requests that ended before were read from the account now. */
  settled(requestIds: readonly string[]): Promise<void>
  /** Holds of requests that run no more: of a dead worker, or whose end could not be written. */
  recover(): Promise<void>
}

export function createAccounting(world: {
  readonly permissions: PermissionStore
  readonly sessions: () => Sessions
  readonly store: EngineStore
  readonly running: RunningRequests
}): Accounting {
  const { permissions, store } = world

  /**
   * The receipt first, the hold last: a hold that is still held after a crash brings both back here.
   * @param write saves the cost, null while an account has to be read
   */
  async function trueUp(requestId: string, write: (charged: Receipt['chargedMsat']) => Promise<void>): Promise<void> {
    const { attempts, chargedMsat, unknownMsat } = await world.sessions().costOf(requestId)
    await write(unknownMsat > 0 ? null : chargedMsat)
    if (attempts === 0) await permissions.releaseHold(requestId)
    else if (unknownMsat > 0) await permissions.lowerHold(requestId, addMsat(chargedMsat, unknownMsat))
    else await permissions.chargeHold(requestId, chargedMsat)
  }

  async function settled(requestIds: readonly string[]): Promise<void> {
    for (const id of new Set(requestIds)) if (!world.running.has(id)) await trueUp(id, (charged) => store.setCharged(id, charged))
  }

  return {
    close: (receipt) => trueUp(receipt.id, (chargedMsat) => store.saveReceipt({ ...receipt, chargedMsat })),
    closeQuietly: (requestId) => trueUp(requestId, async () => undefined),
    settled,
    recover: async () => settled((await permissions.heldHolds()).map(({ requestId }) => requestId)),
  }
}
