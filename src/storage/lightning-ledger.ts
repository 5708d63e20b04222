/** What Lightning adds to the golden equation. Open rows add nothing: their notes are still in the wallet, or not yet. */
import { worthMsat } from '../domain/units.ts'
import type { RoutstrDatabase } from './database.ts'

export interface LightningSums {
  /** Top-ups that are done, and what a mint gave back too much. */
  readonly receivedMsat: number
  /** Paid to others. */
  readonly sentMsat: number
  /** Left one of our mints and is not yet at the other. */
  readonly movingMsat: number
  readonly inputFeesMsat: number
  /** What the mints kept of their reserves. */
  readonly routingFeesMsat: number
}

/** Inside a transaction over `topUps` and `withdrawals`. */
export async function readLightning(db: RoutstrDatabase): Promise<LightningSums> {
  const paid = await db.withdrawals.where('state').equals('paid').toArray()
  const done = await db.topUps.where('state').equals('done').toArray()
  const isDone = new Set(done.map(({ id }) => id))
  const paidTopUps = new Set(paid.map(({ topUpId }) => topUpId))

  let received = 0
  let sent = 0
  let moving = 0
  let inputFees = 0
  let routingFees = 0
  for (const { id, amountSat } of done) if (!paidTopUps.has(id)) received += amountSat
  for (const { topUpId, sessionId, amountSat, inputSat, inputFeeSat, changeSat } of paid) {
    const kept = inputSat - inputFeeSat - amountSat - changeSat
    inputFees += inputFeeSat
    routingFees += Math.max(0, kept)
    received += Math.max(0, -kept)
    // a deposit is counted with its session
    if (sessionId !== undefined) continue
    if (topUpId === null) sent += amountSat
    else if (!isDone.has(topUpId)) moving += amountSat
  }
  const msat = (sat: number): number => worthMsat(sat, 'sat')
  return {
    receivedMsat: msat(received),
    sentMsat: msat(sent),
    movingMsat: msat(moving),
    inputFeesMsat: msat(inputFees),
    routingFeesMsat: msat(routingFees),
  }
}
