/** Carries a journalled swap to its end: finish, keep open, or fail with every input accounted for (`cashu.md` §3). */
import { nextTry, type SwapOperation } from './journal.ts'
import type { MintConnection } from './mint.ts'
import type { Note } from './notes.ts'
import { ladder, sumSat } from './notes.ts'
import type { WalletStore } from './store.ts'

export type SwapOutcome =
  | { readonly kind: 'done'; readonly outputs: readonly Note[] }
  | { readonly kind: 'open'; readonly problem: string }
  | { readonly kind: 'failed'; readonly problem: string; readonly allSpent: boolean }

export interface SwapRunner {
  /**
   * Writes the operation down together with the notes it takes; null when somebody else took one of them.
   * @param exactSat among the outputs are notes of exactly this sum
   */
  begin(
    facts: Pick<SwapOperation, 'kind' | 'mint' | 'ownSecrets' | 'incomingIds' | 'sendId'>,
    connection: MintConnection,
    inputs: readonly Note[],
    exactSat?: number,
  ): Promise<SwapOperation | null>
  /** Idempotent: in whatever context, however often. */
  run(operation: SwapOperation, connection: MintConnection): Promise<SwapOutcome>
}

export function createSwapRunner(world: { readonly store: WalletStore; readonly now: () => number; readonly randomId: () => string }): SwapRunner {
  const { store, now } = world
  return {
    async begin(facts, connection, inputs, exactSat = 0) {
      const own = new Set(facts.ownSecrets)
      const have = (await store.notes(facts.mint, ['ready'])).filter(({ secret }) => !own.has(secret))
      const totalSat = sumSat(inputs) - connection.feeSat(inputs)
      const swap = await connection.prepareSwap(inputs, ladder(Math.max(0, totalSat), exactSat, have, connection.facts().inputFeePpk))
      const operation: SwapOperation = {
        ...facts,
        id: world.randomId(),
        state: 'requested',
        swap,
        inputSat: sumSat(inputs),
        outputSat: swap.outputs.reduce((sum, { blindedMessage }) => sum + Number(blindedMessage.amount), 0),
        createdAt: now(),
        tries: 0,
        nextTryAt: 0,
        problem: null,
      }
      return (await store.beginSwap(operation)) ? operation : null
    },

    async run(operation, connection) {
      const answer = await connection.runSwap(operation.swap)
      switch (answer.kind) {
        case 'notes':
          await store.finishSwap(operation.id, answer.notes)
          return { kind: 'done', outputs: answer.notes }
        case 'unknown':
          return stayOpen(operation, answer.message, answer.retryAfterMs)
        case 'rejected':
          return reject(operation, connection, `${answer.code} ${answer.message}`)
        default:
          return answer satisfies never
      }
    },
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
