/** Money that leaves: exact notes chosen offline and taken in one transaction; a split at the mint only when nothing fits. */
import { RoutstrError } from '../domain/errors.ts'
import { unitText } from '../domain/units.ts'
import { createExclusive } from './exclusive.ts'
import { isSwap, type SendOperation } from './journal.ts'
import type { MintConnection } from './mint.ts'
import { chooseDeposit, chooseExactAmong, countOf, type KeysetChoice, type Keysets, keysetsOf } from './denominations.ts'
import { faceFor, type Note, sumAmounts } from './notes.ts'
import type { WalletStore } from './store.ts'
import type { SwapRunner } from './swaps.ts'

/** A deposit may be any amount in a range, because its rest comes back: so it nearly never needs the mint. */
export interface DepositWish {
  /** What has to arrive after the redeemer's input fee, sat. */
  readonly needSat: number
  /** The same for everybody who waits for it: rather than less, the mint is asked to make change. sat */
  readonly allSat: number
  /** What we would like to place, sat. */
  readonly aimSat: number
  /** No more than this arrives, sat. */
  readonly capSat: number
}

/** The same in whole units of the account that pays. */
export interface DepositRange {
  readonly need: number
  readonly all: number
  readonly aim: number
  readonly cap: number
}

/** @param arrives what is left of it after the redeemer's input fee, units of the account */
export type DepositJournal = (operation: SendOperation, arrives: number) => Promise<boolean>

export interface Paying {
  /**
   * Takes notes for a deposit. `journal` writes the operation together with whatever must be saved in the same
   * transaction, and answers false when a note was taken meanwhile.
   * @throws RoutstrError `insufficient_balance` (nothing taken), `mint_unreachable` (a split was needed)
   */
  deposit(connection: MintConnection, range: DepositRange, journal: DepositJournal): Promise<SendOperation>
  /** Exactly `amount` units for a person. @throws RoutstrError as above */
  send(connection: MintConnection, amount: number, memo: string | null): Promise<SendOperation>
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
    deposit: (connection, range, journal) =>
      exclusive(keyOf(connection), () => {
        const { need, all, aim } = range
        const choose = (keysets: Keysets, maySplit: boolean): KeysetChoice | null => chooseDeposit(keysets, { ...range, feePpk: connection.feePpk }, maySplit)
        const { inputFeePpk } = connection.facts()
        const splits = [aim, all, need].map((goal) => faceFor(goal, inputFeePpk))
        return take(connection, splits, choose, journal, 'session', null)
      }),
    send: (connection, amount, memo) =>
      exclusive(keyOf(connection), () =>
        take(
          connection,
          [amount],
          (keysets) => chooseExactAmong(keysets, amount),
          (operation) => store.beginSend(operation),
          'user',
          memo,
        ),
      ),
  }

  async function take(
    connection: MintConnection,
    /** What to make by a swap when no notes fit: the first that the wallet can cover. */
    splits: readonly number[],
    /** @param maySplit null is an answer: better notes can be made */
    choose: (keysets: Keysets, maySplit: boolean) => KeysetChoice | null,
    journal: DepositJournal,
    purpose: SendOperation['purpose'],
    memo: string | null,
  ): Promise<SendOperation> {
    let maySplit = true
    let failure: unknown
    for (let round = 0; round < MOST_TRIES; round++) {
      const choice = choose(keysetsOf(await store.buckets({ account: connection, state: 'ready' })), maySplit)
      if (choice === null) {
        if (failure !== undefined) throw failure
        // once made, the notes are there; if not, no second fee is paid for nothing
        if (!maySplit) break
        try {
          maySplit = !(await split(connection, await store.notes(connection, ['ready']), splits))
        } catch (error) {
          // what there is may do for one
          failure = error
          maySplit = false
        }
        continue
      }
      const chosen = await store.readyNotes(connection, choice)
      if (chosen.length < countOf(choice.choice)) continue
      const operation: SendOperation = {
        id: world.randomId(),
        kind: 'send',
        state: 'sent',
        mint: connection.mint,
        unit: connection.unit,
        token: connection.encode(chosen, memo),
        amount: sumAmounts(chosen),
        secrets: chosen.map(({ secret }) => secret),
        purpose,
        memo,
        createdAt: world.now(),
      }
      if (await journal(operation, sumAmounts(chosen) - connection.fee(chosen))) return operation
    }
    throw new RoutstrError('insufficient_balance', `The notes at ${connection.mint} are taken by other payments at the moment. Nothing was paid; try again.`)
  }

  /** Swaps own notes so that one of the amounts can be handed out exactly; false when another payment was faster. */
  async function split(connection: MintConnection, ready: readonly Note[], wanted: readonly number[]): Promise<boolean> {
    const want = wanted.find((amount) => cheapestCover(ready, amount, connection) !== null) ?? wanted.at(-1) ?? 0
    const inputs = cheapestCover(ready, want, connection)
    if (inputs === null) {
      // other notes of ours are on their way back from a mint
      const changing = world.swaps.running(connection.mint)
      if (changing !== null) return changing.then(() => false)
      if (sumAmounts(ready) + (await inOpenSwaps(connection)) >= want)
        throw new RoutstrError('insufficient_balance', `${connection.mint} has not finished making change. The notes are safe and come back by themselves; nothing was paid.`)
      throw new RoutstrError(
        'insufficient_balance',
        `The wallet holds ${unitText(sumAmounts(ready), connection.unit)} at ${connection.mint}; ${unitText(want, connection.unit)} and the mint's fee are needed. Nothing was paid.`,
      )
    }
    const operation = await world.swaps.begin(
      { kind: 'split', ownSecrets: inputs.map(({ secret }) => secret), incomingIds: [], sendId: null },
      connection,
      inputs,
      want,
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

  async function inOpenSwaps({ mint, unit }: MintConnection): Promise<number> {
    const open = (await store.operations({ kind: 'split', state: 'requested' })).filter(isSwap)
    return open.filter((swap) => swap.mint === mint && swap.unit === unit).reduce((sum, { outputAmount }) => sum + outputAmount, 0)
  }
}

const keyOf = ({ mint, unit }: MintConnection): string => `${unit} ${mint}`

/** Smallest notes first until the amount and the fee are covered; everything when it just fits; null when it does not. */
function cheapestCover(ready: readonly Note[], want: number, connection: MintConnection): Note[] | null {
  const single = [...ready].sort((a, b) => a.amount - b.amount).find((note) => note.amount - connection.fee([note]) >= want)
  if (single !== undefined) return [single]
  const inputs: Note[] = []
  for (const note of [...ready].sort((a, b) => b.amount - a.amount)) {
    inputs.push(note)
    if (sumAmounts(inputs) - connection.fee(inputs) >= want) return inputs
  }
  return null
}
