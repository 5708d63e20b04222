import type { Movement, MovementFilter, MovementKind } from '../../../domain/movement.ts'

export const historyWords = {
  lead: 'Every movement of money, with what it cost. What requests cost in detail is under Activity.',
  filter: 'Show',
  empty: 'Nothing has moved yet',
  emptyText: 'Money that comes in, goes out, or is placed at a provider is listed here.',
  emptyFilter: 'Nothing of this kind so far.',
  more: 'Load more',
  end: 'That is everything.',
  fee: 'fee',
  export: 'Take it along',
  exportText: 'A file with every line: amounts, fees, times, mints. No tokens and no keys are in it.',
  saved: 'The file is in your downloads.',
} as const

export const FILTERS: readonly (readonly [name: MovementFilter, title: string])[] = [
  ['all', 'All'],
  ['in', 'In'],
  ['out', 'Out'],
  ['fees', 'Fees and exchanges'],
]

const TITLES: Readonly<Record<MovementKind, string>> = {
  received: 'Token received',
  sent: 'Token sent',
  'taken back': 'Token taken back',
  'topped up': 'Top-up over Lightning',
  withdrawn: 'Paid over Lightning',
  moved: 'Moved between mints',
  placed: 'Placed at a provider',
  returned: 'Change from a provider',
  exchanged: 'Notes exchanged',
  restored: 'Restored',
  synced: 'Taken over from another browser',
}

export function titleOf({ kind, direction }: Movement): string {
  return kind === 'synced' && direction === 'out' ? 'Spent by another browser of yours' : TITLES[kind]
}

const OPEN: Readonly<Partial<Record<MovementKind, string>>> = {
  sent: 'not claimed yet',
  'topped up': 'waits for the payment',
  withdrawn: 'on the way',
  moved: 'on the way',
  restored: 'goes on',
}
const FAILED: Readonly<Partial<Record<MovementKind, string>>> = { received: 'refused', 'topped up': 'not paid' }

/** null: done, which needs no word. */
export function stateOf({ kind, state, direction }: Movement): { readonly text: string; readonly sign: 'warn' | 'accent' | 'bad' } | null {
  if (state === 'done') return null
  if (state === 'failed') return { text: FAILED[kind] ?? 'failed', sign: 'bad' }
  if (kind === 'received' && direction === 'none') return { text: 'waits for your decision', sign: 'warn' }
  return { text: OPEN[kind] ?? 'not finished', sign: kind === 'sent' ? 'warn' : 'accent' }
}
