/** Carries a journalled swap to its end: finish, keep open, or fail with every input accounted for (`cashu.md` §3). */
import { nextTry, type SwapOperation } from './journal.ts'
import type { MintConnection, PackedSwap } from './mint.ts'
import { COLLISION_JUMP } from './mint-answer.ts'
import type { Note } from './notes.ts'
import { ladder, sumAmounts } from './notes.ts'
import type { WalletStore } from './store.ts'

export type SwapOutcome =
  | { readonly kind: 'done'; readonly outputs: readonly Note[] }
  | { readonly kind: 'open'; readonly problem: string }
  | { readonly kind: 'failed'; readonly problem: string; readonly allSpent: boolean }

export interface SwapRunner {
  /**
   * Writes the operation down together with the notes it takes; null when somebody else took one of them.
   * @param exact among the outputs are notes of exactly this sum
   */
  begin(
    facts: Pick<SwapOperation, 'kind' | 'ownSecrets' | 'incomingIds' | 'sendId'>,
    connection: MintConnection,
    inputs: readonly Note[],
    exact?: number,
  ): Promise<SwapOperation | null>
  /** Change that is worth no more than the mint's fee for it: booked as that fee, nothing is sent. */
  forgo(facts: Pick<SwapOperation, 'ownSecrets' | 'incomingIds' | 'sendId'>, connection: MintConnection, inputs: readonly Note[]): Promise<void>
  /** Idempotent: in whatever context, however often. */
  run(operation: SwapOperation, connection: MintConnection): Promise<SwapOutcome>
  /** Those that are at a mint now, or at this one: resolves when each has ended, however. null: there is none. */
  running(mint?: string): Promise<unknown> | null
}

/** With the back-off of `nextTry` about two minutes. */
const TRIES_OF_A_VAGUE_NO = 6

/** A swap without a request. */
const NOTHING: PackedSwap = { keysetId: '', inputs: [], outputs: [] }

export function createSwapRunner(world: {
  readonly store: WalletStore
  readonly now: () => number
  readonly randomId: () => string
  /** Money has moved. */
  readonly onChange: () => void
}): SwapRunner {
  const { store, now } = world
  /** The one who waits for an operation and the recovery may both carry it: one request is enough. */
  const underWay = new Map<string, { readonly mint: string; readonly outcome: Promise<SwapOutcome> }>()
  return {
    async begin(facts, connection, inputs, exact = 0) {
      const own = new Set(facts.ownSecrets)
      const have = await left(
        connection,
        inputs.filter(({ secret }) => own.has(secret)),
      )
      const total = Math.max(0, sumAmounts(inputs) - connection.fee(inputs))
      const account = { unit: connection.unit, have, ppk: connection.facts().inputFeePpk }
      const swap = await connection.prepareSwap(inputs, ladder(total, exact, account))
      const operation = operationFor(facts, connection, inputs, swap)
      return (await store.beginSwap(operation)) ? operation : null
    },

    async forgo(facts, connection, inputs) {
      const operation = operationFor({ ...facts, kind: 'receive' }, connection, inputs, NOTHING)
      if (await store.beginSwap(operation)) await finish(operation, [])
    },

    run(operation, connection) {
      const known = underWay.get(operation.id)
      if (known !== undefined) return known.outcome
      const outcome = carry(operation, connection).finally(() => underWay.delete(operation.id))
      underWay.set(operation.id, { mint: operation.mint, outcome })
      return outcome
    },
    running(mint) {
      const meant = [...underWay.values()].filter((swap) => mint === undefined || swap.mint === mint)
      return meant.length === 0 ? null : Promise.allSettled(meant.map(({ outcome }) => outcome))
    },
  }

  async function carry(operation: SwapOperation, connection: MintConnection): Promise<SwapOutcome> {
    // forgone, and the worker died half-way
    if (operation.swap.inputs.length === 0) return finish(operation, [])
    const answer = await connection.runSwap(operation.swap)
    switch (answer.kind) {
      case 'notes':
        return finish(operation, answer.notes)
      case 'unknown':
        // the same no for some minutes will not become a yes; whether an input is spent decides what follows
        if (answer.refused !== undefined && operation.tries >= TRIES_OF_A_VAGUE_NO) return reject(operation, connection, `${answer.refused} ${answer.message}`)
        return stayOpen(operation, answer.message, answer.retryAfterMs)
      case 'rejected':
        if (answer.collided) await store.reserveCounters(operation.swap.keysetId, COLLISION_JUMP).catch(() => undefined)
        return reject(operation, connection, `${answer.code} ${answer.message}`)
      default:
        return answer satisfies never
    }
  }

  async function finish(operation: SwapOperation, outputs: readonly Note[]): Promise<SwapOutcome> {
    await store.finishSwap(operation.id, outputs)
    world.onChange()
    return { kind: 'done', outputs }
  }

  function operationFor(
    facts: Pick<SwapOperation, 'kind' | 'ownSecrets' | 'incomingIds' | 'sendId'>,
    { mint, unit }: MintConnection,
    inputs: readonly Note[],
    swap: PackedSwap,
  ): SwapOperation {
    return {
      ...facts,
      id: world.randomId(),
      mint,
      unit,
      state: 'requested',
      swap,
      inputAmount: sumAmounts(inputs),
      outputAmount: swap.outputs.reduce((sum, { blindedMessage }) => sum + Number(blindedMessage.amount), 0),
      createdAt: now(),
      tries: 0,
      nextTryAt: 0,
      problem: null,
    }
  }

  /** Equal notes of the account without those that are about to be swapped. */
  async function left(account: MintConnection, going: readonly Note[]): Promise<{ amount: number; count: number }[]> {
    const buckets = await store.buckets({ account, state: 'ready' })
    return buckets.map(({ amount, count, keysetId }) => ({
      amount,
      count: count - going.filter((note) => note.amount === amount && note.keysetId === keysetId).length,
    }))
  }

  async function stayOpen(operation: SwapOperation, problem: string, waitMs: number | null): Promise<SwapOutcome> {
    await store.postponeSwap(operation.id, (tries) => Math.max(nextTry(now(), tries), now() + (waitMs ?? 0)), problem)
    return { kind: 'open', problem }
  }

  /** A definite no is not the end: ask for every input (`cashu.md` §3.4). */
  async function reject(operation: SwapOperation, connection: MintConnection, problem: string): Promise<SwapOutcome> {
    const inputs = operation.swap.inputs.map(({ secret, id }) => ({ secret, keysetId: id }))
    try {
      if (/^1200[123] /.test(problem)) await connection.refresh()
      const states = await connection.states(inputs)
      if ([...states.values()].includes('PENDING')) return await stayOpen(operation, `pending at the mint after: ${problem}`, null)
      const spent = inputs.filter(({ secret }) => states.get(secret) === 'SPENT').map(({ secret }) => secret)
      // forged notes are unspent and worthless: a token alone in its swap is refused for good
      const forged = operation.kind === 'receive' && operation.incomingIds.length === 1 && /^(10001|11013) /.test(problem)
      await store.failSwap(operation.id, { spent, retry: spent.length < inputs.length && !forged, problem })
      return { kind: 'failed', problem, allSpent: spent.length === inputs.length }
    } catch (error) {
      return stayOpen(operation, error instanceof Error ? error.message : problem, null)
    }
  }
}
