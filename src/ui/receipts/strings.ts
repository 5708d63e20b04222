import type { Receipt } from '../../domain/receipt.ts'

export const stateWords: Readonly<Record<Receipt['state'], string>> = {
  completed: 'Completed',
  aborted: 'Stopped',
  interrupted: 'Cut off',
  failed: 'Failed',
}

export const receiptWords = {
  notKnown: 'not known yet',
  notKnownHint: 'The cost is read when the session is given back.',
  noProvider: 'no provider',
  invoiceFee: 'Paying its invoice',
  mismatch: 'It is noted against this provider. You can block it under Providers.',
  doesNotAddUp: 'Does not add up:',
} as const
