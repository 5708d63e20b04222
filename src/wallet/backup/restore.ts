/** Asking a mint which notes of a seed it has signed (NUT-09, NUT-13), and what they are worth now (NUT-07). */
import { nextTask } from '../signatures.ts'
import { CTSError, getEncodedToken, HttpResponseError, NetworkError, OutputData, type SerializedBlindedSignature } from '@cashu/cashu-ts'
import type { UnitAmount } from '../../domain/backup.ts'
import { RoutstrError } from '../../domain/errors.ts'
import { sha256Hex } from '../../domain/sha256.ts'
import { worthMsat } from '../../domain/units.ts'
import type { IncomingToken } from '../../domain/wallet.ts'
import { type MintConnection, proofOf } from '../mint.ts'
import type { MintWallet } from '../mint-wallet.ts'
import { type Note, sumAmounts } from '../notes.ts'
import { proofFromSignature } from '../signatures.ts'

export interface KeysetFacts {
  readonly id: string
  readonly unit: string
}

/** Counters asked for in one request: the mint's limit is often 1,000, and the worker must be able to breathe. */
export const BATCH = 100
/** So many unsigned counters in a row are the end (`cashu.md` §7 no. 13): reserved and never used ones leave gaps. */
export const GAP = 300

/** Signatures without proof say little: they never carry our counter so far that a restore would not find what comes after it. */
const MOST_UNPROVEN_COUNTERS = 2 * BATCH

export interface Scanned {
  /** The highest counter the mint has signed, proven or not. 0 is a counter like any other. */
  readonly last: number | null
  /** Up to here our own counter has to rise. */
  readonly nextCounter: number | null
  readonly notes: readonly Note[]
  /** Signatures without a valid proof (NUT-12): the mint claims to have signed, the notes would be worthless. */
  readonly unproven: number
}

/** Every keyset of every unit, those in use first: old notes are on old keysets. */
export function keysetsOf(account: MintWallet): KeysetFacts[] {
  return account
    .current()
    .keyChain.cache.keysets.toSorted((a, b) => Number(b.active) - Number(a.active))
    .map(({ id, unit }) => ({ id, unit }))
}

/**
 * One batch of counters.
 * @throws NetworkError and other CTSErrors: nothing is known, ask again
 */
export async function scanCounters(account: MintWallet, seed: Uint8Array, keyset: KeysetFacts, from: number): Promise<Scanned> {
  const keys = await account.current().keyChain.ensureKeysetKeys(keyset.id)
  const outputs = await deriveOutputs(seed, keyset.id, from)
  const answer = await account.current().mint.restore({ outputs: [...outputs.values()].map(({ blindedMessage }) => blindedMessage) })
  if (answer.outputs.length !== answer.signatures.length) throw new CTSError('the mint’s answer does not fit together')
  const signatures = new Map(answer.outputs.map(({ B_ }, index) => [B_, answer.signatures[index]]))
  let last: number | null = null
  let unproven = 0
  const notes: Note[] = []
  let pieceBegan = performance.now()
  for (const [counter, output] of outputs) {
    const signature = signatures.get(output.blindedMessage.B_)
    if (signature === undefined) continue
    last = counter
    const note = provenNote(output, signature)
    if (note === null) unproven++
    else notes.push(note)
    if (performance.now() - pieceBegan > PIECE_MS) {
      await nextTask()
      pieceBegan = performance.now()
    }
  }
  const nextCounter = last === null ? null : notes.length > 0 ? last + 1 : Math.min(last + 1, MOST_UNPROVEN_COUNTERS)
  return { last, nextCounter, notes, unproven }

  function provenNote(output: OutputData, signature: SerializedBlindedSignature): Note | null {
    if (signature.id !== keyset.id || signature.amount.isZero()) return null
    try {
      return { ...account.note(proofFromSignature(output, signature, keys)), unit: keyset.unit }
    } catch {
      return null
    }
  }
}

/** Which of the notes are still good; `pending` ones are inside a payment. @throws RoutstrError `mint_unreachable` */
export async function sortByState(connection: MintConnection, notes: readonly Note[]): Promise<{ unspent: Note[]; pending: Note[] }> {
  if (notes.length === 0) return { unspent: [], pending: [] }
  const states = await connection.states(notes)
  const inState = (state: string): Note[] => notes.filter(({ secret }) => states.get(secret) === state)
  return { unspent: inState('UNSPENT'), pending: inState('PENDING') }
}

/** A token redeems in one swap; larger ones would be more than a request should carry. */
const MOST_NOTES_IN_A_TOKEN = 60

/** Notes of another wallet as tokens, each of one unit, in rows that are redeemed like any token that comes in. @param at ms */
export function incomingOf(mint: string, notes: readonly Note[], at: number): Promise<IncomingToken[]> {
  const pieces = [...Map.groupBy(notes, ({ unit }) => unit)].flatMap(([unit, ofUnit]) =>
    Array.from({ length: Math.ceil(ofUnit.length / MOST_NOTES_IN_A_TOKEN) }, (_, index) => ({
      unit,
      piece: ofUnit.slice(index * MOST_NOTES_IN_A_TOKEN, (index + 1) * MOST_NOTES_IN_A_TOKEN),
    })),
  )
  return Promise.all(
    pieces.map(async ({ unit, piece }) => {
      const token = getEncodedToken({ mint, unit, proofs: piece.map(proofOf) }, { removeDleq: true })
      const amount = sumAmounts(piece)
      return {
        id: await sha256Hex(token),
        token,
        mint,
        unit,
        amount,
        amountMsat: worthMsat(amount, unit),
        from: 'user' as const,
        sessionId: null,
        state: 'stored' as const,
        problem: null,
        operationId: null,
        at,
      }
    }),
  )
}

export function sumByUnit(...lists: readonly (readonly { readonly unit: string; readonly amount: number }[])[]): UnitAmount[] {
  const sums = new Map<string, number>()
  for (const { unit, amount } of lists.flat()) sums.set(unit, (sums.get(unit) ?? 0) + amount)
  return [...sums].map(([unit, amount]) => ({ unit, amount }))
}

/** The mint as a whole does not answer: its other keysets need not be tried now. */
export function isOutage(error: unknown): boolean {
  const cause = error instanceof RoutstrError ? error.cause : error
  return cause instanceof NetworkError || (cause instanceof HttpResponseError && (cause.status >= 500 || cause.status === 429))
}

const PIECE_MS = 8

/** By counter. A counter whose blinding factor falls outside the curve's order is as good as impossible, and skipped as NUT-13 says. */
async function deriveOutputs(seed: Uint8Array, keysetId: string, from: number): Promise<Map<number, OutputData>> {
  const outputs = new Map<number, OutputData>()
  let pieceBegan = performance.now()
  for (let counter = from; counter < from + BATCH; counter++) {
    const output = derive(seed, keysetId, counter)
    if (output !== null) outputs.set(counter, output)
    if (performance.now() - pieceBegan > PIECE_MS) {
      await nextTask()
      pieceBegan = performance.now()
    }
  }
  return outputs
}

function derive(seed: Uint8Array, keysetId: string, counter: number): OutputData | null {
  try {
    // the mint knows the amount; ours in the request is not looked at
    return OutputData.createSingleDeterministicData(0, seed, counter, keysetId)
  } catch {
    return null
  }
}
