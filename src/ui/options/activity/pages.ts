import type { Receipt } from '../../../domain/receipt.ts'

/** Two lists of receipts as one, newest first, each once; the first list is the fresher one. */
export function joined(fresh: readonly Receipt[], rest: readonly Receipt[]): readonly Receipt[] {
  const seen = new Set(fresh.map((receipt) => receipt.id))
  return [...fresh, ...rest.filter((receipt) => !seen.has(receipt.id))].toSorted((a, b) => b.finishedAt - a.finishedAt)
}
