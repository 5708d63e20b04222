/** A payment whose request has not reached the mint, taken back by the user. */
import { RoutstrError } from '../../domain/errors.ts'
import type { MintConnection } from '../mint.ts'
import type { WalletStore } from '../store.ts'
import type { SwapRunner } from '../swaps.ts'
import type { MeltFacts } from './melt-quotes.ts'
import type { PackedMelt, WithdrawalRow } from './rows.ts'
import type { LightningStore } from './store.ts'

/** In this order a payment in between shows: the notes, the quote, then the swap that only one of the two can win. @throws RoutstrError `not_empty` */
export async function cancelPayment(
  row: WithdrawalRow,
  melt: PackedMelt,
  connection: MintConnection,
  world: {
    readonly store: LightningStore
    readonly walletStore: WalletStore
    readonly swaps: SwapRunner
    readonly now: () => number
    /** null: the mint says that there is no such quote. */
    readonly factsOf: (row: WithdrawalRow, connection: MintConnection) => Promise<MeltFacts | null>
    readonly told: (row: WithdrawalRow, connection: MintConnection, facts: MeltFacts) => Promise<void>
    readonly ended: (row: WithdrawalRow) => void
  },
): Promise<void> {
  const states = await connection.states(melt.inputs.map(({ id, secret }) => ({ keysetId: id, secret })))
  const facts = await world.factsOf(row, connection)
  if (facts !== null && facts.state !== 'UNPAID') await world.told(row, connection, facts)
  const isUntouched = row.state === 'requested' && facts?.state === 'UNPAID' && [...states.values()].every((state) => state === 'UNSPENT')
  if (!isUntouched)
    throw new RoutstrError('not_empty', 'The mint has this payment in its hands: it can not be cancelled any more. It is followed to its end.')
  const problem = 'You cancelled it: nothing was paid. The notes are in the wallet again.'
  if (!(await world.store.failWithdrawal(row.id, { spent: [], problem, at: world.now() }))) return
  world.ended(row)
  const secrets = new Set(melt.inputs.map(({ secret }) => secret))
  const notes = (await world.walletStore.notes(connection, ['ready'])).filter(({ secret }) => secrets.has(secret))
  const split = { kind: 'split', ownSecrets: notes.map(({ secret }) => secret), incomingIds: [], sendId: null } as const
  // whoever takes one of them first spends it: that is as good
  const swap = await world.swaps.begin(split, connection, notes)
  if (swap !== null) await world.swaps.run(swap, connection)
}
