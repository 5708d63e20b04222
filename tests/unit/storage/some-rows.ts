/** What a small wallet holds. */
import { noteRow } from '../../../src/storage/note-row.ts'

export const PASSPHRASE = 'correct horse battery'
export const MINT = 'https://mint.example'
export const note = (secret: string, amount = 8, state: 'ready' | 'sent' = 'ready') =>
  noteRow({ secret, mint: MINT, unit: 'sat', keysetId: '01ab', amount, C: `C of ${secret}`, dleq: null, state, operationId: state === 'sent' ? 'op' : null })
export const NOTES = [note('secret one', 1), note('secret two', 2), note('secret three', 4, 'sent'), note('secret four', 8)]
