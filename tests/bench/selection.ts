/** One payment out of ten thousand notes: an exact choice over the index, its rows, and the transaction that takes them. */
import { chooseExactAmong, keysetsOf } from '../../src/wallet/denominations.ts'
import type { SendOperation } from '../../src/wallet/journal.ts'
import type { WalletStore } from '../../src/wallet/store.ts'
import { ACCOUNT, fill, openWallet } from './purse.ts'
import { timed, type Topic } from './topic.ts'

const PAYMENTS = 100

export const selection: Topic = {
  name: 'selection',
  workers: 2,
  limits: { 'choose and take': { p50: 10, p95: 25 } },

  async measure() {
    const { store, close } = openWallet(`selection-${crypto.randomUUID()}`)
    await fill(store)
    const amounts = Array.from({ length: PAYMENTS }, (_, turn) => 1 + ((turn * 2_654_435_761) % 5_000))
    const payments: number[] = []
    for (const amount of amounts) payments.push(await timed(() => pay(store, amount)))
    close()
    return { 'choose and take': payments }
  },
}

async function pay(store: WalletStore, amount: number): Promise<void> {
  const choice = chooseExactAmong(keysetsOf(await store.buckets({ account: ACCOUNT, state: 'ready' })), amount)
  if (choice === null) throw new Error('nothing fits')
  const chosen = await store.readyNotes(ACCOUNT, choice)
  const operation: SendOperation = {
    ...ACCOUNT,
    id: crypto.randomUUID(),
    kind: 'send',
    state: 'sent',
    token: `cashuB${'x'.repeat(200 * chosen.length)}`,
    amount,
    secrets: chosen.map(({ secret }) => secret),
    purpose: 'session',
    memo: null,
    createdAt: Date.now(),
  }
  if (!(await store.beginSend(operation))) throw new Error('a note was taken twice')
}
