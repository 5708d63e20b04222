import type { Note } from '../../../src/wallet/notes.ts'

let serial = 0

/** Ready, and like no other. */
export const note = (amount: number, keysetId = '01a'): Note => ({
  secret: `s${serial++}`,
  mint: 'https://mint.example.com',
  unit: 'sat',
  keysetId,
  amount,
  C: '',
  dleq: null,
  state: 'ready',
  operationId: null,
})
