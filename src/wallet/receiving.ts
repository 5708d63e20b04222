/** Tokens that come in: stored as raw strings first, redeemed by a journalled swap, several in one (`cashu.md` §5.2). */
import { RoutstrError } from '../domain/errors.ts'
import type { Msat } from '../domain/msat.ts'
import { unitText, worthMsat } from '../domain/units.ts'
import { sha256Hex } from '../domain/sha256.ts'
import type { IncomingToken } from '../domain/wallet.ts'
import type { MintConnection } from './mint.ts'
import type { Account } from './mint-wallet.ts'
import { type Note, sumAmounts } from './notes.ts'
import type { SwapOperation } from './journal.ts'
import { lockProblem } from './locked-notes.ts'
import type { WalletStore } from './store.ts'
import { readToken } from './token.ts'
import type { SwapOutcome, SwapRunner } from './swaps.ts'

export interface Received {
  readonly unit: string
  readonly received: number
  readonly fee: number
  /** Worth of the two; 0 for units that are not bitcoin. */
  readonly receivedMsat: Msat
  readonly feeMsat: Msat
}

export function receivedFrom({ unit, inputAmount }: Pick<SwapOperation, 'unit' | 'inputAmount'>, received: number): Received {
  const fee = inputAmount - received
  return { unit, received, fee, receivedMsat: worthMsat(received, unit), feeMsat: worthMsat(fee, unit) }
}

export interface Receiving {
  /** The row for a token string; not saved yet. @throws RoutstrError `invalid_token` */
  rowFor(token: string, from: IncomingToken['from'], sessionId: string | null): Promise<IncomingToken>
  /** What happens to this token meanwhile is its caller's: `redeemAll` leaves it alone, from before it is stored. */
  inHand<T>(id: string, work: () => Promise<T>): Promise<T>
  /** Redeems one stored token. @throws RoutstrError; the token stays stored unless the mint says it is spent. */
  redeem(row: IncomingToken): Promise<Received>
  /** Redeems everything that is stored, in batches per mint; failures stay stored. */
  redeemAll(): Promise<void>
  /**
   * A token waits only as long as its mint is not trusted, whoever came to trust it (the user, a restore, a backup file), and
   * however that fell together with its arrival. @returns the row as it is now
   */
  release(row: IncomingToken): Promise<IncomingToken>
}

/** No token of a browser wallet is worth more (10 bitcoin, in msat); sums of such amounts stay exact. */
const MOST_UNITS = 1_000_000_000_000
/** A batch is capped by the size of the request, not only by the number of tokens. */
const MOST_NOTES_IN_ONE_SWAP = 64
/** What a fee may eat of the change of a session without a word. More is kept, and shown. */
const MOST_FORGONE_MSAT = 10_000

export function createReceiving(world: {
  readonly store: WalletStore
  readonly swaps: SwapRunner
  readonly now: () => number
  readonly connect: (account: Account) => Promise<MintConnection>
  readonly isTrusted: (mint: string) => Promise<boolean>
}): Receiving {
  const { store, swaps, connect } = world
  /** Tokens that a caller waits for: what runs beside must not take them away under its hands. */
  const inHand = new Set<string>()
  return {
    async rowFor(token, from, sessionId) {
      const text = token.trim().replace(/^(cashu:|web\+cashu:\/\/)/i, '')
      const facts = readToken(text)
      if (facts.amount > MOST_UNITS || facts.amountMsat > MOST_UNITS)
        throw new RoutstrError('invalid_token', `This token claims ${unitText(facts.amount, facts.unit)}. It was not touched.`)
      const mint = facts.mint.replace(/\/+$/, '')
      return {
        id: await sha256Hex(text),
        token: text,
        mint,
        unit: facts.unit,
        amount: facts.amount,
        amountMsat: facts.amountMsat,
        from,
        sessionId,
        state: (await world.isTrusted(mint)) ? 'stored' : 'waiting',
        problem: null,
        operationId: null,
        at: world.now(),
      }
    },

    async inHand(id, work) {
      inHand.add(id)
      try {
        return await work()
      } finally {
        inHand.delete(id)
      }
    },
    redeem: redeemNow,

    release,

    async redeemAll() {
      for (const row of await store.incomingTokens(['waiting'])) await release(row)
      const rows = (await store.incomingTokens(['stored'])).filter(({ id }) => !inHand.has(id))
      for (const tokens of Map.groupBy(rows, ({ mint, unit }) => `${unit} ${mint}`).values()) {
        const [first] = tokens
        const connection = first === undefined ? null : await connect(first).catch(() => null)
        if (connection !== null) await redeemBatch(connection, tokens)
      }
    },
  }

  async function release(row: IncomingToken): Promise<IncomingToken> {
    if (row.state !== 'waiting' || !(await world.isTrusted(row.mint))) return row
    await store.changeIncoming(row.id, ['waiting'], { state: 'stored' })
    return (await store.incoming(row.id)) ?? row
  }

  async function redeemNow(row: IncomingToken): Promise<Received> {
    const connection = await connect(row)
    for (let round = 0; round < 3; round++) {
      const current = (await store.incoming(row.id)) ?? row
      if (round > 0 && current.state === 'refused')
        throw new RoutstrError('invalid_token', `The mint refused this token for good (${current.problem ?? 'no reason given'}). Nothing was received.`)
      const opened = await open(connection, [current], round > 0 || row.problem !== null)
      if (opened === null) {
        // the mint's fee would have taken all of it
        if ((await store.incoming(row.id))?.state === 'redeemed') return receivedFrom({ unit: row.unit, inputAmount: current.amount }, 0)
        throw spentBefore()
      }
      const outcome = await swaps.run(opened, connection)
      if (outcome.kind === 'failed' && outcome.allSpent) throw spentBefore()
      if (outcome.kind === 'done') return receivedFrom(opened, sumAmounts(outcome.outputs))
      if (outcome.kind === 'open')
        throw new RoutstrError(
          'mint_unreachable',
          `The mint did not finish the swap (${outcome.problem}). The token is kept and redeemed by itself as soon as the mint answers.`,
        )
    }
    throw new RoutstrError('mint_rejected', 'The mint refused the swap several times. The token is kept under Tokens → Incoming.')
  }

  async function redeemBatch(connection: MintConnection, rows: readonly IncomingToken[]): Promise<void> {
    const fresh = rows.filter((row) => row.problem === null)
    const outcome = fresh.length > 1 ? await attempt(connection, fresh, false) : null
    if (outcome?.kind === 'done' || outcome?.kind === 'open') return
    // one bad token spoils a batch: each for itself, unspent notes only
    for (const row of outcome === null ? rows : await stillStored(rows)) await attempt(connection, [row], row.problem !== null || outcome !== null)
  }

  async function attempt(connection: MintConnection, rows: readonly IncomingToken[], filter: boolean): Promise<SwapOutcome | null> {
    const opened = await open(connection, rows, filter).catch(() => null)
    return opened === null ? null : swaps.run(opened, connection)
  }

  async function stillStored(rows: readonly IncomingToken[]): Promise<IncomingToken[]> {
    const current = await Promise.all(rows.map(({ id }) => store.incoming(id)))
    return current.filter((row) => row !== undefined).filter((row) => row.state === 'stored')
  }

  /** As `journal`; a token alone in its swap that can never be swapped is refused instead of being tried for ever. */
  async function open(connection: MintConnection, rows: readonly IncomingToken[], askStates: boolean): Promise<SwapOperation | null> {
    try {
      return await journal(connection, rows, askStates)
    } catch (error) {
      const [row] = rows
      if (row !== undefined && rows.length === 1 && error instanceof RoutstrError && error.code === 'invalid_token') {
        await store.changeIncoming(row.id, ['stored'], { state: 'refused', problem: error.message })
      }
      throw error
    }
  }

  /** Decodes, drops duplicates and (after a refusal) spent notes, journals. null: nothing of it is left, the row is refused. */
  async function journal(connection: MintConnection, rows: readonly IncomingToken[], askStates: boolean): Promise<SwapOperation | null> {
    const secrets = new Set<string>()
    const inputs: Note[] = []
    const taken: string[] = []
    for (const row of rows) {
      const notes = await usableNotes(connection, row, askStates)
      const unique = notes.filter(({ secret }) => !secrets.has(secret) && secrets.add(secret))
      if (unique.length === 0) {
        await store.changeIncoming(row.id, ['stored'], { state: 'refused', problem: 'spent before' })
        continue
      }
      if (inputs.length > 0 && inputs.length + unique.length > MOST_NOTES_IN_ONE_SWAP) continue
      const amount = sumAmounts(unique)
      if (amount !== row.amount) await store.changeIncoming(row.id, ['stored'], { amount, amountMsat: worthMsat(amount, row.unit) })
      inputs.push(...unique)
      taken.push(row.id)
    }
    if (taken.length === 0) return null
    const [only] = rows
    const isDust = worthMsat(sumAmounts(inputs), connection.unit) <= MOST_FORGONE_MSAT
    if (rows.length === 1 && only?.from === 'refund' && isDust && sumAmounts(inputs) <= connection.fee(inputs)) {
      await swaps.forgo({ ownSecrets: [], incomingIds: taken, sendId: null }, connection, inputs)
      return null
    }
    const operation = await swaps.begin({ kind: 'receive', ownSecrets: [], incomingIds: taken, sendId: null }, connection, inputs)
    if (operation === null) throw new RoutstrError('token_already_spent', 'This token is being received already.')
    return operation
  }

  async function usableNotes(connection: MintConnection, row: IncomingToken, askStates: boolean): Promise<Note[]> {
    const notes = await connection.decode(row.token)
    const locked = notes.map(({ secret }) => lockProblem(secret, connection.lockKey, world.now() / 1000)).find((problem) => problem !== null)
    if (locked !== undefined) throw new RoutstrError('invalid_token', `${locked} It was not touched.`)
    if (await connection.hasForged(notes)) {
      throw new RoutstrError(
        'invalid_token',
        `The token carries a proof that ${connection.mint} signed it, and the proof is wrong: it is forged or damaged. It was not redeemed.`,
      )
    }
    if (!askStates) return notes
    const states = await connection.states(notes)
    return notes.filter(({ secret }) => states.get(secret) === 'UNSPENT')
  }
}

function spentBefore(): RoutstrError {
  return new RoutstrError('token_already_spent', 'This token was spent before. Nothing was received.')
}
