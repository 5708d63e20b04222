import type { GrantPeriod } from '../../domain/grant.ts'

export const limitWords = {
  limit: 'Limit',
  perRequest: 'At most, per request',
  period: 'Per',
  save: 'Save limit',
  cancel: 'Cancel',
  notNumber: 'Whole sats, 1 or more.',
  tooLarge: 'Not more than the limit.',
  saved: 'The limit is saved. What was spent stays counted.',
} as const

export const periodWords: Readonly<Record<GrantPeriod, string>> = { once: 'once', day: 'day', week: 'week', month: 'month' }
export const REPEATING = ['day', 'week', 'month'] as const
export type Repeating = (typeof REPEATING)[number]

export function isRepeating(text: string): text is Repeating {
  return REPEATING.some((period) => period === text)
}
