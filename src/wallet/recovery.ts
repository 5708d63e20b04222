/**
 * What was begun is finished: on every start, on an alarm, on wake. Idempotent, safe in any context, never awaited by a
 * payment (`cashu.md` §3.5). Replays the identical request, then restores; never rolls back on a guess.
 */
import { RoutstrError } from '../domain/errors.ts'
import { isSwap, type SendOperation, type SwapOperation } from './journal.ts'
import type { MintConnection, NoteState } from './mint.ts'
import type { Account } from './mint-wallet.ts'
import type { Note } from './notes.ts'
import { sumAmounts } from './notes.ts'
import { type Received, receivedFrom } from './receiving.ts'
import type { WalletStore } from './store.ts'
import type { SwapRunner } from './swaps.ts'

export interface Recovery {
  /** @param everything also those whose back-off has not run out (start, user's wish) */
  recover(everything: boolean): Promise<void>
  /** Whether anything is open, for the alarm. */
  hasOpen(): Promise<boolean>
  takeBack(send: SendOperation): Promise<Received>
  statesOf(send: SendOperation): Promise<ReadonlyMap<string, NoteState>>
}

export function createRecovery(world: {
  readonly store: WalletStore
  readonly swaps: SwapRunner
  readonly connect: (account: Account) => Promise<MintConnection>
  readonly redeemStored: () => Promise<void>
  readonly now: () => number
}): Recovery {
  const { store, swaps, connect } = world
  let running: Promise<void> | null = null

  async function run(everything: boolean): Promise<void> {
    for (const operation of await store.operations({ state: 'requested' })) {
      if (!isSwap(operation) || (!everything && operation.nextTryAt > world.now())) continue
      // its owner may have finished it since the list was read
      if ((await store.operation(operation.id))?.state !== 'requested') continue
      const connection = await connect(operation).catch(() => null)
      if (connection !== null) await swaps.run(operation, connection)
    }
    await world.redeemStored()
    await noticeClaims()
  }

  /** Tokens handed to people: one state request per mint, not one per token. */
  async function noticeClaims(): Promise<void> {
    const sends = (await store.operations({ kind: 'send', state: 'sent' })).filter((operation) => !isSwap(operation)).filter((send) => send.purpose === 'user')
    for (const here of byAccount(sends).values()) {
      const [first] = here
      const connection = first === undefined ? null : await connect(first).catch(() => null)
      if (connection === null) continue
      const notes = await notesOf(here)
      const states = await connection.states(notes).catch(() => null)
      if (states === null) continue
      for (const send of here) if (send.secrets.every((secret) => states.get(secret) === 'SPENT')) await store.finishSend(send.id)
    }
  }

  async function notesOf(sends: readonly SendOperation[]): Promise<Note[]> {
    const ids = new Set(sends.map(({ id }) => id))
    return (await store.notes(sends[0] ?? null, ['sent'])).filter((note) => note.operationId !== null && ids.has(note.operationId))
  }

  return {
    recover(everything) {
      // one at a time; a second caller joins the first
      running ??= run(everything).finally(() => {
        running = null
      })
      return running
    },
    async hasOpen() {
      const open = await store.operations({ state: 'requested' })
      return open.length > 0 || (await store.incomingTokens(['stored', 'redeeming'])).length > 0
    },
    async statesOf(send) {
      if (send.state !== 'sent') return new Map(send.secrets.map((secret) => [secret, 'SPENT']))
      return (await connect(send)).states(await notesOf([send]))
    },
    async takeBack(send) {
      if (send.state === 'claimed') throw new RoutstrError('token_already_spent', 'The receiver has redeemed this token already.')
      if (send.state === 'takenBack') return receivedFrom({ unit: send.unit, inputAmount: 0 }, 0)
      const connection = await connect(send)
      let problem = ''
      for (let round = 0; round < 3; round++) {
        const operation = (await openTakeBack(send.id)) ?? (await beginTakeBack(send, connection))
        const outcome = await swaps.run(operation, connection)
        if (outcome.kind === 'done') return receivedFrom(operation, sumAmounts(outcome.outputs))
        if (outcome.kind === 'failed' && outcome.allSpent) {
          await store.finishSend(send.id)
          throw new RoutstrError('token_already_spent', 'The receiver has redeemed this token already.')
        }
        if (outcome.kind === 'open')
          throw new RoutstrError('mint_unreachable', `Taking back is not finished (${outcome.problem}). It goes on by itself; the notes are safe.`)
        // refused for good, and some notes are unspent: once more with fresh outputs, on a keyset that signs
        problem = outcome.problem
      }
      throw new RoutstrError('mint_rejected', `The mint refused to take this token back (${problem}). It is still under Tokens → Sent.`)
    },
  }

  async function openTakeBack(sendId: string): Promise<SwapOperation | null> {
    const open = await store.operations({ kind: 'takeBack', state: 'requested' })
    return open.filter(isSwap).find((operation) => operation.sendId === sendId) ?? null
  }

  /** Only what the mint calls unspent: a receiver may have redeemed a part. */
  async function beginTakeBack(send: SendOperation, connection: MintConnection): Promise<SwapOperation> {
    const notes = await notesOf([send])
    const states = await connection.states(notes)
    // a melt of the holder may fail yet: a row leaves only when its note is spent, or swapped by us
    if ([...states.values()].includes('PENDING'))
      throw new RoutstrError('mint_rejected', 'A part of this token is being redeemed at this moment, so it can not be taken back now. Try again in a while.')
    const unspent = notes.filter(({ secret }) => states.get(secret) === 'UNSPENT')
    if (unspent.length === 0) {
      if (notes.every(({ secret }) => states.get(secret) === 'SPENT')) await store.finishSend(send.id)
      throw new RoutstrError('token_already_spent', 'The receiver has redeemed this token already.')
    }
    const operation = await swaps.begin({ kind: 'takeBack', ownSecrets: [], incomingIds: [], sendId: send.id }, connection, unspent)
    if (operation === null) throw new RoutstrError('token_already_spent', 'This token is being taken back already.')
    return operation
  }
}

function byAccount<T extends Account>(rows: readonly T[]): Map<string, T[]> {
  return Map.groupBy(rows, ({ mint, unit }) => `${unit} ${mint}`)
}
