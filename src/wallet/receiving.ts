/** Tokens that come in: stored as raw strings first, redeemed by a journalled swap, several in one (`cashu.md` §5.2). */
import { RoutstrError } from '../domain/errors.ts'
import { fromSat, type Msat } from '../domain/msat.ts'
import { sha256Hex } from '../domain/sha256.ts'
import type { IncomingToken } from '../domain/wallet.ts'
import type { MintConnection } from './mint.ts'
import { type Note, sumSat } from './notes.ts'
import type { SwapOperation } from './journal.ts'
import type { WalletStore } from './store.ts'
import { readToken } from './token.ts'
import type { SwapOutcome, SwapRunner } from './swaps.ts'

export interface Received {
  readonly receivedMsat: Msat
  readonly feeMsat: Msat
}

export interface Receiving {
  /** The row for a token string; not saved yet. @throws RoutstrError `invalid_token`, `unsupported_unit` */
  rowFor(token: string, from: IncomingToken['from'], sessionId: string | null): Promise<IncomingToken>
  /** Redeems one stored token. @throws RoutstrError; the token stays stored unless the mint says it is spent. */
  redeem(row: IncomingToken): Promise<Received>
  /** Redeems everything that is stored, in batches per mint; failures stay stored. */
  redeemAll(): Promise<void>
}

/** No token of a browser wallet is worth more; sums of such amounts stay exact. */
const MOST_MSAT = fromSat(1_000_000_000)
/** A batch is capped by the size of the request, not only by the number of tokens. */
const MOST_NOTES_IN_ONE_SWAP = 64

export function createReceiving(world: {
  readonly store: WalletStore
  readonly swaps: SwapRunner
  readonly now: () => number
  readonly connect: (mint: string) => Promise<MintConnection>
  readonly isTrusted: (mint: string) => Promise<boolean>
}): Receiving {
  const { store, swaps, connect } = world
  return {
    async rowFor(token, from, sessionId) {
      const text = token.trim().replace(/^(cashu:|web\+cashu:\/\/)/i, '')
      const facts = readToken(text)
      if (facts.unit !== 'sat')
        throw new RoutstrError('unsupported_unit', `This token is in ${facts.unit}; only sat tokens can be received. It was not touched.`)
      if (facts.amountMsat > MOST_MSAT) throw new RoutstrError('invalid_token', 'This token claims more than 10 bitcoin. It was not touched.')
      const mint = facts.mint.replace(/\/+$/, '')
      return {
        id: await sha256Hex(text),
        token: text,
        mint,
        amountMsat: facts.amountMsat,
        from,
        sessionId,
        state: (await world.isTrusted(mint)) ? 'stored' : 'waiting',
        problem: null,
        operationId: null,
        at: world.now(),
      }
    },

    async redeem(row) {
      const connection = await connect(row.mint)
      for (let round = 0; round < 3; round++) {
        const current = (await store.incoming(row.id)) ?? row
        if (round > 0 && current.state === 'refused')
          throw new RoutstrError('invalid_token', `The mint refused this token for good (${current.problem ?? 'no reason given'}). Nothing was received.`)
        const opened = await open(connection, [current], round > 0 || row.problem !== null)
        if (opened === null) throw spentBefore()
        const outcome = await swaps.run(opened, connection)
        if (outcome.kind === 'failed' && outcome.allSpent) throw spentBefore()
        if (outcome.kind === 'done') return { receivedMsat: fromSat(sumSat(outcome.outputs)), feeMsat: fromSat(opened.inputSat - sumSat(outcome.outputs)) }
        if (outcome.kind === 'open')
          throw new RoutstrError(
            'mint_unreachable',
            `The mint did not finish the swap (${outcome.problem}). The token is kept and redeemed by itself as soon as the mint answers.`,
          )
      }
      throw new RoutstrError('mint_rejected', 'The mint refused the swap several times. The token is kept under Tokens → Incoming.')
    },

    async redeemAll() {
      const rows = await store.incomingTokens(['stored'])
      for (const [mint, tokens] of groupBy(rows, (row) => row.mint)) {
        const connection = await connect(mint).catch(() => null)
        if (connection !== null) await redeemBatch(connection, tokens)
      }
    },
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
      if (fromSat(sumSat(unique)) !== row.amountMsat) await store.changeIncoming(row.id, ['stored'], { amountMsat: fromSat(sumSat(unique)) })
      inputs.push(...unique)
      taken.push(row.id)
    }
    if (taken.length === 0) return null
    const operation = await swaps.begin({ kind: 'receive', mint: connection.url, ownSecrets: [], incomingIds: taken, sendId: null }, connection, inputs)
    if (operation === null) throw new RoutstrError('token_already_spent', 'This token is being received already.')
    return operation
  }

  async function usableNotes(connection: MintConnection, row: IncomingToken, askStates: boolean): Promise<Note[]> {
    const notes = await connection.decode(row.token)
    if (notes.some(({ secret }) => /^\s*\[\s*"(P2PK|HTLC)"/.test(secret))) {
      throw new RoutstrError('invalid_token', 'This token is locked to somebody else’s key. It was not touched.')
    }
    if (!askStates) return notes
    const states = await connection.states(notes)
    return notes.filter(({ secret }) => states.get(secret) === 'UNSPENT')
  }
}

function spentBefore(): RoutstrError {
  return new RoutstrError('token_already_spent', 'This token was spent before. Nothing was received.')
}

function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row])
  return groups
}
