/** From a dead worker to the balance, over ten thousand notes. */
import { balancesOf } from '../../src/wallet/balances.ts'
import { fill, NOTES, openWallet } from './purse.ts'
import { timed, type Topic } from './topic.ts'

const NAME = 'restart'

export const restart: Topic = {
  name: 'restart',
  workers: 12,
  limits: { 'worker start to balance': { p95: 150 } },

  async prepare() {
    const { store, close } = openWallet(NAME)
    await fill(store)
    close()
  },

  async measure() {
    const opening = performance.now()
    await readBalance()
    // the clock of a worker starts when the worker does: loading and running the bundle are in it
    const sinceStart = performance.now()
    const again: number[] = []
    for (let round = 0; round < 3; round++) again.push(await timed(readBalance))
    return { 'worker start to balance': [sinceStart], 'database open to balance, first': [sinceStart - opening], 'database open to balance, again': again }
  },
}

async function readBalance(): Promise<void> {
  const { store, close } = openWallet(NAME)
  const [balance] = balancesOf(await store.mints(), await store.buckets(null))
  if (balance?.notes !== NOTES) throw new Error(`${balance?.notes} notes instead of ${NOTES}`)
  close()
}
