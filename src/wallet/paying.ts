/** Money that leaves: exact notes chosen offline and taken in one transaction; a split at the mint only when nothing fits. */
import { RoutstrError } from '../domain/errors.ts'
import { fromSat, satText } from '../domain/msat.ts'
import { createExclusive } from './exclusive.ts'
import type { SendOperation } from './journal.ts'
import type { MintConnection } from './mint.ts'
import { inputFeeSat, type Note, selectAtLeast, selectExact, sumSat } from './notes.ts'
import type { WalletStore } from './store.ts'
import type { SwapRunner } from './swaps.ts'

/** A deposit may be any amount in a range, because its rest comes back: so it nearly never needs the mint. */
export interface DepositWish {
  /** What has to arrive after the redeemer's input fee, sat. */
  readonly needSat: number
  /** What we would like to place, sat. */
  readonly aimSat: number
  /** Face value never above this, sat. */
  readonly capSat: number
}

export interface Paying {
  /**
   * Takes notes for a deposit. `journal` writes the operation together with whatever must be saved in the same
   * transaction, and answers false when a note was taken meanwhile.
   * @throws RoutstrError `insufficient_balance` (nothing taken), `mint_unreachable` (a split was needed)
   */
  deposit(connection: MintConnection, wish: DepositWish, journal: (operation: SendOperation) => Promise<boolean>): Promise<SendOperation>
  /** Exactly `amountSat` for a person. @throws RoutstrError as above */
  send(connection: MintConnection, amountSat: number, memo: string | null): Promise<SendOperation>
}

const MOST_TRIES = 5

export function createPaying(world: {
  readonly store: WalletStore
  readonly swaps: SwapRunner
  readonly now: () => number
  readonly randomId: () => string
}): Paying {
  const { store } = world
  const exclusive = createExclusive()

  return {
    deposit: (connection, wish, journal) =>
      exclusive(connection.url, () => {
        const select = (notes: readonly Note[]): Note[] | null => selectAtLeast(notes, { ...wish, feePpk: connection.feePpk })
        // an exact size after the fee of one note each; the ladder of the split gives at most log2 notes
        const faceSat = wish.needSat + inputFeeSat(Math.ceil(Math.log2(wish.aimSat + 2)) + 1, connection.facts().inputFeePpk)
        return take(connection, Math.min(Math.max(faceSat, wish.aimSat), wish.capSat), select, journal, 'session', null)
      }),
    send: (connection, amountSat, memo) =>
      exclusive(connection.url, () =>
        take(
          connection,
          amountSat,
          (notes) => selectExact(notes, amountSat),
          (operation) => store.beginSend(operation),
          'user',
          memo,
        ),
      ),
  }

  async function take(
    connection: MintConnection,
    splitSat: number,
    select: (notes: readonly Note[]) => Note[] | null,
    journal: (operation: SendOperation) => Promise<boolean>,
    purpose: SendOperation['purpose'],
    memo: string | null,
  ): Promise<SendOperation> {
    for (let round = 0; round < MOST_TRIES; round++) {
      const ready = await store.notes(connection.url, ['ready'])
      const chosen = select(ready)
      if (chosen === null) {
        await split(connection, ready, splitSat)
        continue
      }
      const operation: SendOperation = {
        id: world.randomId(),
        kind: 'send',
        state: 'sent',
        mint: connection.url,
        token: connection.encode(chosen, memo),
        amountSat: sumSat(chosen),
        secrets: chosen.map(({ secret }) => secret),
        purpose,
        memo,
        createdAt: world.now(),
      }
      if (await journal(operation)) return operation
    }
    throw new RoutstrError('insufficient_balance', `The notes at ${connection.url} are taken by other payments at the moment. Nothing was paid; try again.`)
  }

  /** Swaps own notes so that `wantSat` can be handed out exactly. */
  async function split(connection: MintConnection, ready: readonly Note[], wantSat: number): Promise<void> {
    const inputs = cheapestCover(ready, wantSat, connection)
    if (inputs === null) {
      throw new RoutstrError(
        'insufficient_balance',
        `The wallet holds ${satText(fromSat(sumSat(ready)))} sat at ${connection.url}; ${wantSat} sat and the mint's fee are needed. Nothing was paid.`,
      )
    }
    const operation = await world.swaps.begin(
      { kind: 'split', mint: connection.url, ownSecrets: inputs.map(({ secret }) => secret), incomingIds: [], sendId: null },
      connection,
      inputs,
      wantSat,
    )
    if (operation === null) return
    const outcome = await world.swaps.run(operation, connection)
    if (outcome.kind === 'open') {
      throw new RoutstrError(
        'mint_unreachable',
        `The mint did not finish making change (${outcome.problem}). The notes are safe; the swap is finished by itself.`,
      )
    }
  }
}

/** Smallest notes first until the amount and the fee are covered; everything when it just fits; null when it does not. */
function cheapestCover(ready: readonly Note[], wantSat: number, connection: MintConnection): Note[] | null {
  const single = [...ready].sort((a, b) => a.amountSat - b.amountSat).find((note) => note.amountSat - connection.feeSat([note]) >= wantSat)
  if (single !== undefined) return [single]
  const inputs: Note[] = []
  for (const note of [...ready].sort((a, b) => b.amountSat - a.amountSat)) {
    inputs.push(note)
    if (sumSat(inputs) - connection.feeSat(inputs) >= wantSat) return inputs
  }
  return null
}
