/** Money that leaves: exact notes chosen offline and taken in one transaction; a split at the mint only when nothing fits. */
import { RoutstrError } from '../domain/errors.ts'
import { fromSat, satText } from '../domain/msat.ts'
import { createExclusive } from './exclusive.ts'
import type { SendOperation } from './journal.ts'
import type { MintConnection } from './mint.ts'
import { faceFor, type Note, selectAtLeast, selectExact, sumSat } from './notes.ts'
import type { WalletStore } from './store.ts'
import type { SwapRunner } from './swaps.ts'

/** A deposit may be any amount in a range, because its rest comes back: so it nearly never needs the mint. */
export interface DepositWish {
  /** What has to arrive after the redeemer's input fee, sat. */
  readonly needSat: number
  /** What we would like to place, sat. */
  readonly aimSat: number
  /** No more than this arrives, sat. */
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
        const { inputFeePpk } = connection.facts()
        return take(connection, [faceFor(wish.aimSat, inputFeePpk), faceFor(wish.needSat, inputFeePpk)], select, journal, 'session', null)
      }),
    send: (connection, amountSat, memo) =>
      exclusive(connection.url, () =>
        take(
          connection,
          [amountSat],
          (notes) => selectExact(notes, amountSat),
          (operation) => store.beginSend(operation),
          'user',
          memo,
        ),
      ),
  }

  async function take(
    connection: MintConnection,
    /** What to make by a swap when no notes fit: the first that the wallet can cover. */
    splitSats: readonly number[],
    select: (notes: readonly Note[]) => Note[] | null,
    journal: (operation: SendOperation) => Promise<boolean>,
    purpose: SendOperation['purpose'],
    memo: string | null,
  ): Promise<SendOperation> {
    let hasSplit = false
    for (let round = 0; round < MOST_TRIES; round++) {
      const ready = await store.notes(connection.url, ['ready'])
      const chosen = select(ready)
      if (chosen === null) {
        // once made, the notes are there; if not, no second fee is paid for nothing
        if (hasSplit) break
        hasSplit = await split(connection, ready, splitSats)
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

  /** Swaps own notes so that one of the amounts can be handed out exactly; false when another payment was faster. */
  async function split(connection: MintConnection, ready: readonly Note[], wanted: readonly number[]): Promise<boolean> {
    const wantSat = wanted.find((amountSat) => cheapestCover(ready, amountSat, connection) !== null) ?? wanted.at(-1) ?? 0
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
    if (operation === null) return false
    const outcome = await world.swaps.run(operation, connection)
    if (outcome.kind === 'open') {
      throw new RoutstrError(
        'mint_unreachable',
        `The mint did not finish making change (${outcome.problem}). The notes are safe; the swap is finished by itself.`,
      )
    }
    return outcome.kind === 'done'
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
