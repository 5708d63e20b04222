import type { GrantTerms } from '../../domain/approval.ts'
import { amountPhrase } from '../parts/amounts.ts'
import { periodWords } from './strings.ts'

/** `1 000 sat per day`, `8.6 sat once`. */
export function limitPhrase({ limitMsat, period }: Pick<GrantTerms, 'limitMsat' | 'period'>): string {
  return period === 'once' ? `${amountPhrase(limitMsat)} once` : `${amountPhrase(limitMsat)} per ${periodWords[period]}`
}
