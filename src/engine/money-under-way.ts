/** Notes that a mint is changing are back in a moment: a plan that fails for lack of money is made again then, before anybody is told so. */
import type { Wallet } from '../wallet/wallet.ts'
import type { Leg } from './legs.ts'

/** A mint usually takes a fraction of a second. */
const PATIENCE_MS = 10_000

/** @param plan reads anew what there is @throws the signal's reason */
export async function withMoneyUnderWay<Legs extends readonly [Leg, ...Leg[]]>(legs: Legs, plan: () => Promise<Legs>, wallet: Pick<Wallet, 'changing'>, signal: AbortSignal): Promise<Legs> {
  let planned = legs
  let patience: AbortSignal | null = null
  for (;;) {
    const changing = lacksMoney(planned[0]) ? wallet.changing() : null
    if (changing === null) return planned
    patience ??= AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
    await Promise.race([changing, aborted(patience)])
    signal.throwIfAborted()
    planned = await plan()
    if (patience.aborted) return planned
  }
}

function lacksMoney({ chosen: { plan } }: Leg): boolean {
  return plan.candidates.length === 0 && plan.rejected.some(({ why }) => why === 'mint_balance')
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
