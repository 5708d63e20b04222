/** What an answer of the mint means for a swap (`cashu.md` §3.3). */
import { CTSError, isMintOperationError, RateLimitError } from '@cashu/cashu-ts'
import type { NoteState } from './mint.ts'
import type { Note } from './notes.ts'

/** What came back from a swap. Only `rejected` is definite; `unknown` may have happened. */
export type SwapAnswer =
  | { readonly kind: 'notes'; readonly notes: readonly Note[] }
  | {
      readonly kind: 'rejected'
      readonly code: number
      readonly message: string
      /** The outputs were signed before, for somebody with the same seed: the next ones should be further on. */
      readonly collided?: true
    }
  /** `refused`: the mint said no with a code that names no reason, and has signed nothing (Nutshell: 0, 10000, 11000). */
  | { readonly kind: 'unknown'; readonly message: string; readonly retryAfterMs: number | null; readonly refused?: number }

/** Codes after which the same body can never succeed (`cashu.md` §3.3), once restore has found nothing. */
const DEFINITE = new Set([10001, 11001, 11003, 11005, 11006, 11007, 11008, 11009, 11010, 11011, 11012, 11013, 11014, 11015])

const COLLIDED: SwapAnswer = {
  kind: 'rejected',
  code: 11003,
  message: 'these outputs were signed for another browser with the same seed',
  collided: true,
}

/**
 * The mint has signed these outputs, but for other amounts than ours: for another browser with the same seed (NUT-13), or it
 * lies. Whether our inputs are spent tells the two apart.
 */
export class SignedOtherwise extends CTSError {
  constructor() {
    super('the mint signed something else than we asked')
    // the library's classes set their own prototype
    Object.setPrototypeOf(this, SignedOtherwise.prototype)
  }
}

/** How far to go on after a collision (NUT-13): less than the gap that a restore bridges, because the counters in between may stay unused. */
export const COLLISION_JUMP = 100

/**
 * Signatures on our outputs prove that the swap happened only if its inputs are spent: with the same seed in a second
 * browser they may have been signed for that one (NUT-13), and then our inputs are still ours (`cashu.md` §7 no. 13).
 */
export async function settleAnswer(
  error: unknown,
  ask: {
    /** The outputs the mint has signed. */
    readonly restore: () => Promise<Note[]>
    readonly wanted: number
    /** NUT-07 of every input. */
    readonly inputs: () => Promise<readonly NoteState[]>
    /** Whether the keyset of the outputs is still active, as the mint says now. */
    readonly signs: () => Promise<boolean>
  },
): Promise<SwapAnswer> {
  const unknown = (message: string, retryAfterMs: number | null = null): SwapAnswer => ({ kind: 'unknown', message, retryAfterMs })
  if (error instanceof RateLimitError) return unknown('the mint asks to wait', error.retryAfterMs ?? null)
  const refused = isMintOperationError(error)
  if (refused && (error.code === 11002 || error.code === 11004)) return unknown(`the notes are pending at the mint (${error.code})`)
  if (!refused && !(error instanceof CTSError)) return unknown(reasonOf(error))
  try {
    const notes = await ask.restore()
    if (notes.length > 0) {
      const inputs = await ask.inputs()
      if (refused && inputs.includes('UNSPENT')) return COLLIDED
      // no answer at all: the request is lost, or still under way; sent again it gets one
      if (inputs.some((state) => state !== 'SPENT')) return unknown('the mint has signed these outputs, but has not taken the notes for them')
    }
    if (notes.length === ask.wanted) return { kind: 'notes', notes }
    if (notes.length > 0) return unknown(`the mint signed only ${notes.length} of ${ask.wanted} outputs`)
  } catch (failure) {
    const inputs = refused && failure instanceof SignedOtherwise ? await ask.inputs().catch((): NoteState[] => []) : []
    return inputs.includes('UNSPENT') ? COLLIDED : unknown(reasonOf(failure))
  }
  if (refused && DEFINITE.has(error.code)) return { kind: 'rejected', code: error.code, message: error.message }
  // a keyset that was rotated away signs nothing more; Nutshell has no code of its own for that (11000). A mint that refuses a keyset
  // and calls it active in one breath must not get fresh outputs at every try: so many unused counters would be the end of a restore
  if (refused && !(await ask.signs().catch(() => true))) return { kind: 'rejected', code: 12002, message: error.message }
  return { ...unknown(reasonOf(error)), ...(refused ? { refused: error.code } : {}) }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown reason'
}
