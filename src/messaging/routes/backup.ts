/** Routes of our own screens for what survives the loss of this browser: seed, restore, backup file, mint list. */
import * as v from 'valibot'
import type { BackupView, ImportedFile } from '../../domain/backup.ts'

const text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max))
const words = text(400)
const passphrase = v.pipe(v.string(), v.minLength(8), v.maxLength(512))
const nothing = v.object({})

export const backupInputs = {
  'backup.get': nothing,
  /** Which words to ask for; an answer is accepted for ten minutes. */
  'seed.quiz': nothing,
  /** @throws wrong_words */
  'seed.confirm': v.object({
    answers: v.pipe(v.array(v.object({ position: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(24)), word: text(20) })), v.maxLength(24)),
  }),

  /** Runs by itself from then on, also over restarts. @throws wrong_words, unsafe_address, invalid_request_error (one is running) */
  'restore.start': v.object({ words, mints: v.pipe(v.array(text(512)), v.minLength(1), v.maxLength(50)) }),
  /** Mints that were given up on are asked again at once. */
  'restore.continue': nothing,
  /** What was found stays; the words of another wallet are forgotten. */
  'restore.cancel': nothing,
  /** Mints named by the encrypted list on the relays (NUT-27). @throws wrong_words, mint_unreachable (no relay answered) */
  'restore.findMints': v.object({ words }),

  'backup.export': v.object({ passphrase }),
  /** @throws wrong_passphrase, invalid_backup, invalid_request_error (a restore is running) */
  'backup.import': v.object({ text: v.pipe(v.string(), v.maxLength(40_000_000)), passphrase: v.pipe(v.string(), v.maxLength(512)) }),
  'mintList.set': v.object({ on: v.boolean() }),
} as const

export interface BackupOutputs {
  'backup.get': BackupView
  /** 1 = the first word. */
  'seed.quiz': { readonly positions: readonly number[] }
  'seed.confirm': null
  'restore.start': null
  'restore.continue': null
  'restore.cancel': null
  'restore.findMints': readonly string[]
  'backup.export': { readonly fileName: string; readonly text: string }
  'backup.import': ImportedFile
  'mintList.set': null
}
