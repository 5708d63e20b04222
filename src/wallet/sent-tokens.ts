/** Tokens handed to people, newest first, with what became of them. */
import { worthMsat } from '../domain/units.ts'
import type { SentToken } from '../domain/wallet.ts'
import { isSwap } from './journal.ts'
import type { WalletStore } from './store.ts'

export async function listSentTokens(store: WalletStore): Promise<SentToken[]> {
  const sends = (await store.operations({ kind: 'send' })).filter((operation) => !isSwap(operation)).filter((send) => send.purpose === 'user')
  const takingBack = new Set(
    (await store.operations({ kind: 'takeBack', state: 'requested' })).map((operation) => (isSwap(operation) ? operation.sendId : null)),
  )
  const stateOf = (id: string, state: 'sent' | 'claimed' | 'takenBack'): SentToken['state'] => {
    if (state !== 'sent') return state === 'claimed' ? 'claimed' : 'taken back'
    return takingBack.has(id) ? 'taking back' : 'pending'
  }
  return sends
    .map(({ id, mint, unit, amount, token, memo, createdAt, state }) => ({
      operationId: id,
      mint,
      unit,
      amount,
      amountMsat: worthMsat(amount, unit),
      token,
      memo,
      at: createdAt,
      state: stateOf(id, state),
    }))
    .sort((a, b) => b.at - a.at)
}
