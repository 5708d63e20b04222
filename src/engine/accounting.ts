/** Step 6: the hold becomes what the request really cost; unknown costs are learned later and put right. */
import type { Receipt } from '../domain/receipt.ts'
import { addMsat } from '../domain/msat.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { RunningRequests } from './running.ts'
import type { EngineStore } from './store.ts'

export interface Accounting {
  /** The request is over: true up its hold, save its receipt with the cost as far as it is known. */
  close(receipt: Receipt): Promise<Receipt>
  /** The request is over without any answer to keep a receipt of. */
  closeQuietly(requestId: string): Promise<void>
  /** Attempts of requests that ended before were read from the account now. */
  settled(requestIds: readonly string[]): Promise<void>
  /** On start: holds of the dead worker's requests. */
  recover(): Promise<void>
}

export function createAccounting(world: {
  readonly permissions: PermissionStore
  readonly sessions: () => Sessions
  readonly store: EngineStore
  readonly running: RunningRequests
}): Accounting {
  const { permissions, store } = world

  /** @returns the final cost, or null while an account has to be read */
  async function trueUp(requestId: string): Promise<Receipt['chargedMsat']> {
    const { attempts, chargedMsat, unknownMsat } = await world.sessions().costOf(requestId)
    if (attempts === 0) {
      await permissions.releaseHold(requestId)
      return chargedMsat
    }
    if (unknownMsat > 0) {
      await permissions.lowerHold(requestId, addMsat(chargedMsat, unknownMsat))
      return null
    }
    await permissions.chargeHold(requestId, chargedMsat)
    return chargedMsat
  }

  return {
    async close(receipt) {
      const closed = { ...receipt, chargedMsat: await trueUp(receipt.id) }
      await store.saveReceipt(closed)
      return closed
    },
    closeQuietly: async (requestId) => void (await trueUp(requestId)),
    async settled(requestIds) {
      for (const id of new Set(requestIds)) {
        if (world.running.has(id)) continue
        const charged = await trueUp(id)
        if (charged !== null) await store.setCharged(id, charged)
      }
    },
    async recover() {
      for (const hold of await permissions.heldHolds()) if (!world.running.has(hold.requestId)) await trueUp(hold.requestId)
    },
  }
}
