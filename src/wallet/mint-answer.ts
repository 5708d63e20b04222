/** What an answer of the mint means for a swap (`cashu.md` §3.3). */
import { CTSError, isMintOperationError, RateLimitError } from '@cashu/cashu-ts'
import type { Note } from './notes.ts'

/** What came back from a swap. Only `rejected` is definite; `unknown` may have happened. */
export type SwapAnswer =
  | { readonly kind: 'notes'; readonly notes: readonly Note[] }
  | { readonly kind: 'rejected'; readonly code: number; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string; readonly retryAfterMs: number | null }

/** Codes after which the same body can never succeed (`cashu.md` §3.3), once restore has found nothing. */
const DEFINITE = new Set([10001, 11001, 11003, 11005, 11006, 11007, 11008, 11009, 11010, 11011, 11012, 11013, 11014, 11015, 12001, 12002, 12003])

/** @param restore finds the outputs the mint has signed. @param wanted how many there should be. */
export async function settleAnswer(error: unknown, restore: () => Promise<Note[]>, wanted: number): Promise<SwapAnswer> {
  const unknown = (message: string, retryAfterMs: number | null = null): SwapAnswer => ({ kind: 'unknown', message, retryAfterMs })
  if (error instanceof RateLimitError) return unknown('the mint asks to wait', error.retryAfterMs ?? null)
  const refused = isMintOperationError(error)
  if (refused && (error.code === 11002 || error.code === 11004)) return unknown(`the notes are pending at the mint (${error.code})`)
  if (!refused && !(error instanceof CTSError)) return unknown(reasonOf(error))
  try {
    const notes = await restore()
    if (notes.length === wanted) return { kind: 'notes', notes }
    if (notes.length > 0) return unknown(`the mint signed only ${notes.length} of ${wanted} outputs`)
  } catch (failure) {
    return unknown(reasonOf(failure))
  }
  if (refused && DEFINITE.has(error.code)) return { kind: 'rejected', code: error.code, message: error.message }
  return unknown(reasonOf(error))
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown reason'
}
