/** Step 6: the hold becomes what the request really cost; unknown costs are learned later and put right. */
import { inBackground } from '../domain/in-background.ts'
import { addMsat, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { PriceSheet } from '../domain/offer.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Standings } from '../sessions/standing.ts'
import type { RunningRequests } from './running.ts'
import type { EngineStore } from './store.ts'
import { chargeFinding, expectedBy, type Finding } from './verification.ts'

export interface Accounting {
  /** The request is over: true up its hold, save its receipt with the cost as far as it is known. @param findings what did not add up */
  close(receipt: Receipt, findings?: readonly Finding[]): Promise<void>
  /** The request is over without any answer to keep a receipt of. */
  closeQuietly(requestId: string): Promise<void>
  /** Attempts of requests that ended before were read from the account now. */
  settled(requestIds: readonly string[]): Promise<void>
  /** Holds of requests that run no more: of a dead worker, or whose end could not be written. */
  recover(): Promise<void>
}

export function createAccounting(world: {
  readonly permissions: PermissionStore
  readonly sessions: Pick<Sessions, 'costOf'>
  readonly store: EngineStore
  readonly standings: Pick<Standings, 'noteMismatch'>
  /** The price sheet of this provider and model, read now; null: it does not say. */
  readonly sheetOf: (receipt: Pick<Receipt, 'providerId' | 'modelAsked'>) => Promise<{ readonly price: PriceSheet; readonly priceAt: number } | null>
  readonly now: () => number
  readonly running: RunningRequests
}): Accounting {
  const { permissions, store } = world

  /**
   * The receipt first, the hold last: a hold that is still held after a crash brings both back here.
   * @param write saves the cost, null while an account has to be read
   */
  async function trueUp(requestId: string, write: (charged: Receipt['chargedMsat'], attempts: number, feesMsat: Msat) => Promise<void>): Promise<void> {
    const { attempts, chargedMsat, unknownMsat, feesMsat } = await world.sessions.costOf(requestId)
    await write(unknownMsat > 0 ? null : chargedMsat, attempts, feesMsat)
    if (attempts === 0) await permissions.releaseHold(requestId)
    else if (unknownMsat > 0) await permissions.lowerHold(requestId, addMsat(chargedMsat, unknownMsat, feesMsat))
    else await permissions.chargeHold(requestId, addMsat(chargedMsat, feesMsat))
  }

  /** What an account says later is compared as well, where it can only belong to one provider. */
  async function learn(id: string): Promise<void> {
    const receipt = await store.receipt(id)
    await trueUp(id, async (chargedMsat, attempts, feesMsat) => {
      const isNews = receipt !== undefined && receipt.chargedMsat === null && chargedMsat !== null && attempts === 1
      const finding = isNews ? chargeFinding(receipt, chargedMsat) : null
      await store.changeReceipt(id, (row) => ({ ...withFee(row, feesMsat), chargedMsat, ...(finding === null ? {} : { mismatches: [finding.says, ...row.mismatches], untold: 1 as const }) }))
      if (receipt !== undefined && finding !== null) inBackground(tell(receipt, [finding]))
    })
  }

  /** One receipt is one mismatch, whatever is wrong on it. Nobody waits for this. */
  async function tell(receipt: Receipt, findings: readonly Finding[]): Promise<void> {
    for (const finding of receipt.providerId === null ? [] : findings) {
      if (finding.kind === 'charge' && (await isNewPrice(receipt, finding))) continue
      const { kind, amountMsat } = finding
      await world.standings.noteMismatch(receipt.providerId ?? '', { kind, amountMsat, at: world.now(), proofId: receipt.id })
      break
    }
    await store.changeReceipt(receipt.id, ({ untold: _told, ...row }) => row)
  }

  /** The prices may have changed between our reading them and the request: then the receipt gets the sheet it was really billed by. */
  async function isNewPrice({ id, ...receipt }: Receipt, { amountMsat, says }: Finding): Promise<boolean> {
    const now = await world.sheetOf(receipt)
    const expectedMsat = now === null ? null : expectedBy(now.price, receipt)
    if (now === null || expectedMsat === null || chargeFinding({ expectedMsat }, addMsat(receipt.expectedMsat ?? ZERO_MSAT, amountMsat)) !== null) return false
    await store.changeReceipt(id, (row) => ({ ...row, ...now, expectedMsat, mismatches: row.mismatches.filter((other) => other !== says) }))
    return true
  }

  async function settled(requestIds: readonly string[]): Promise<void> {
    for (const id of new Set(requestIds)) if (!world.running.has(id)) await learn(id)
  }

  return {
    close: (receipt, findings = []) =>
      trueUp(receipt.id, async (chargedMsat, _, feesMsat) => {
        await store.saveReceipt({ ...withFee(receipt, feesMsat), chargedMsat, mismatches: findings.map(({ says }) => says), ...(findings.length === 0 ? {} : { untold: 1 as const }) })
        if (findings.length > 0) inBackground(tell(receipt, findings))
      }),
    closeQuietly: (requestId) => trueUp(requestId, async () => undefined),
    settled,
    async recover() {
      await settled((await permissions.heldHolds()).map(({ requestId }) => requestId))
      // the worker died beside the receipt; nobody waits for the price list that this may ask for
      for (const receipt of await store.untoldReceipts()) inBackground(tell(receipt, findingsOn(receipt)))
    },
  }
}

function withFee({ feeMsat: _before, ...receipt }: Receipt, feeMsat: Msat): Receipt {
  return feeMsat === 0 ? receipt : { ...receipt, feeMsat }
}

/** As they were when it was written: of the others than the charge only the sentence is left, and that one is enough. */
function findingsOn(receipt: Receipt): Finding[] {
  const overcharge = receipt.chargedMsat === null ? null : chargeFinding(receipt, receipt.chargedMsat)
  const others = receipt.mismatches.filter((says) => says !== overcharge?.says).map((says): Finding => ({ kind: 'usage', amountMsat: ZERO_MSAT, says }))
  return overcharge === null ? others : [overcharge, ...others]
}
